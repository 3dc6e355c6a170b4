import type { Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, createDelivery, drain, later, post } from "../harness/world.ts";
import { acceptLetters, hearOf } from "./world.ts";

let database: TestDatabase;
let operator: Sql;
let people: string[];
let event: string;
beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  people = await addPeople(sql, 4);
  await sql`insert into private.operators (user_id) values (${people[0]!})`;
  operator = database.connectAs("authenticated", people[0]!, { max: 1 });
  event = await addEvent(sql, { participants: people });
  await post(sql, event, people[0]!, "Doors open at six.");
  await drain(createDelivery(sql, () => later(130)).deps);
  await hearOf(sql, later(131), "email.delivered", 2);
  await hearOf(sql, later(131), "email.bounced", 1);
  await rollUp(later(600));
  await rollUp(later(600));
});
afterAll(() => database.drop());

async function rollUp(at: Date): Promise<void> {
  const notifier = database.connectAs("notifier", null, { max: 1 });
  for (;;) {
    const [row] = await notifier`select private.roll_up(${at}) > interval '0' as went`;
    if (!row!.went) break;
  }
}

test("operator_now: what happened in the last hour, how late, of which quota", async () => {
  await database.sql`update private.settings set daily_quota = 100`;
  const [now] = await operator`select * from public.operator_now(${later(700)})`;
  expect(now).toMatchObject({
    due: "0", oldest_due_at: null, letters_in_flight: "0", letters_last_hour: "3", daily_quota: 100, monthly_quota: null,
    breakers_open: [], paused: false, dead_letters: "0", open_alerts: "0", processors_alive: "0",
  });
  // Sent ten seconds after its burst's window of 120 s.
  expect(now!.message_to_sent_p95).toBeGreaterThan(110);
  expect(now!.message_to_sent_p95).toBeLessThan(180);
  expect(now!.error_rate).toBeCloseTo(1 / 4, 6);
  expect(now!.bounce_rate).toBeCloseTo(1 / 3, 6);
});

test("operator_chart: a slot for each minute, quarter of an hour, six hours, with the same sums", async () => {
  for (const [period, slots] of [["1h", 60], ["24h", 96], ["30d", 120]] as const) {
    const rows = await operator`select * from public.operator_chart(${period}, ${later(700)})`;
    const sum = (column: string) => rows.reduce((total, row) => total + Number(row[column]), 0);
    expect({ period, slots: rows.length, messages: sum("messages"), sent: sum("letters_sent"), delivered: sum("delivered"), bounced: sum("bounced") })
      .toEqual({ period, slots, messages: 1, sent: 3, delivered: 2, bounced: 1 });
    expect(rows.filter((row) => row.message_to_sent_p50 !== null)).toHaveLength(1);
  }
  await expect(operator`select * from public.operator_chart('7y')`).rejects.toMatchObject({ code: "CN030" });
});

test("operator_events: letters by event, with its title", async () => {
  const rows = await operator`select event_id, title, letters from public.operator_events(30, ${later(700)})`;
  expect([...rows]).toEqual([{ event_id: event, title: "Summer Festival", letters: 3 }]);
});

test("operator_targets: the specification's five, each with what was measured and whether it holds", async () => {
  await database.sql`select private.beat('test', 'worker', '1', now())`;
  const rows = await operator`select target, goal, measured, unit, holds from public.operator_targets(${later(300)})`;
  expect(rows.map(({ target, goal, unit }) => [target, goal, unit])).toEqual([
    ["notification_creation", 0.1, "seconds"], ["email_processing", 5, "seconds"], ["delivery_rate", 0.98, "share"],
    ["processing_delay", 600, "seconds"], ["system_uptime", 0.999, "share"],
  ]);
  const measured = Object.fromEntries(rows.map(({ target, measured, holds }) => [target, { measured, holds }]));
  expect(measured.delivery_rate).toEqual({ measured: 2 / 3, holds: false });
  expect(measured.system_uptime).toEqual({ measured: 1, holds: true });
  expect(measured.processing_delay!.holds).toBe(true);
  expect(measured.notification_creation!.measured).toBeGreaterThan(0);
});

test("operator_capacity: says nothing of a trend before two weeks, then when the quota is reached", async () => {
  const { sql } = database;
  await sql`update private.settings set daily_quota = 1000`;
  const [short] = await operator`select days_until_daily_quota, growth_per_day from public.operator_capacity(${later(700)})`;
  expect(short).toEqual({ days_until_daily_quota: null, growth_per_day: null });
  // 10, 20, … letters a day: 300 on the thirtieth, 70 days before a thousand.
  await sql`
    insert into private.rollups (width, at, letters_sent)
    select 'hour', date_trunc('day', now(), 'UTC') - interval '1 day' * (30 - i) , 10 * i from generate_series(1, 29) i`;
  const [long] = await operator`select * from public.operator_capacity(now())`;
  expect(long!.growth_per_day).toBeCloseTo(10, 6);
  expect(long!.letters_per_day).toBeCloseTo(290, 6);
  expect(long!.days_until_daily_quota).toBeCloseTo(71, 6);
});

test("find_emails and email_timeline: a person's letters and each one's story", async () => {
  const found = await operator`select id, status, address from public.find_emails('user2@example.com')`;
  expect(found).toMatchObject([{ status: "sent", address: "user2@example.com" }]);
  expect(await operator`select id from public.find_emails(${found[0]!.id})`).toHaveLength(1);
  expect(await operator`select id from public.find_emails(null, 'sent')`).toHaveLength(3);
  const steps = await operator`select step from public.email_timeline(${found[0]!.id})`;
  // The notification is as old as its message: one transaction wrote both.
  expect(steps.map(({ step }) => step).slice(0, 2).sort()).toEqual(["message", "notification"]);
  expect(steps.map(({ step }) => step).slice(2)).toEqual(["composed", "first_attempt", "sent"]);
});

test("operator_preferences counts choices", async () => {
  await database.sql`insert into public.notification_preferences (user_id, delivery) values (${people[1]!}, 'daily'), (${people[2]!}, 'off')`;
  const rows = await operator`select preference, choice, people::int from public.operator_preferences() where preference = 'delivery' order by choice`;
  expect([...rows]).toEqual([{ preference: "delivery", choice: "daily", people: 1 }, { preference: "delivery", choice: "off", people: 1 }]);
});

test("nobody but operators and the service key may ask", async () => {
  const calls = [
    "operator_now()", "operator_chart('1h')", "operator_events()", "operator_targets()", "operator_capacity()", "operator_preferences()",
    "find_emails()", `email_timeline('${event}')`,
  ];
  const person = database.connectAs("authenticated", people[1]!, { max: 1 });
  const anonymous = database.connectAs("anon", null, { max: 1 });
  const service = database.connectAs("service_role", null, { max: 1 });
  for (const call of calls) {
    await expect(person.unsafe(`select * from public.${call}`), call).rejects.toMatchObject({ code: "CN020" });
    await expect(anonymous.unsafe(`select * from public.${call}`), call).rejects.toMatchObject({ code: "42501" });
    await service.unsafe(`select * from public.${call}`);
  }
});

test("a minute is counted once, in whatever steps, and a long pause is caught up with", async () => {
  const { sql } = database;
  const [{ sent: before } = { sent: 0 }] = await sql`select sum(letters_sent)::int as sent from private.rollups where width = 'minute'`;
  await acceptLetters(sql, later(3600), 7);
  await acceptLetters(sql, later(3600 * 50), 11);
  await Promise.all([rollUp(later(3600 * 51)), rollUp(later(3600 * 51)), rollUp(later(3600 * 30))]);
  await rollUp(later(3600 * 51));
  const [{ sent } = { sent: 0 }] = await sql`select sum(letters_sent)::int as sent from private.rollups where width = 'minute'`;
  expect(sent - before).toBe(18);
});
