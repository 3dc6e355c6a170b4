import { confirmDispatches } from "./confirm-dispatches.ts";
import type { DeliveryDeps } from "./deliver-dispatch.ts";
import { createRateLimitNote } from "./note-rate-limit.ts";
import { beginPass, madeProgress, type PassResult } from "./process-pass.ts";

export interface ProcessorDeps extends Omit<DeliveryDeps, "noteRateLimit"> {
  /** Milliseconds on any clock that goes forward. */
  now: () => number;
  /** Resolves after `ms`, or at once when the signal aborts; never rejects. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Heartbeat, numbers and alerts: called between passes, every fifteen seconds. Its failure stops nothing. `working`: passes succeed. */
  watch?: (working: boolean) => Promise<void>;
}

export interface ProcessorOptions {
  /** Recipients to claim in a pass, default 400: four dispatches. */
  batchSize?: number;
  /** The longest sleep in ms, default 5,000: what arrives unannounced waits no longer. */
  pollMs?: number;
  /** After how many ms a pass without an answer is abandoned, default five minutes: far beyond any honest one. */
  hangMs?: number;
}

export interface Processor {
  /** Finishes the passes under way, and with them everything this processor holds, then resolves. */
  stop(): Promise<void>;
}

/** One that fails may be a connection's end; whoever fails so often in a row does not work, whatever still answers. */
const FAILURES_OF_A_BROKEN = 3;

/** While letters are rendered and sent the database composes the next; of two, a provider that takes 100 ms left a twentieth of two processors idle. */
const PASSES_IN_FLIGHT = 3;

/** Drains until nothing is due, sleeps until something will be, wakes early when the database says so. */
export function runProcessor(deps: ProcessorDeps, { batchSize = 400, pollMs = 5_000, hangMs = 300_000 }: ProcessorOptions = {}): Processor {
  const { database, log, random, sleep } = deps;
  const delivery = { ...deps, noteRateLimit: createRateLimitNote(database) };
  let stopping = false;
  let confirmAt = 0;
  let watchAt = 0;
  let failures = 0;
  const inFlight: Promise<void>[] = [];
  let alarm = new AbortController();
  const wake = () => alarm.abort();

  const rest = async (ms: number) => {
    await sleep(ms, alarm.signal);
    alarm = new AbortController();
  };

  // A connection that dies at the wrong moment can leave its query without an answer for ever (postgres.js issue 1154).
  // The pass is abandoned: what it held is protected by its lease and its attempt number.
  const answered = async <T>(work: Promise<T>): Promise<T> => {
    const over = new AbortController();
    const hung = sleep(hangMs, over.signal).then(() => Promise.reject(Object.assign(new Error("No answer."), { code: "pass_hung" })));
    for (const abandoned of [work, hung]) abandoned.catch(() => {});
    try {
      return await Promise.race([work, hung]);
    } finally {
      over.abort();
    }
  };

  const lookAround = async () => {
    if (deps.watch === undefined || deps.now() < watchAt) return;
    watchAt = deps.now() + 15_000;
    await answered(deps.watch(failures < FAILURES_OF_A_BROKEN)).catch((error: unknown) => log("error", "watch_failed", { code: errorCode(error) }));
  };

  const untilInFlight = async (atMost: number) => {
    while (inFlight.length > atMost) await answered(inFlight.shift()!);
  };

  const turn = async () => {
    await lookAround();
    const pass = await answered(beginPass(delivery, batchSize));
    inFlight.push(pass.delivered);
    await untilInFlight(PASSES_IN_FLIGHT - 1);
    if (madeProgress(pass) || stopping) return;
    await untilInFlight(0);
    if (deps.now() >= confirmAt) {
      // Reading the provider's list costs a request of its limit: once a minute.
      confirmAt = deps.now() + 60_000;
      await confirmDispatches(deps);
    }
    await rest(Math.min(pollMs, await idleMs(pass)));
  };

  const idleMs = async ({ permission }: PassResult) => {
    // Spread out, so that a pause does not end with everybody asking at once.
    if (permission.letters === 0) return (permission.retryInMs ?? pollMs) * (1 + random() / 2);
    const dueInMs = await database.nextDueInMs();
    // Due and yet nothing to do: another processor holds it. 50 ms keeps us from spinning until it lets go.
    return Math.max(50, dueInMs ?? pollMs);
  };

  const loop = async () => {
    let stopListening: (() => Promise<void>) | undefined;
    while (!stopping) {
      try {
        stopListening ??= await answered(database.listen(wake));
        await turn();
        failures = 0;
      } catch (error) {
        failures += 1;
        log("error", "pass_failed", { code: errorCode(error), failures });
        if (!stopping) await rest(Math.min(30_000, 250 * 2 ** failures) * (0.5 + random() / 2));
      }
    }
    while (inFlight.length > 0) await untilInFlight(inFlight.length - 1).catch((error: unknown) => log("error", "pass_failed", { code: errorCode(error), failures }));
    await stopListening?.().catch(() => {});
  };

  const running = loop();
  return {
    async stop() {
      stopping = true;
      wake();
      await running;
    },
  };
}

function errorCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "unknown";
}
