import type { BenchDatabase } from "../bench-server.ts";
import { awaitWork } from "./await-work.ts";
import { startEdgeFunctions } from "./edge-functions.ts";
import type { Provider } from "./provider.ts";
import { useOf } from "./use.ts";
import { startWorker } from "./worker.ts";

/** Whoever makes and sends the letters: workers, or edge functions and their schedule. */
export interface Crew {
  name: "worker" | "functions";
  /** Measured after it has told some; functions begin when they are called. */
  runsForWeeks: boolean;
  expectAlive(): void | Promise<void>;
  isReady(): Promise<boolean>;
  /** Now there is something to do. */
  begin(): void;
  /** So far: processor seconds of all, the most memory that one had in MB; null where the kernel does not say. */
  use(): Promise<{ seconds: number; mb: number } | null>;
  /** Lets what was accepted be marked, and ends. */
  finish(allMarked: () => Promise<boolean>): Promise<void>;
  stop(): Promise<void>;
}

/** So many workers as they are deployed. */
export async function workerCrew({ sql, notifierUrl }: BenchDatabase, provider: Provider, count: number): Promise<Crew> {
  const workers = await Promise.all(Array.from({ length: count }, () => startWorker(notifierUrl, provider.baseUrl)));
  const stop = async () => void (await Promise.all(workers.map((worker) => worker.stop())));
  return {
    name: "worker",
    runsForWeeks: true,
    expectAlive() {
      for (const worker of workers) worker.expectAlive();
    },
    isReady: async () => (await sql`select from private.processors`).length === count,
    begin() {},
    async use() {
      const used = await Promise.all(workers.map(({ pid }) => useOf(pid)));
      if (used.some((one) => one === null)) return null;
      return { seconds: used.reduce((sum, one) => sum + one!.seconds, 0), mb: Math.max(...used.map((one) => one!.mb)) };
    },
    // They mark what is under way before they end.
    finish: stop,
    stop,
  };
}

/** The edge functions in Deno, with a tick every so many ms. */
export async function functionCrew(database: BenchDatabase, provider: Provider, everyMs: number): Promise<Crew> {
  const functions = await startEdgeFunctions(database, provider.baseUrl);
  return {
    name: "functions",
    runsForWeeks: false,
    expectAlive: functions.expectAlive,
    isReady: async () => true,
    begin: () => functions.schedule(everyMs),
    use: functions.use,
    finish: (allMarked) => awaitWork("everything to be marked", [functions, provider], allMarked),
    stop: functions.stop,
  };
}
