import type { Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addHistory } from "../../../bench/history.ts";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";

/** What operators and monitors ask, as bench/operations.ts measures it over ten million rows. */
const QUERIES = [
  "select * from public.operator_now()", "select * from public.operator_chart('1h')", "select * from public.operator_chart('24h')",
  "select * from public.operator_chart('30d')", "select * from public.operator_targets()", "select * from public.operator_events(30)",
  "select * from public.operator_capacity()", "select * from public.find_emails('person7@example.com')", "select * from public.find_emails()",
  "select * from public.email_timeline((select id from public.emails order by id desc limit 1))",
  "select private.health()", "select * from private.metrics()",
];

let database: TestDatabase;
let sql: Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = database.connect({ max: 1 });
  await addHistory(database.sql, { notifications: 5_000, emails: 1_000, people: 500, days: 1 }, () => {});
});
afterAll(() => database.drop());

/** The same again, two, three … months earlier: what retention has not come to. */
async function growOld(times: number): Promise<void> {
  await sql.unsafe(`
    set session_replication_role = replica;
    insert into private.dispatches (id, status, next_attempt_at, letter_count, facts, first_attempt_at, outcome, created_at, updated_at)
    select gen_random_uuid(), status, next_attempt_at, letter_count, facts, first_attempt_at, outcome, created_at - ago, updated_at - ago
    from private.dispatches cross join (select interval '1 month' * g as ago from generate_series(2, ${times}) g) a;
    insert into public.emails (id, user_id, dispatch_id, position, kind, status, address, locale, time_zone, parts, more, created_at, sent_at, updated_at)
    select private.uuid_v7(created_at - ago), user_id, gen_random_uuid(), position, kind, status, address, locale, time_zone, parts, more, created_at - ago, sent_at - ago, updated_at - ago
    from public.emails cross join (select interval '1 month' * g as ago from generate_series(2, ${times}) g) a;
    insert into public.notifications (user_id, event_id, burst_id, lane, status, scheduled_for, email_id, created_at, updated_at)
    select user_id, event_id, burst_id + 1000 * g, lane, status, scheduled_for - interval '1 month' * g, gen_random_uuid(), created_at - interval '1 month' * g, updated_at - interval '1 month' * g
    from public.notifications cross join generate_series(2, ${times}) g;
    reset session_replication_role;`).simple();
  await sql`vacuum analyze public.notifications, public.emails, private.dispatches`;
}

/** Pages that a call touches, those of the statements inside its functions included; the second time, with nothing left to load. */
async function pagesOf(query: string): Promise<number> {
  await sql.unsafe(query);
  const [row] = await sql.unsafe<{ "QUERY PLAN": [{ Plan: Record<string, number> }] }[]>(`explain (analyze, buffers, format json) ${query}`);
  const plan = row!["QUERY PLAN"][0].Plan;
  return plan["Shared Hit Blocks"]! + plan["Shared Read Blocks"]!;
}

test("eight times the history costs what operators ask hardly a page more", async () => {
  const before = new Map<string, number>();
  for (const query of QUERIES) before.set(query, await pagesOf(query));
  await growOld(8);
  const [{ pages: table } = { pages: 0 }] = await sql<{ pages: number }[]>`select pg_relation_size('public.notifications')::int / 8192 as pages`;
  expect(table).toBeGreaterThan(400);
  for (const query of QUERIES) {
    const [few, many] = [before.get(query)!, await pagesOf(query)];
    // An index a level deeper, a page more of what is newest; far from reading a table.
    expect({ query, few, many, hardlyMore: many <= few * 1.25 + 60 }).toMatchObject({ hardlyMore: true });
  }
});
