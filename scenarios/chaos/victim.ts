import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import type { Readable } from "node:stream";
import { type BegunStep, isStep } from "./steps.ts";

const ROOT = path.join(import.meta.dirname, "../..");

/** A process that may be killed at any moment, and reports its steps until then. */
export interface Victim {
  /** Resolves when its modules are loaded; rejects when it ends before. */
  loaded: Promise<void>;
  /** Resolves after its end, when everything it said has been read. */
  ended: Promise<void>;
  /** Whether somebody here ended it. */
  killed(): boolean;
  frozen(): boolean;
  /** Milliseconds since it was started, thawed, or began a step. */
  silentMs(): number;
  /** Lets it begin to work. */
  start(): void;
  /** SIGKILL; resolves with the steps that were under way, the last one begun first. */
  kill(): Promise<BegunStep[]>;
  /** SIGSTOP: it stands still, as in a machine that is moved or swaps. */
  freeze(): void;
  thaw(): void;
}

export interface VictimOptions {
  /** Program beside this file. */
  program: "worker.ts" | "receiver.ts";
  env: Record<string, string>;
  onStep: (victim: Victim, begun: BegunStep) => void;
  /** Each line it logs. */
  onLog: (line: string) => void;
}

export function spawnVictim({ program, env, onStep, onLog }: VictimOptions): Victim {
  const child = spawn(process.execPath, ["--import", "tsx", path.join(import.meta.dirname, program)], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ["pipe", "ignore", "pipe", "pipe"],
  });
  const underWay = new Map<number, BegunStep>();
  let killed = false;
  let frozen = false;
  let heardAt = performance.now();
  const heard = () => void (heardAt = performance.now());
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const loaded = new Promise<void>((resolve, reject) => {
    void ended.then(() => reject(new Error(`${program} ended before it had loaded: see what it said above.`)));
    eachLine(child.stdio[3] as Readable, (line) => {
      const [sign, number, step, dispatchId, attempt] = line.split(" ");
      if (sign === "loaded") resolve();
      else if (sign === "-") underWay.delete(Number(number));
      else if (isStep(step)) {
        const begun = { number: Number(number), step, dispatchId: dispatchId || null, attempt: Number(attempt) };
        underWay.set(begun.number, begun);
        heard();
        onStep(victim, begun);
      }
    });
  });
  // Whoever does not wait for it learns of the end by `ended`.
  loaded.catch(() => {});
  eachLine(child.stderr as Readable, onLog);
  child.stdin?.on("error", () => {});

  const signal = (name: NodeJS.Signals) => void child.kill(name);
  const victim: Victim = {
    loaded,
    ended,
    killed: () => killed,
    frozen: () => frozen,
    silentMs: () => performance.now() - heardAt,
    start() {
      heard();
      child.stdin?.write("start\n");
    },
    async kill() {
      killed = true;
      signal("SIGKILL");
      await ended;
      return [...underWay.values()].reverse();
    },
    freeze() {
      frozen = true;
      signal("SIGSTOP");
    },
    thaw() {
      frozen = false;
      heard();
      signal("SIGCONT");
    },
  };
  return victim;
}

function eachLine(stream: NonNullable<ChildProcess["stdout"]>, take: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(take);
  });
}
