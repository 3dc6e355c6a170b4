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
 * @param options.npm by the command that people type, rather than by what it runs (which is quicker).
 * @param options.uid another user to run as, with `gid`; only root may.
 */
export function spawnStack(
  env: { DATA_DIR: string; [name: string]: string },
  { npm = false, ...ids }: { npm?: boolean; uid?: number; gid?: number } = {},
): SpawnedStack {
  const root = path.join(import.meta.dirname, "../../..");
  const direct = [process.execPath, path.join(root, "scripts/run.mjs"), path.join(import.meta.dirname, "main.ts")];
  const [file, ...args] = npm ? ["npm", "start"] : direct;
  const { PATH = "", TMPDIR = "/tmp" } = process.env;
  const child = spawn(file!, args, {
    cwd: root,
    env: { PATH, TMPDIR, HOME: path.dirname(env.DATA_DIR), PORT: "0", npm_config_update_notifier: "false", ...env },
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
