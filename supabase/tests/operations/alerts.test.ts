import type { Sql } from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addEvent, addPeople, post, TEST_DEPLOYMENT } from "../harness/world.ts";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { acceptLetters, hearOf } from "./world.ts";

let database: TestDatabase;
let sql: Sql;
let people: string[];
let clock: Date;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = database.sql;
  people = await addPeople(sql, 2);
  await sql`insert into private.operators (user_id) values (${people[0]!})`;
});
afterAll(() => database.drop());
// Each test a month after the one before, so that none sees another's numbers.
let month = Date.parse("2027-01-10T12:00:00Z");
beforeEach(async () => {
  month += 31 * 86_400_000;
  clock = new Date(month);
  await sql`update private.rollup_progress set rolled_up_to = ${new Date(month - 3_600_000)}`;
  await sql`update private.settings set daily_quota = null, monthly_quota = null`;
  await sql`update private.alert_rules set silenced_until = null`;
  await sql`delete from private.processors`;
  await beat();
  await check();
  pass(6);
  await beat();
  await check();
});

const pass = (minutes: number) => void (clock = new Date(clock.getTime() + minutes * 60_000));
const beat = () => sql`select private.beat('test', 'worker', '1', ${clock})`;
/** Time in which processors speak and nothing else happens. */
async function idle(minutes: number): Promise<void> {
  pass(minutes);
  await sql`update private.processors set beat_at = ${clock}`;
}
const open = async () => (await sql<{ name: string }[]>`select name from private.alerts where closed_at is null order by name`).map(({ name }) => name);

/** A processor's turn of watching. */
async function check(): Promise<void> {
  for (;;) {
    const [row] = await sql`select private.roll_up(${clock}) > interval '0' as went`;
    if (!row!.went) break;
  }
  await sql`select private.check_alerts(${clock})`;
}

/** Time in which nothing happens, looked at after its first minute and at its end. */
async function calm(minutes: number): Promise<void> {
  for (const step of minutes > 1 ? [1, minutes - 1] : [1]) {
    pass(step);
    await beat();
    await check();
  }
}

test("error_rate opens above 5 % of an hour's letters, not for a few, and closes when the hour is good again", async () => {
  await acceptLetters(sql, clock, 10);
  await acceptLetters(sql, clock, 5, { failed: true });
  await calm(3);
  expect(await open()).toEqual([]);
  await acceptLetters(sql, clock, 85);
  await acceptLetters(sql, clock, 1, { failed: true });
  await calm(3);
  expect(await open()).toEqual(["error_rate"]);
  const [alert] = await sql`select value, samples::int, detail from private.alerts where name = 'error_rate' and closed_at is null`;
  expect(alert).toMatchObject({ samples: 101, detail: { failed: 6, sent: 95 } });
  expect(alert!.value).toBeCloseTo(6 / 101, 6);
  await idle(56);
  await calm(6);
  expect(await open()).not.toContain("error_rate");
});

test("bounces count as failures, and of a day's letters open bounce_rate above 4 %", async () => {
  await acceptLetters(sql, clock, 100);
  await hearOf(sql, clock, "email.delivered", 96);
  await hearOf(sql, clock, "email.bounced", 4);
  await calm(3);
  expect(await open()).toEqual([]);
  await hearOf(sql, clock, "email.bounced", 2);
  await calm(3);
  expect(await open()).toEqual(["bounce_rate", "error_rate"]);
  await idle(24 * 60);
  await calm(7);
  expect(await open()).toEqual([]);
});

test("complaint_rate opens above 0.08 % of a week's letters", async () => {
  await acceptLetters(sql, clock, 100);
  await hearOf(sql, clock, "email.complained", 1);
  await calm(2);
  expect(await open()).toEqual([]);
  for (let i = 0; i < 9; i += 1) await acceptLetters(sql, clock, 100);
  await calm(2);
  expect(await open()).toEqual(["complaint_rate"]);
  await idle(7 * 24 * 60);
  await calm(7);
  expect(await open()).toEqual([]);
});

test("processing_delay opens when something is due for 30 minutes, not while everything is paused, and closes when it is sent", async () => {
  const event = await addEvent(sql, { participants: people });
  await post(sql, event, people[1]!, "Anybody there?");
  await sql`update private.bursts set closes_at = ${clock} where settled_at is null`;
  await sql`update public.notifications set scheduled_for = ${clock} where status = 'pending'`;
  await calm(1);
  await idle(28);
  await calm(1);
  expect(await open()).toEqual([]);
  await sql`insert into private.pauses (scope, id) values ('everything', '00000000-0000-0000-0000-000000000000')`;
  await calm(2);
  expect(await open()).toEqual([]);
  await sql`delete from private.pauses`;
  await calm(1);
  expect(await open()).toEqual(["processing_delay"]);
  await sql`delete from public.notifications`;
  await sql`delete from private.untold_messages`;
  await sql`delete from private.bursts where event_id = ${event}`;
  await calm(4);
  expect(await open()).toEqual(["processing_delay"]);
  await calm(2);
  expect(await open()).toEqual([]);
});

test("quota opens above 80 % of the day's or the month's, and closes with a new one", async () => {
  await sql`update private.settings set daily_quota = 100, monthly_quota = 10000`;
  await acceptLetters(sql, clock, 80);
  await calm(1);
  expect(await open()).toEqual([]);
  await acceptLetters(sql, clock, 1);
  await calm(1);
  expect(await open()).toEqual(["quota"]);
  await idle(12 * 60);
  await calm(7);
  expect(await open()).not.toContain("quota");
  await sql`update private.settings set daily_quota = null, monthly_quota = 100`;
  await calm(1);
  expect(await open()).toContain("quota");
});

test("slow_query looks at what was called since the last sample, and closes when it is quick again", async () => {
  await sql`update private.settings set monthly_quota = null`;
  await sql`select /* notifications */ pg_sleep(0.01)`;
  await calm(7);
  // As if each call of our statements since then had taken three seconds.
  await sql`update private.statement_samples set total_ms = total_ms - 3000 * 1000, calls = calls - 1`;
  await sql`select /* notifications */ pg_sleep(0.01)`;
  await calm(6);
  expect(await open()).toContain("slow_query");
  await sql`select /* notifications */ pg_sleep(0.01)`;
  await calm(7);
  await calm(7);
  expect(await open()).not.toContain("slow_query");
});

test("breaker_open names the breakers and why", async () => {
  await sql`select private.note_failure('authorization', gen_random_uuid(), 'restricted_api_key', null, ${clock})`;
  await calm(1);
  const [alert] = await sql`select name, detail from private.alerts where closed_at is null`;
  expect(alert).toEqual({ name: "breaker_open", detail: { authorization: "restricted_api_key" } });
  await sql`select private.note_success(${clock})`;
  await calm(6);
  expect(await open()).toEqual([]);
});

test("webhook_silence opens an hour after letters of which nothing is heard, and closes with the first word", async () => {
  await hearOf(sql, clock, "email.delivered", 1);
  await acceptLetters(sql, new Date(clock.getTime() + 60_000), 50);
  await idle(50);
  await calm(2);
  expect(await open()).toEqual([]);
  await idle(10);
  await calm(2);
  expect(await open()).toEqual(["webhook_silence"]);
  await hearOf(sql, clock, "email.delivered", 1);
  await calm(6);
  expect(await open()).toEqual([]);
});

test("schedule_dead opens when no processor has spoken for ten minutes; the outage is written down", async () => {
  pass(11);
  await check();
  expect(await open()).toEqual(["schedule_dead"]);
  await calm(6);
  await calm(6);
  expect(await open()).toEqual([]);
  const [outage] = await sql`select until_at - from_at as length from private.outages order by from_at desc limit 1`;
  expect(outage!.length).toBe("00:12:00");
});

test("schedule_dead is told afterwards where nobody could look while it lasted", async () => {
  pass(30);
  await beat();
  await check();
  expect(await open()).toEqual(["schedule_dead"]);
  const [alert] = await sql`select value from private.alerts where name = 'schedule_dead' order by id desc limit 1`;
  expect(alert!.value).toBe(20 * 60);
  await calm(7);
  await calm(7);
  expect(await open()).toEqual([]);
});

test("clock_jump opens when the clock was set back, and closes a quarter of an hour later", async () => {
  pass(60);
  await beat();
  pass(-60);
  await beat();
  await check();
  expect(await open()).toContain("clock_jump");
  await calm(11);
  await calm(6);
  expect(await open()).toEqual([]);
});

describe("telling", () => {
  const take = (deployment = TEST_DEPLOYMENT) => sql`select name, change, mail_owed, post_owed, addresses, value from private.take_alert_tellings(${deployment}, ${clock})`;
  const told = (change: string, channel: string) =>
    sql`select private.note_alert_told((select max(id) from private.alerts), ${change}, ${channel}, ${clock})`;
  beforeEach(async () => void (await sql`delete from private.alert_tellings`));

  test("an alert is told once when it opens and once when it closes, however often it is checked, to operators only", async () => {
    await sql`select private.note_failure('quota', gen_random_uuid(), 'daily_quota_exceeded', ${new Date(clock.getTime() + 3.6e6)}, ${clock})`;
    await calm(1);
    expect([...(await take())]).toEqual([
      { name: "breaker_open", change: "opened", mail_owed: true, post_owed: true, addresses: ["user1@example.com"], value: 1 },
    ]);
    expect(await take()).toHaveLength(0);
    await told("opened", "webhook");
    await calm(3);
    expect((await take())[0]).toMatchObject({ mail_owed: true, post_owed: false });
    await told("opened", "mail");
    await sql`select private.note_success(${clock})`;
    await calm(7);
    expect((await take()).map(({ change }) => change)).toEqual(["closed"]);
  });

  test("a copy of the database tells nobody", async () => {
    await sql`select private.note_failure('quota', gen_random_uuid(), 'daily_quota_exceeded', ${clock}, ${clock})`;
    await calm(1);
    expect(await take("http://copy.test")).toHaveLength(0);
    await sql`select private.note_success(${clock})`;
    await calm(7);
  });

  test("what an operator silenced is told when the silence ends, if it still lasts; nobody else may silence", async () => {
    const operator = database.connectAs("authenticated", people[0]!, { max: 1 });
    await operator`select public.silence_alert('breaker_open', ${new Date(clock.getTime() + 5 * 60_000)})`;
    await expect(database.connectAs("authenticated", people[1]!, { max: 1 })`select public.silence_alert('quota', now())`).rejects.toMatchObject({ code: "CN020" });
    await sql`select private.note_failure('authorization', gen_random_uuid(), 'invalid_api_key', null, ${clock})`;
    await calm(2);
    expect(await open()).toEqual(["breaker_open"]);
    expect(await take()).toHaveLength(0);
    await calm(4);
    expect(await take()).toHaveLength(1);

    const [{ id } = { id: 0 }] = await operator<{ id: number }[]>`select id from public.alerts where closed_at is null`;
    expect([...(await operator`select public.acknowledge_alert(${id}) as first, public.acknowledge_alert(${id}) as second`)]).toEqual([{ first: true, second: false }]);
    const [seen] = await operator`select acknowledged_by, title from public.alerts where id = ${id}`;
    expect(seen).toEqual({ acknowledged_by: people[0], title: "Sending is suspended: a circuit breaker is open" });
    expect(await database.connectAs("authenticated", people[1]!, { max: 1 })`select * from public.alerts`).toHaveLength(0);
  });
});
