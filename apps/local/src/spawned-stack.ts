import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Everything it printed, both streams. */
  output: string;
}

export interface SpawnedStack {
  child: ChildProcess;
  /** Resolves with what `local.env` says, once the stack says that it is ready; rejects if it ends before. */
  ready: Promise<Record<string, string>>;
  ended: Promise<Ended>;
  /** Sends the signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

/**
 * Runs the real `npm start` program for a test, on a free port and with no variables but these.
 * @param ids another user to run as; only root may.
 */
export function spawnStack(env: { DATA_DIR: string; [name: string]: string }, ids: { uid?: number; gid?: number } = {}): SpawnedStack {
  const script = path.join(import.meta.dirname, "../../../scripts/run.mjs");
  const main = path.join(import.meta.dirname, "main.ts");
  const { PATH = "", TMPDIR = "/tmp" } = process.env;
  const child = spawn(process.execPath, [script, main], {
    env: { PATH, TMPDIR, HOME: path.dirname(env.DATA_DIR), PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...ids,
  });
  let output = "";
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, output }));
  });
  const ready = new Promise<Record<string, string>>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (output.includes("is ready")) resolve(readLocalEnv(env.DATA_DIR));
      });
    }
    void ended.then(() => reject(new Error(`The stack ended before it was ready:\n${output}`)));
  });
  ready.catch(() => {});
  return {
    child,
    ready,
    ended,
    stop(signal = "SIGTERM") {
      child.kill(signal);
      return ended;
    },
  };
}

export async function readLocalEnv(dataDir: string): Promise<Record<string, string>> {
  const lines = (await readFile(path.join(dataDir, "local.env"), "utf8")).split("\n").filter((line) => /^\w+=/.test(line));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}
