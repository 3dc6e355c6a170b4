import type { Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, createDelivery, drain, later, post } from "../harness/world.ts";

const DAY = 86_400;
let database: TestDatabase;
let sql: Sql;
let operator: Sql;
let people: string[];
let old: { event: string; email: string };
beforeAll(async () => {
  database = await createTestDatabase();
  sql = database.sql;
  people = await addPeople(sql, 4);
  await sql`insert into private.operators (user_id) values (${people[0]!})`;
  operator = database.connectAs("authenticated", people[0]!, { max: 1 });
  const event = await addEvent(sql, { participants: people });
  await post(sql, event, people[0]!, "Long ago.");
  await drain(createDelivery(sql, () => later(130)).deps);
  const [letter] = await sql<[{ id: string }]>`select id from public.emails where user_id = ${people[1]!}`;
  old = { event, email: letter.id };
  await sql`insert into public.notifications (user_id, event_id, message_id, lane, scheduled_for) values (${people[2]!}, ${event}, 999, 1, 'infinity')`;
});
afterAll(() => database.drop());

/** Rounds of retention as of so many days from now, until it rests; returns what they did together. */
async function retain(days: number, page = 2): Promise<Record<string, number>> {
  const notifier = database.connectAs("notifier", null, { max: 1 });
  // Rested since the test before, whose day may have been a later one.
  await sql`update private.retention_progress set rest_until = '-infinity'`;
  const sums: Record<string, number> = {};
  for (;;) {
    const [row] = await notifier<[{ counts: Record<string, number> | null }]>`select private.retain(${page}, ${later(days * DAY)}) as counts`;
    if (row.counts === null) return sums;
    for (const [what, rows] of Object.entries(row.counts)) if (rows > 0) sums[what] = (sums[what] ?? 0) + rows;
  }
}
const count = async (table: string) => Number((await sql.unsafe(`select count(*) from ${table}`))[0]!.count);

test("before its time nothing goes", async () => {
  expect(await retain(7)).toEqual({});
});

test("after 14 days the contents of letters go, the letters stay", async () => {
  const before = await count("public.emails");
  expect(await retain(15)).toEqual({ contents_erased: 1 });
  expect(await count("public.emails")).toBe(before);
  expect((await sql`select facts, body from private.dispatches`)[0]).toEqual({ facts: {}, body: null });
});

test("after 30 days what is settled goes into the archive, what is owed stays; the letter's timeline answers still", async () => {
  expect(await retain(31)).toMatchObject({ notifications_archived: 4 });
  expect([...(await sql`select status from public.notifications`)]).toEqual([{ status: "pending" }]);
  expect(await count("private.archived_notifications")).toBe(4);
  const steps = await operator`select step from public.email_timeline(${old.email})`;
  expect(steps.map(({ step }) => step)).toContain("notification");
});

test("after 90 days the archive, the letters and what belongs to them go, and nothing is left to do then", async () => {
  expect(await retain(91)).toMatchObject({ archived_notifications: 4, letters: 3, dispatches: 1 });
  for (const table of ["private.archived_notifications", "public.emails", "private.dispatches", "private.bursts", "private.burst_messages"]) {
    expect(await count(table), table).toBe(0);
  }
  expect(await count("public.chat_messages")).toBe(1);
  expect(await retain(92)).toEqual({});
});

test("rows that somebody holds are left to the next round, and nobody waits", async () => {
  await post(sql, old.event, people[1]!, "Held.");
  await drain(createDelivery(sql, () => later(130)).deps);
  await sql`update public.notifications set updated_at = now() - interval '40 days', created_at = now() - interval '40 days' where status <> 'pending'`;
  const holder = database.connect({ max: 1 });
  await holder.begin(async (transaction) => {
    await transaction`select from public.notifications where status = 'sent' order by id limit 1 for update`;
    expect(await retain(2, 100)).toMatchObject({ notifications_archived: 3 });
  });
  expect(await retain(3, 100)).toMatchObject({ notifications_archived: 1 });
});

test("the audit log takes entries and gives none back, not even to its owner, until they are two years old", async () => {
  await sql`select private.audit('test', '{}')`;
  await expect(sql`update private.audit_log set action = 'nothing'`).rejects.toMatchObject({ code: "CN041" });
  await expect(sql`delete from private.audit_log`).rejects.toMatchObject({ code: "CN041" });
  await expect(sql`truncate private.audit_log`).rejects.toMatchObject({ code: "CN041" });
  await expect(database.connectAs("service_role", null, { max: 1 })`delete from private.audit_log`).rejects.toMatchObject({ code: "42501" });
  await sql`insert into private.audit_log (at, action) values (now() - interval '731 days', 'ancient')`;
  await retain(4);
  expect([...(await sql`select action from private.audit_log where action in ('test', 'ancient')`)]).toEqual([{ action: "test" }]);
});

test("changes of preferences, settings, operators, suppressions and rules are in it, people by their hash, secrets not at all", async () => {
  await database.connectAs("authenticated", people[1]!, { max: 1 })`insert into public.notification_preferences (user_id, delivery) values (${people[1]!}, 'daily')`;
  await sql`update private.settings set daily_quota = 500`;
  await sql`select private.suppress_address('user3@example.com', 'manual', now())`;
  await sql`update private.alert_rules set opens_above = 0.9 where name = 'quota'`;
  const rows = await sql<{ action: string; details: Record<string, unknown> }[]>`select action, details from private.audit_log order by id desc limit 4`;
  expect(rows.map(({ action }) => action)).toEqual(["update_alert_rules", "insert_suppressions", "update_settings", "insert_notification_preferences"]);
  expect(rows[0]!.details).toMatchObject({ name: "quota", changes: { opens_above: { was: 0.8, became: 0.9 } } });
  expect(rows[2]!.details).toMatchObject({ changes: { daily_quota: "changed" } });
  expect(rows[3]!.details).toMatchObject({ person: expect.stringMatching(/^[0-9a-f]{64}$/), changes: { delivery: { became: "daily" } } });
  const text = JSON.stringify(rows);
  for (const secret of [people[1]!, "user3@example.com"]) expect(text).not.toContain(secret);
});

test("each dispatch's outcome is in it once its minute is counted", async () => {
  const notifier = database.connectAs("notifier", null, { max: 1 });
  for (;;) {
    const [row] = await notifier`select private.roll_up(${later(3600)}) > interval '0' as went`;
    if (!row!.went) break;
  }
  const [row] = await sql`select action, details from private.audit_log where action like 'dispatch%'`;
  expect(row).toMatchObject({ action: "dispatch_sent", details: { letters: 3, attempts: 1, outcome: "accepted" } });
});
