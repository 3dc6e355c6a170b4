import { expect } from "vitest";
import type { Sql } from "postgres";
import type { TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, post } from "../harness/world.ts";
import { breakRule } from "./break-rule.ts";
import { test } from "./database-test.ts";
import { createGate } from "./gate.ts";
import { createPostOffice } from "./post-office.ts";

const CLIENTS = 32;
const LOCK = "if not pg_try_advisory_xact_lock(private.opening_lock(event_id)) then\n      return;\n    end if;";
const bodies = Array.from({ length: CLIENTS }, (_, i) => `m${i + 1}`);

async function addIdleEvent(sql: Sql) {
  const people = await addPeople(sql, 3);
  return { author: people[0]!, event: await addEvent(sql, { participants: people }) };
}

async function countBursts(sql: Sql): Promise<number> {
  const [row] = await sql<[{ count: number }]>`select count(*)::int from private.bursts`;
  return row.count;
}

test("32 clients writing at once into an idle event open one burst, and every message is told once", async ({ database }) => {
  const { sql, connect } = database;
  const { author, event } = await addIdleEvent(sql);
  const clients = connect({ max: CLIENTS });
  await Promise.all(bodies.map((body) => post(clients, event, author, body)));
  expect(await countBursts(sql)).toBe(1);
  await createPostOffice(sql).deliver(125);
  const told = await sql`select message_count, (select count(*)::int from private.burst_messages) as told from private.bursts`;
  expect([...told]).toEqual([{ message_count: CLIENTS, told: CLIENTS }]);
});

/** Nobody commits before everybody has written. */
async function writeTogether({ sql, connect }: TestDatabase): Promise<number> {
  const { author, event } = await addIdleEvent(sql);
  const clients = connect({ max: CLIENTS });
  let writing = bodies.length;
  let release = () => {};
  const allWritten = new Promise<void>((resolve) => (release = resolve));
  await Promise.all(
    bodies.map((body) =>
      clients.begin(async (transaction) => {
        await post(transaction as unknown as Sql, event, author, body);
        if (--writing === 0) release();
        await allWritten;
      }),
    ),
  );
  return countBursts(sql);
}

test("32 clients that have all written before the first commits open one burst", async ({ database }) => {
  expect(await writeTogether(database)).toBe(1);
});

test("broken on purpose: without the opening lock every one of them would open one", async ({ database }) => {
  await breakRule(database.sql, "private.open_burst", LOCK, "");
  // Not exactly 32: so many openers may wait for room in the table longer than their lock_timeout.
  expect(await writeTogether(database)).toBeGreaterThan(1);
});

/** One client finds no open burst and is held up; another opens one and commits; then the first takes the opening lock. */
async function arriveLate(database: TestDatabase): Promise<number> {
  const { sql } = database;
  const { author, event } = await addIdleEvent(sql);
  const gate = await createGate(database);
  await breakRule(sql, "private.open_burst", LOCK, `perform private.pass_gate();\n    ${LOCK}`);
  const late = post(gate.behind, event, author, "alpha");
  await gate.untilReached();
  await post(sql, event, author, "bravo");
  await gate.open();
  await late;
  return countBursts(sql);
}

test("a client that takes the opening lock after the opener has committed opens none", async ({ database }) => {
  expect(await arriveLate(database)).toBe(1);
});

test("broken on purpose: without the second look it opens another", async ({ database }) => {
  await breakRule(database.sql, "private.open_burst", "and b.settled_at is null", "and b.settled_at is null and false");
  expect(await arriveLate(database)).toBe(2);
});
