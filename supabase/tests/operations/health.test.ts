import { readFile } from "node:fs/promises";
import type { Sql, TransactionSql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, later, post } from "../harness/world.ts";

let database: TestDatabase;
let notifier: Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  notifier = database.connectAs("notifier", null, { max: 1 });
});
afterAll(() => database.drop());

const ask = async (at = new Date()) => (await notifier`select private.health(${at}) as health`)[0]!.health as {
  status: string; reasons: string[]; details: Record<string, unknown>;
};

test("down without a processor, well with one, degraded with reasons, well again", async () => {
  const { sql } = database;
  expect(await ask()).toMatchObject({ status: "down", reasons: ["no_processor"] });
  await sql`select private.beat('test', 'worker', '1', now())`;
  expect(await ask()).toMatchObject({ status: "ok", reasons: [] });
  expect((await ask(later(601))).reasons).toEqual(["no_processor"]);

  await sql`insert into private.pauses (scope, id) values ('everything', '00000000-0000-0000-0000-000000000000')`;
  await sql`select private.note_failure('authorization', gen_random_uuid(), 'invalid_api_key', null, now())`;
  expect(await ask()).toMatchObject({ status: "degraded", reasons: ["paused", "breaker_authorization"] });
  await sql`delete from private.pauses`;
  await sql`select private.note_success(now())`;

  const people = await addPeople(sql, 2);
  await post(sql, await addEvent(sql, { participants: people, window: 0 }), people[0]!, "Hello?");
  await sql`select private.beat('test', 'worker', '1', ${later(1900)})`;
  const late = await ask(later(1900));
  expect(late).toMatchObject({ status: "degraded", reasons: ["processing_delay"], details: { due: 2 } });
  expect(late.details.oldest_due_seconds).toBeGreaterThan(1800);
});

test("a database that only reads is down", async () => {
  const reader = database.connectAs("notifier", null, { max: 1, connection: { default_transaction_read_only: true } });
  const [row] = await reader`select private.health() as health`;
  expect((row!.health as { reasons: string[] }).reasons).toContain("database_read_only");
});

test("tells no address, no text, no key", async () => {
  const text = JSON.stringify(await ask());
  expect(text).not.toMatch(/@|Hello|re_/);
});

test("asks indexes only: nothing is read by scanning a table that grows", async () => {
  const { sql } = database;
  await sql`
    insert into public.notifications (user_id, event_id, message_id, lane, status, scheduled_for, email_id)
    select gen_random_uuid(), gen_random_uuid(), i, 1, 'sent', now(), gen_random_uuid() from generate_series(1, 30000) i`;
  await sql`
    insert into private.dispatches (id, status, next_attempt_at, letter_count, facts, first_attempt_at, created_at, updated_at)
    select gen_random_uuid(), 'sent', now(), 1, '{}', now(), now(), now() - interval '1 minute' * i from generate_series(1, 10000) i`;
  await sql`vacuum analyze`;
  // Counted to now, as a processor keeps it.
  await sql`update private.rollup_progress set rolled_up_to = now() - interval '2 minutes'`;
  const reads = (transaction: TransactionSql) => transaction<{ rows: number; fetched: number }[]>`
    select coalesce(sum(seq_tup_read), 0)::int as rows, coalesce(sum(idx_tup_fetch), 0)::int as fetched
    from pg_stat_xact_all_tables where relname in ('notifications', 'dispatches', 'emails', 'bursts')`;
  const [before, after] = await sql.begin(async (transaction) => {
    // Vacuum scanned what the BRIN index summarises, on this very connection perhaps.
    const [before] = await reads(transaction);
    await transaction`select private.health()`;
    return [before!, (await reads(transaction))[0]!];
  });
  expect(after.rows - before.rows).toBeLessThan(100);
  expect(after.fetched - before.fetched).toBeLessThan(200);
});

test("the schema's version is the one that processors expect", async () => {
  const [row] = await notifier`select private.schema_version() as version`;
  const text = await readFile(new URL("../../../packages/core/src/schema-version.ts", import.meta.url), "utf8");
  expect(text).toContain(`SCHEMA_VERSION = ${row!.version};`);
});
