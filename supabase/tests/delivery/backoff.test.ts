import { expect } from "vitest";
import { randomNumbers } from "../concurrency/random-numbers.ts";
import { createStage, type Stage } from "./delivery-stage.ts";
import { test } from "./delivery-test.ts";

const SEED = 3;
const inSeconds = async ({ sql, now }: Stage) => {
  const [row] = await sql<[{ seconds: number }]>`select extract(epoch from next_attempt_at - ${now()})::float8 as seconds from private.dispatches`;
  return row.seconds;
};

/** Eleven attempts without an answer, each as soon as it is due; the pauses between them. */
async function pauses(stage: Stage, random: () => number): Promise<number[]> {
  const found: number[] = [];
  const worker = stage.worker({ random });
  // Breakers have tests of their own; here they would hide what the dispatch itself waits for.
  const { database } = worker;
  const permitted = { ...worker, database: { ...database, permitSending: async (letters: number) => ({ letters, retryInMs: null, reason: null }) } };
  for (let attempt = 1; attempt <= 11; attempt += 1) {
    await stage.pass(permitted);
    found.push(await inSeconds(stage));
    // The clock has milliseconds, the database microseconds.
    stage.wait(Math.ceil(found.at(-1)! * 1000) / 1000);
  }
  return found;
}

test("retries back off by 30 s, doubling to at most an hour, with full jitter from the given source", async ({ database }) => {
  const stage = await createStage(database);
  await stage.tell("alpha");
  stage.fault({ kind: "unavailable", probability: 1 });
  const random = randomNumbers(SEED);
  const expected = randomNumbers(SEED);
  const found = await pauses(stage, random);
  found.forEach((seconds, n) => expect(seconds).toBeCloseTo(Math.min(3600, 30 * 2 ** n) * expected(), 3));
});

test.for([[0, 0], [1, 3600]] as const)("the jitter spreads from nothing to the whole pause: at %d the last is %d s", async ([jitter, last], { database }) => {
  const stage = await createStage(database);
  await stage.tell("alpha");
  stage.fault({ kind: "unavailable", probability: 1 });
  const found = await pauses(stage, () => jitter);
  expect(found).toEqual(jitter === 0 ? Array(11).fill(0) : [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]);
  expect(found.at(-1)).toBe(last);
});

test("at least as long as the provider asks for, whatever the jitter", async ({ database }) => {
  const stage = await createStage(database);
  await stage.tell("alpha");
  const worker = stage.worker();
  const [dispatch] = await worker.database.getPendingNotifications(100);
  await worker.database.beginAttempt(dispatch!, new Uint8Array(32));
  const asked = { outcome: "ambiguous", reason: "service_unavailable", letterIndex: null, retryAfterMs: 7_200_000 } as const;
  await worker.database.markNotificationFailed(dispatch!, asked, "[]", 0);
  expect(await inSeconds(stage)).toBe(7200);
});

test("the parts of a split dispatch begin to count anew", async ({ database }) => {
  const stage = await createStage(database, { readers: 2 });
  await stage.tell("alpha");
  stage.fault({ kind: "invalid_named", match: { to: "user2@example.com" } });
  await stage.pass();
  stage.fault({ kind: "unavailable" });
  await stage.pass(stage.worker({ random: () => 1 }));
  const [row] = await stage.sql<[{ attempt: number; seconds: number }]>`
    select attempt, extract(epoch from next_attempt_at - ${stage.now()})::float8 as seconds from private.dispatches where status = 'retrying'`;
  expect(row).toEqual({ attempt: 1, seconds: 30 });
});
