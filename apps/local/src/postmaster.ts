import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import type { Writable } from "node:stream";
import type { PostgresAccount } from "./postgres-account.ts";
import { type PostgresBinaries, binaryPath } from "./postgres-binaries.ts";
import { runCommand } from "./run-command.ts";

export interface PostmasterOptions {
  dataDir: string;
  port: number;
  settings: Record<string, string>;
  account: PostgresAccount;
  binaries: PostgresBinaries;
  log: (line: string) => void;
}

export interface Postmaster {
  /** Resolves when connections are accepted, or with the last words of a Postgres that gave up. */
  ready: Promise<{ ok: true } | { ok: false; reason: string }>;
  exited: Promise<void>;
  /** Fast shutdown: ends sessions, writes a checkpoint. Immediate after 10 s. */
  stop(): Promise<void>;
}

/**
 * The shell becomes Postgres (`exec`), after leaving behind a watcher that holds the other end of our pipe:
 * when this process dies, however, the pipe closes and the watcher shuts Postgres down. A line on the pipe
 * tells it that there is nothing left to do. The watcher is a grandchild, since a postmaster takes the odd
 * death of a child for a crash.
 */
const GUARDED = '( ( read _ <&3 || kill -INT $$ ) >/dev/null 2>&1 & ) ; exec "$@" 3<&-';

export function startPostmaster(options: PostmasterOptions): Postmaster {
  const child = spawnGuarded(options);
  let reason = "it ended without a word";
  const exited = new Promise<void>((resolve) => {
    child.on("close", () => resolve());
    child.on("error", (error) => {
      reason = error.message;
      resolve();
    });
  });
  const ready = new Promise<{ ok: true } | { ok: false; reason: string }>((resolve) => {
    eachLine(child, (line) => {
      options.log(line);
      if (line.includes("database system is ready to accept connections")) resolve({ ok: true });
      if (/FATAL:|could not|PANIC:/.test(line)) reason = line.replace(/^.*?(FATAL|PANIC|LOG|WARNING):\s+/, "");
    });
    void exited.then(() => resolve({ ok: false, reason }));
  });
  const watcher = child.stdio[3] as Writable | null;
  watcher?.on("error", () => {});
  // "close" comes only after the watcher, which holds a pipe of ours too, has gone.
  child.on("exit", () => watcher?.end("done\n"));
  return { ready, exited, stop: () => stopPostmaster(child, exited, options) };
}

function spawnGuarded(options: PostmasterOptions): ChildProcess {
  const { account, binaries, dataDir } = options;
  const settings = Object.entries(options.settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const command = [binaryPath(binaries, "postgres"), "-D", dataDir, "-p", String(options.port), ...settings];
  const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
  // Own session: Ctrl-C in the terminal must reach us only, so that what is in hand can be finished first.
  const common = { cwd: path.parse(dataDir).root, env, detached: process.platform !== "win32", windowsHide: true };
  if (process.platform === "win32") return spawn(command[0]!, command.slice(1), { ...common, stdio: ["ignore", "ignore", "pipe"] });
  const [file, ...args] = [...account.prefix, "/bin/sh", "-c", GUARDED, "sh", ...command];
  return spawn(file!, args, { ...common, ...account.ids, stdio: ["ignore", "ignore", "pipe", "pipe"] });
}

async function stopPostmaster(child: ChildProcess, exited: Promise<void>, options: PostmasterOptions): Promise<void> {
  const force = setTimeout(() => child.kill("SIGQUIT"), 10_000);
  if (process.platform === "win32") {
    await runCommand([binaryPath(options.binaries, "pg_ctl"), "stop", "-m", "fast", "-D", options.dataDir]);
  } else {
    child.kill("SIGINT");
  }
  await exited;
  clearTimeout(force);
}

function eachLine(child: ChildProcess, take: (line: string) => void): void {
  let rest = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? "";
    lines.forEach(take);
  });
}
