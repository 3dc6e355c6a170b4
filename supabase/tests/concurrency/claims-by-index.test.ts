import type { Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addCrowd } from "../../../bench/crowd.ts";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, later, post } from "../harness/world.ts";
import { breakRule } from "./break-rule.ts";
import { createPostOffice } from "./post-office.ts";

const PEOPLE = 3000;
const BATCH = 10;

let database: TestDatabase;

/** News of one message for 3,000 people, on a day that began with empty tables, which is what their statistics say. */
beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  await sql`vacuum analyze`;
  const [author] = await addPeople(sql, 1);
  await addCrowd(sql, PEOPLE);
  const event = await addEvent(sql, { participants: [author!] });
  await sql`
    insert into public.event_participants (event_id, user_id, joined_at)
    select ${event}, u.id, now() - interval '1 day' from auth.users u where u.id <> ${author!}`;
  await post(sql, event, author!, "alpha");
  await createPostOffice(sql).prepare(125);
  await sql`analyze public.notifications`;
});
afterAll(() => database.drop());

const claim = (sql: Sql) =>
  sql<{ dispatch_id: string; attempt: number }[]>`select dispatch_id, attempt from public.get_pending_notifications(${BATCH}, ${later(130)})`;

/** The most rows that a claim of ten reads from one table, on a connection whose plans were made on the first letters. */
async function mostReadByAClaim(): Promise<number> {
  // As before the first letter.
  await database.sql`truncate private.recipient_states`;
  await database.sql`vacuum analyze private.recipient_states`;
  const sql = database.connect({ max: 1 });
  for (let i = 0; i < 7; i += 1) {
    const [held] = await claim(sql);
    await sql`select public.mark_notification_sent(${held!.dispatch_id}, ${held!.attempt})`;
  }
  // More letters than those that the plans knew, from elsewhere.
  for (let i = 0; i < 30; i += 1) {
    const [held] = await claim(database.sql);
    await database.sql`select public.mark_notification_sent(${held!.dispatch_id}, ${held!.attempt})`;
  }
  // What was read before counts until it has been reported.
  await sql`select pg_stat_force_next_flush()`;
  return await sql.begin(async (transaction) => {
    await claim(transaction as unknown as Sql);
    const [row] = await transaction<[{ most: number }]>`
      select max(coalesce(s.seq_tup_read, 0) + coalesce(s.idx_tup_fetch, 0))::int as most from pg_stat_xact_user_tables s`;
    return row.most;
  });
}

/** A page of what is due, and each of ten recipients' rows a few times. */
const FEW = 250;

test("a claim reads the rows it is about, whatever statistics and kept plans expect", async () => {
  expect(await mostReadByAClaim()).toBeLessThan(FEW);
});

test("broken on purpose: of news of one burst the planner expects nothing to be left, and reads all of it", async () => {
  const mend = await breakRule(database.sql, "private.lock_due_recipients", "coalesce(n.burst_id, 0) <> all", "n.burst_id <> all");
  expect(await mostReadByAClaim()).toBeGreaterThan(FEW);
  await mend();
});

test("broken on purpose: a plan made while there was nothing reads everything", async () => {
  const { sql } = database;
  await sql`alter function public.get_pending_notifications(integer, timestamptz, text) reset enable_seqscan`;
  expect(await mostReadByAClaim()).toBeGreaterThan(FEW);
  await sql`alter function public.get_pending_notifications(integer, timestamptz, text) set enable_seqscan = off`;
});

test("broken on purpose: joined with what grows, a plan made while there was nothing reads all of that", async () => {
  const mend = await breakRule(database.sql, "private.judge_notifications", "and r.event_id = c.event_id\n      offset 0", "and r.event_id = c.event_id");
  expect(await mostReadByAClaim()).toBeGreaterThan(FEW);
  await mend();
});
