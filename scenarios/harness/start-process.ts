import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "../..");

export interface RunningProcess {
  pid: number;
  /** What it printed so far; errors go to ours. */
  printed(): string;
  /** Throws once it has ended: whoever waits for its work would wait for ever. */
  expectAlive(): void;
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>;
}

export interface ProcessOptions {
  /** What it is, as the error's words. */
  what: string;
  /** A source file of the repository, from its root; or a built one. */
  script: string;
  args?: string[];
  /** Of Node's own command line. */
  nodeFlags?: string[];
  /** Default: ours. */
  env?: Record<string, string>;
}

/** One listener for all: of more than ten Node says that they leak. */
const running = new Set<ChildProcess>();
process.once("exit", () => running.forEach((child) => child.kill()));

/** One of our programs, or a peer's, as a process of its own; it ends with this one. */
export function startProcess({ what, script, args = [], nodeFlags = [], env }: ProcessOptions): RunningProcess {
  const loader = script.endsWith(".ts") ? ["--import", "tsx"] : [];
  const child = spawn(process.execPath, [...nodeFlags, ...loader, path.resolve(ROOT, script), ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
    ...(env && { env: { PATH: process.env["PATH"], ...env } }),
  });
  running.add(child);
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  void closed.then(() => running.delete(child));
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  return {
    pid: child.pid!,
    printed: () => printed,
    expectAlive() {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${what} ended by itself (${child.signalCode ?? `code ${child.exitCode}`}): ${printed.slice(-500)}`);
    },
    async stop() {
      child.kill("SIGTERM");
      await closed;
    },
  };
}
