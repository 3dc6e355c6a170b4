import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Sql } from "postgres";
import { TEST_DEPLOYMENT } from "../../supabase/tests/harness/world.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const OURS = path.join(ROOT, "apps/worker/src/main.ts");

export interface WorkerProcess {
  pid: number;
  stop(): Promise<void>;
}

/** A worker as it is deployed, against a database and a provider. */
export function startWorker(databaseUrl: string, providerUrl: string): WorkerProcess {
  return startSender(OURS, {
    DATABASE_URL: databaseUrl,
    SUPABASE_URL: TEST_DEPLOYMENT,
    RESEND_API_KEY: "re_bench",
    RESEND_BASE_URL: providerUrl,
    UNSUBSCRIBE_KEYS: "the_benchmark_signs_its_links_with_this",
    ALLOW_PLAINTEXT: "true",
    LOG_LEVEL: "warn",
  });
}

/** A process that sends letters: ours, or a peer's. */
export function startSender(script: string, env: Record<string, string>): WorkerProcess {
  const child = spawn(process.execPath, ["--import", "tsx", script], {
    cwd: ROOT,
    env: { PATH: process.env["PATH"], NODE_ENV: "production", ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    pid: child.pid!,
    async stop() {
      child.kill("SIGTERM");
      await closed;
    },
  };
}

/** Processor seconds and most memory in MB that a process has used, by the kernel's books; null where there are none. */
export async function useOf(pid: number): Promise<{ seconds: number; mb: number } | null> {
  try {
    const [stat, status] = await Promise.all([readFile(`/proc/${pid}/stat`, "utf8"), readFile(`/proc/${pid}/status`, "utf8")]);
    return { seconds: processorSeconds(stat, [11, 12]), mb: Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024 };
  } catch {
    return null;
  }
}

/** Processor seconds of a database server, its ended processes included; null where the kernel does not say. */
export async function secondsOfServer(sql: Sql): Promise<number | null> {
  const [{ backend }] = await sql<[{ backend: number }]>`select pg_backend_pid() as backend`;
  try {
    const server = fields(await readFile(`/proc/${backend}/stat`, "utf8"))[1]!;
    let seconds = processorSeconds(await readFile(`/proc/${server}/stat`, "utf8"), [11, 12, 13, 14]);
    for (const entry of await readdir("/proc")) {
      if (!/^\d+$/.test(entry)) continue;
      const stat = await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "");
      if (stat !== "" && fields(stat)[1] === server) seconds += processorSeconds(stat, [11, 12]);
    }
    return seconds;
  } catch {
    return null;
  }
}

/** What follows the name, which may hold anything: state, parent, … */
const fields = (stat: string) => stat.slice(stat.lastIndexOf(")") + 2).split(" ");

/** In hundredths of a second, as on every Linux that Node runs on. */
const processorSeconds = (stat: string, at: number[]) => at.reduce((sum, index) => sum + Number(fields(stat)[index]), 0) / 100;
