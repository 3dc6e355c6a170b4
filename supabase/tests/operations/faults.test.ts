import type { Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, post } from "../harness/world.ts";
import { startSteppedProcessor } from "./stepped-processor.ts";

let database: TestDatabase;
let sql: Sql;
let name: string;
let people: string[];
let processor: Awaited<ReturnType<typeof startSteppedProcessor>>;
let faults = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = database.connect({ max: 1 });
  name = new URL(database.url).pathname.slice(1);
  people = await addPeople(sql, 3);
  processor = await startSteppedProcessor(database, new Date());
  expect((await processor.health()).status).toBe("ok");
});
afterAll(async () => {
  await processor.stop();
  await database.drop();
});

/** A message in an event of its own, due in a minute; the letters that have to come of it. */
async function say(): Promise<string[]> {
  faults += 1;
  const event = await addEvent(sql, { participants: people, window: 60 });
  await post(sql, event, people[0]!, `fault-${faults}`);
  const due = new Date(processor.now().getTime() + 60_000);
  await sql`update private.bursts set opened_at = ${processor.now()}, closes_at = ${due} where event_id = ${event}`;
  await sql`update public.notifications set scheduled_for = ${due} where event_id = ${event}`;
  return [2, 3].map((number) => `user${number}@example.com fault-${faults}`);
}
const told = () => processor.told().filter((line) => line.endsWith(`fault-${faults}`));
const open = async () => (await sql<{ name: string }[]>`select name from private.alerts where closed_at is null order by name`).map(({ name }) => name);

/** Minutes after which nothing is left of it: told outside that it began and ended, and well. */
async function expectRecovery(alert: RegExp): Promise<void> {
  for (const minutes of [2, 6, 6]) {
    processor.pass(minutes);
    const before = processor.seen.alive;
    await processor.turn(() => processor.seen.alive > before);
  }
  expect(await open()).toEqual([]);
  expect(processor.seen.posts.map((text) => text.replace(/ \(now.*| It ended.*/, ""))).toEqual([
    expect.stringMatching(new RegExp(`^Alert: ${alert.source}`)), expect.stringMatching(new RegExp(`^Over: ${alert.source}`)),
  ]);
  expect(await processor.health()).toMatchObject({ status: "ok", reasons: [] });
  processor.seen.posts.length = 0;
  processor.seen.errors.length = 0;
}

const DATABASE_FAULTS = [
  { fault: "no connections left", code: "53300", reason: "no_connections", begin: "connection limit 0", end: "connection limit -1" },
  { fault: "a read-only database", code: "25006", reason: "database_read_only", begin: "set default_transaction_read_only = on", end: "reset default_transaction_read_only" },
];
test.each(DATABASE_FAULTS)("$fault: down with a reason, no sign of life, then told once, the outage as an alert, and well by itself", async ({ code, reason, begin, end }) => {
  const expected = await say();
  const { alive } = processor.seen;
  await sql.unsafe(`alter database ${name} ${begin}`);
  await processor.disconnect();
  processor.pass(11);
  for (let turn = 0; turn < 3; turn += 1) await processor.turn();
  expect(processor.seen.errors).toContain(code);
  expect(processor.seen.alive).toBe(alive);
  expect(told()).toEqual([]);
  expect(await processor.health()).toMatchObject({ status: "down", reasons: expect.arrayContaining([reason]) });

  await sql.unsafe(`alter database ${name} ${end}`);
  await processor.disconnect();
  await processor.turn(() => told().length === 2);
  expect(told()).toEqual(expected);
  // Now that its passes succeed it speaks again.
  processor.pass(0.5);
  await processor.turn(() => processor.seen.alive > alive);
  expect(await open()).toEqual(["schedule_dead"]);
  expect(await processor.health()).toMatchObject({ status: "ok" });
  await expectRecovery(/No processor has spoken for too long/);
});

test("an unreachable provider: degraded, the breaker opens with an alert, and everything goes once when it is back", async () => {
  const expected = await say();
  processor.setReachable(false);
  for (let attempts = 0; attempts < 6; attempts += 1) {
    processor.pass(9);
    await processor.turn();
  }
  await processor.turn(() => processor.seen.posts.length > 0);
  expect(await processor.health()).toMatchObject({ status: "degraded", reasons: ["breaker_provider"] });
  expect(await open()).toEqual(["breaker_open"]);
  expect(told()).toEqual([]);

  processor.setReachable(true);
  processor.pass(9);
  await processor.turn();
  processor.pass(9);
  await processor.turn(() => told().length === 2);
  expect(told()).toEqual(expected);
  await expectRecovery(/Sending is suspended: a circuit breaker is open/);
});

test("a clock that jumps three hours ahead and is set back: both are alerts, and what is written then is told once and in time", async () => {
  const early = await say();
  processor.pass(180);
  await processor.turn(() => told().length === 2 && processor.seen.posts.length > 0);
  expect(told()).toEqual(early);
  expect(processor.seen.posts.splice(0)).toContainEqual(expect.stringMatching(/^Alert: No processor has spoken for too long/));
  // The provider asked for a pause by the wrong clock.
  await sql`update private.provider_state set refilled_at = ${processor.now()}, paused_until = ${new Date(processor.now().getTime() + 30_000)}`;

  processor.pass(-180);
  await processor.turn(() => processor.seen.posts.length > 0);
  expect(processor.seen.posts).toContainEqual(expect.stringMatching(/^Alert: The database's clock was set back/));
  expect(await processor.health()).toMatchObject({ status: "degraded", reasons: ["alert_clock_jump"] });
  const late = await say();
  processor.pass(2);
  await processor.turn(() => told().length === 2);
  expect(told()).toEqual(late);
  for (const minutes of [9, 6, 6]) {
    processor.pass(minutes);
    const before = processor.seen.alive;
    await processor.turn(() => processor.seen.alive > before);
  }
  expect(await open()).toEqual([]);
  expect(await processor.health()).toMatchObject({ status: "ok", reasons: [] });
  processor.seen.posts.length = 0;
});

test("a processor whose passes fail is not alive, whatever else answers: told while it lasts", async () => {
  await sql`alter function private.settle_bursts rename to settle_bursts_of_before`;
  const expected = await say();
  for (let turns = 0; turns < 3; turns += 1) await processor.turn();
  const { alive } = processor.seen;
  processor.pass(11);
  await processor.turn();
  expect(processor.seen.alive).toBe(alive);
  expect(processor.seen.posts).toEqual([expect.stringMatching(/^Alert: No processor has spoken for too long/)]);
  expect(await processor.health()).toMatchObject({ status: "down", reasons: ["no_processor"] });

  await sql`alter function private.settle_bursts_of_before rename to settle_bursts`;
  processor.pass(1);
  await processor.turn(() => told().length === 2);
  expect(told()).toEqual(expected);
  await expectRecovery(/No processor has spoken for too long/);
});
