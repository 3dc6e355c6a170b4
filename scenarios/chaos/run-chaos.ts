import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { findFreePort } from "../../apps/local/src/free-port.ts";
import type { FaultSpec } from "../../packages/resend-simulator/src/faults/parse-fault.ts";
import { createSeededRandom } from "../../packages/resend-simulator/src/random.ts";
import { BROKEN_RULES, type BrokenRule, type RuleName } from "./broken-rules.ts";
import { type Crew, hireCrew } from "./crew.ts";
import { drain } from "./drain.ts";
import { explainVerdict } from "./explain-verdict.ts";
import { fillHouse } from "./house.ts";
import { type Deaths, startKiller } from "./killer.ts";
import { createLogBook } from "./log-book.ts";
import { type MailSimulator, startMailSimulator } from "./mail-simulator.ts";
import { startProducer } from "./producer.ts";
import { DEPLOYMENT, startScratchDatabase } from "./scratch-database.ts";
import { createTally, type Verdict } from "./tally.ts";
import { spawnVictim } from "./victim.ts";
import { createWatch } from "./watch.ts";

export interface ChaosOptions {
  kills: number;
  seed: string;
  /** A rule to switch off; null: all hold. */
  broken: RuleName | null;
  workers: number;
  /** A smaller house, no long pauses. */
  quick: boolean;
  /** One line of progress. */
  say: (line: string) => void;
}

export interface ChaosResult {
  deaths: Deaths;
  verdict: Verdict;
  letters: number;
  /** Commits whose answer got lost. */
  doubts: number;
  /** Processes that ended by themselves. */
  crashes: number;
  /** Workers that lived and did nothing any more. */
  hung: number;
  seconds: number;
}

const FAULTS: FaultSpec[] = [
  { kind: "drop_after", probability: 0.06 },
  { kind: "drop_before", probability: 0.03 },
  { kind: "error_before", probability: 0.03 },
  { kind: "error_after", probability: 0.06 },
  { kind: "malformed_answer", probability: 0.01 },
  { kind: "rate_limited", probability: 0.02 },
  // Longer than a worker waits for an answer: the request is still under way when the next attempt comes.
  { kind: "slow", probability: 0.02, ms: 3_000 },
  { kind: "slow", probability: 0.05, ms: 150 },
  { kind: "slow_answer", probability: 0.05, ms: 200 },
];

/** One run on a database, a provider and processes of its own; they are gone when it resolves. Throws when it could not judge. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const closing: (() => Promise<unknown>)[] = [];
  try {
    return await runWith(options, (close) => void closing.unshift(close));
  } finally {
    for (const close of closing) await close().catch((error: unknown) => options.say(`could not clean up: ${String(error)}`));
  }
}

async function runWith({ kills, seed, broken, workers: workerCount, quick, say }: ChaosOptions, atEnd: (close: () => Promise<unknown>) => void): Promise<ChaosResult> {
  const began = performance.now();
  const rule: BrokenRule | null = broken === null ? null : BROKEN_RULES[broken];
  const random = createSeededRandom(seed);
  const overtakingOnly = rule?.overtaking ?? false;

  say("starting Postgres, the provider and workers …");
  const database = await startScratchDatabase();
  atEnd(() => database.stop());
  const size = quick ? { people: 16, rooms: 6, perRoom: 7 } : { people: 24, rooms: 10, perRoom: 9 };
  const house = await database.persist((sql) => fillHouse(sql, size));
  await database.persist(async (sql) => rule?.breakIn(sql));

  const webhooks = overtakingOnly ? null : { port: await findFreePort(), secret: `whsec_${randomBytes(24).toString("base64")}` };
  const simulator = await startMailSimulator({
    seed,
    faults: overtakingOnly ? [] : FAULTS,
    webhooks: webhooks && { url: `http://127.0.0.1:${webhooks.port}/`, secret: webhooks.secret },
  });
  atEnd(() => simulator.stop());

  const watch = createWatch();
  const log = createLogBook();
  const hire = async (program: "worker.ts" | "receiver.ts", crewSize: number, env: Record<string, string>): Promise<Crew> => {
    const spawn = () => spawnVictim({ program, env, onStep: watch.saw, onLog: log.note });
    const crew = await hireCrew({ size: crewSize, spares: 1, spawn, onCrash: () => say(`${program} ended by itself: ${log.last().join("\n")}`) });
    atEnd(() => crew.dismiss());
    return crew;
  };
  const common = { DATABASE_URL: database.notifierUrl, SUPABASE_URL: DEPLOYMENT, ALLOW_PLAINTEXT: "true", UNSUBSCRIBE_KEYS: "chaos".repeat(8) };
  const [workers, receivers] = await Promise.all([
    hire("worker.ts", workerCount, {
      ...common,
      RESEND_API_KEY: "re_chaos",
      RESEND_BASE_URL: simulator.baseUrl,
      BATCH_SIZE: "20",
      CHAOS_DWELL_MS: overtakingOnly ? "100" : "8",
      CHAOS_FRESH_KEYS: rule?.freshKeys ? "1" : "0",
    }),
    webhooks && hire("receiver.ts", 1, { ...common, PORT: String(webhooks.port), WEBHOOK_SECRET: webhooks.secret }),
  ]);

  const tally = createTally();
  const producer = startProducer({
    database, house, tally,
    randoms: Array.from({ length: 4 }, (_, at) => random.stream(`writer ${at}`)),
    pauseMs: quick ? 300 : 500,
  });
  const readLedger = startReading(simulator, tally.accept);
  const { deaths, done } = startKiller(
    { database, simulator, workers, receivers, watch, random: random.stream("killer") },
    {
      kills,
      pauseMs: overtakingOnly ? 1_000 : quick ? 150 : 350,
      crashEvery: overtakingOnly ? kills + 1 : quick ? 12 : 25,
      dropEvery: overtakingOnly ? kills + 1 : 6,
      overtakeEvery: overtakingOnly ? 1 : quick ? kills + 1 : 30,
      dissolveEvery: overtakingOnly || quick ? kills + 1 : 60,
      enough: () => rule !== null && tally.doubledSoFar() > 0,
    },
  );
  let hung = 0;
  const telling = setInterval(() => {
    // A worker looks for something to do every half second, whatever else is broken.
    const silent = workers.replaceSilent(30_000);
    if (silent > 0) say(`${silent} silent workers replaced; last words: ${log.last().join(" ")}`);
    hung += silent;
    const { kills: dead, byStep, dbRestarts } = deaths;
    const seconds = Math.round((performance.now() - began) / 1000);
    say(`${seconds} s: ${dead} of ${kills} kills ${JSON.stringify(byStep)}, ${dbRestarts} database restarts, ${tally.letters()} letters, ${tally.doubledSoFar()} doubled`);
  }, 5_000);
  atEnd(async () => clearInterval(telling));

  await done;
  say("no more kills; draining …");
  await producer.stop();
  say(`faults: ${JSON.stringify(await simulator.struck())}`);
  await simulator.clearFaults();
  const drained = await drain({ database, tally, readLedger, early: () => rule !== null && tally.doubledSoFar() > 0 });
  await readLedger.stop();

  const verdict = tally.judge(drained);
  say(`log: ${JSON.stringify(log.counts())}`);
  if (rule === null) for (const line of await explainVerdict(verdict, database)) say(line);
  return {
    deaths,
    verdict,
    letters: tally.letters(),
    doubts: producer.doubts(),
    crashes: workers.crashes() + (receivers?.crashes() ?? 0),
    hung,
    seconds: Math.round((performance.now() - began) / 1000),
  };
}

/** Reads the ledger again and again; calling it reads it once more. */
function startReading(simulator: MailSimulator, accept: ReturnType<typeof createTally>["accept"]) {
  let last: Promise<void> = Promise.resolve();
  let reading = true;
  const read = () => (last = last.then(async () => (await simulator.readLedger()).forEach(accept)));
  const going = (async () => {
    while (reading) {
      await read();
      await wait(400);
    }
  })();
  return Object.assign(read, {
    async stop() {
      reading = false;
      await going;
      await read();
    },
  });
}

export type ReadLedger = ReturnType<typeof startReading>;
