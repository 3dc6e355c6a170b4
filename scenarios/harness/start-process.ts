import { spawn } from "node:child_process";
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
  /** Default: ours. */
  env?: Record<string, string>;
}

/** One of our programs, or a peer's, as a process of its own; it ends with this one. */
export function startProcess({ what, script, args = [], env }: ProcessOptions): RunningProcess {
  const loader = script.endsWith(".ts") ? ["--import", "tsx"] : [];
  const child = spawn(process.execPath, [...loader, path.resolve(ROOT, script), ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
    ...(env && { env: { PATH: process.env["PATH"], ...env } }),
  });
  const kill = () => void child.kill();
  process.once("exit", kill);
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  void closed.then(() => process.off("exit", kill));
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
