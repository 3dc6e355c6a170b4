import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import postgres, { type Sql } from "postgres";
import { type StackAddress, findStack } from "../../apps/local/src/replay/find-stack.ts";
import { openScheduledFunctions } from "./scheduled-functions.ts";
import { until } from "./until.ts";

const MAIN = path.join(import.meta.dirname, "../../apps/local/src/main.ts");

/** A local stack in a process of its own, as `npm start` runs it. */
export interface TestStack {
  address: StackAddress;
  dataDir: string;
  /** The owner's connection. */
  sql: Sql;
  /** What it printed so far, both channels. */
  output: () => string;
  /** kill -9, Postgres included; data and address stay for `restart`. */
  kill(): Promise<void>;
  /** Starts it again on the same data and port. */
  restart(): Promise<void>;
  /** Stops it and removes its data. */
  stop(): Promise<void>;
}

/** What processes: the loop in the stack's process, or the edge functions in Deno, called by a schedule. */
export type Runtime = "worker" | "functions";

/**
 * Starts a stack on a free port with fresh data; `env` as in the README, BATCH_WINDOW_SECONDS is 1 unless it says otherwise.
 * @param runtime default: SCENARIO_RUNTIME, or the worker
 */
export async function startStack(env: Record<string, string> = {}, runtime = (process.env.SCENARIO_RUNTIME ?? "worker") as Runtime): Promise<TestStack> {
  const functions = runtime === "functions" ? await openScheduledFunctions() : undefined;
  if (functions !== undefined) env = { ...env, EDGE_FUNCTIONS_URL: functions.origin };
  const dataDir = await mkdtemp(path.join(tmpdir(), "chat-notifications-scenario-"));
  // As root, Postgres runs as somebody else, who must be able to enter.
  await chmod(dataDir, 0o755);
  let running = await run(dataDir, { BATCH_WINDOW_SECONDS: "1", ...env, PORT: "0" });
  await functions?.start(dataDir, running.address);
  const stack: TestStack = {
    address: running.address,
    dataDir,
    sql: connect(running.address),
    output: () => running.output(),
    async kill() {
      await stack.sql.end({ timeout: 0 });
      const postmaster = Number((await readFile(path.join(dataDir, "postgres", "postmaster.pid"), "utf8")).split("\n")[0]);
      process.kill(postmaster, "SIGKILL");
      running.child.kill("SIGKILL");
      await functions?.kill();
      await running.closed;
    },
    async restart() {
      const port = new URL(stack.address.supabaseUrl).port;
      running = await run(dataDir, { BATCH_WINDOW_SECONDS: "1", ...env, PORT: port });
      await functions?.start(dataDir, running.address);
      stack.address = running.address;
      stack.sql = connect(running.address);
    },
    async stop() {
      await stack.sql.end({ timeout: 0 });
      await functions?.stop();
      running.child.kill("SIGTERM");
      await running.closed;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return stack;
}

async function run(dataDir: string, env: Record<string, string>) {
  const { DATABASE_URL, RESEND_API_KEY, RESEND_BASE_URL, HOST, SUPABASE_URL, ...inherited } = process.env;
  const child = spawn(process.execPath, ["--import", "tsx", MAIN], {
    cwd: path.join(import.meta.dirname, "../.."),
    env: { ...inherited, DATA_DIR: dataDir, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const output = collectOutput(child);
  await until(
    "the stack to be ready",
    () => {
      if (child.exitCode !== null) throw new Error(`The stack did not start: ${output()}`);
      return output().includes("is ready");
    },
    180_000,
  );
  const found = await findStack({ env: { DATA_DIR: dataDir }, workingDirectory: "/", readFile: (file) => readFile(file, "utf8"), fetch });
  if (!found.ok) throw new Error(found.message);
  return { child, closed, output, address: found.stack };
}

function collectOutput(child: ChildProcess): () => string {
  let text = "";
  for (const channel of [child.stdout, child.stderr]) channel?.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  return () => text;
}

function connect({ databaseUrl }: StackAddress): Sql {
  return postgres(databaseUrl, { max: 2, onnotice() {} });
}
