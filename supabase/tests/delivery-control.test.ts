import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../packages/core/src/database.ts";
import { createPostgresDatabase } from "../../packages/core/src/postgres-database.ts";
import { createTestDatabase, type TestDatabase } from "./harness/test-database.ts";
import { addEvent, addPeople, createDelivery, drain, later, post, TEST_DEPLOYMENT } from "./harness/world.ts";

let testDatabase: TestDatabase;
let clock: Date;
let database: Database;
beforeEach(async () => {
  testDatabase = await createTestDatabase();
  clock = new Date("2026-11-22T12:00:00Z");
  database = connect(TEST_DEPLOYMENT);
});
afterEach(() => testDatabase.drop());

/** A processor's connection of some deployment, on the test's clock. */
function connect(deploymentUrl: string): Database {
  return createPostgresDatabase(testDatabase.connectAs("notifier"), { deploymentUrl, asOf: () => clock });
}
const pass = (seconds: number) => void (clock = new Date(clock.getTime() + seconds * 1000));
const limit = (requests: number | null, emails: number | null) =>
  testDatabase.sql`update private.settings set requests_per_second = ${requests}, emails_per_second = ${emails}`;

describe("limits", () => {
  test("what may go out in a second never exceeds either limit, whoever asks and however often", async () => {
    await limit(10, 100);
    const others = [database, connect(TEST_DEPLOYMENT), connect(TEST_DEPLOYMENT)];
    let requests = 0;
    let letters = 0;
    for (let tick = 0; tick < 100; tick += 1) {
      for (const one of others) {
        const permission = await one.permitSending(30);
        letters += permission.letters;
        requests += Math.ceil(permission.letters / 100);
      }
      pass(0.1);
    }
    // Ten seconds, plus the second that the bucket holds at first.
    expect(requests).toBeLessThanOrEqual(110);
    expect(letters).toBeLessThanOrEqual(1100);
    expect(letters).toBeGreaterThan(950);
  });

  test("who gets nothing is told when to ask again, and gets something then", async () => {
    await limit(10, 50);
    expect((await database.permitSending(100)).letters).toBe(50);
    const refused = await database.permitSending(100);
    expect(refused).toMatchObject({ letters: 0, reason: "rate_limited" });
    pass(refused.retryInMs! / 1000);
    expect((await database.permitSending(100)).letters).toBeGreaterThan(0);
  });

  test("what was not used is given back, what a retry took beyond it is paid back", async () => {
    await limit(100, 100);
    expect((await database.permitSending(100)).letters).toBe(100);
    await database.returnPermission(99, 0);
    expect((await database.permitSending(100)).letters).toBe(99);
    await database.returnPermission(-100, -1);
    pass(1);
    expect((await database.permitSending(100)).letters).toBe(0);
    pass(1);
    expect((await database.permitSending(100)).letters).toBeGreaterThan(90);
  });

  test("the provider's own lower limit is respected", async () => {
    await limit(10, null);
    await database.observeRateLimit(2);
    await database.permitSending(1);
    pass(10);
    let requests = 0;
    for (let i = 0; i < 10; i += 1) requests += (await database.permitSending(1)).letters;
    expect(requests).toBe(2);
  });

  test("a pause ends with a trickle, not with a herd", async () => {
    await limit(10, 1000);
    await testDatabase.sql`select private.observe_rate_limit(null, 2000, ${clock})`;
    pass(1);
    expect(await database.permitSending(100)).toMatchObject({ letters: 0, reason: "rate_limited", retryInMs: 1000 });
    pass(1.1);
    let requests = 0;
    for (let i = 0; i < 10; i += 1) requests += Math.ceil((await database.permitSending(1)).letters);
    expect(requests).toBe(1);
  });
});

describe("circuit breakers", () => {
  const fail = (name: string, dispatch = "00000000-0000-0000-0000-000000000001", reason = "test") =>
    testDatabase.sql`select private.note_failure(${name}, ${dispatch}, ${reason}, ${name === "quota" ? new Date(clock.getTime() + 3_600_000) : null}, ${clock})`;
  const succeed = () => testDatabase.sql`select private.note_success(${clock})`;
  const states = async () =>
    Object.fromEntries((await testDatabase.sql`select name, state from private.breakers`).map(({ name, state }) => [name, state]));

  test("the provider's opens at the fifth failure in a row, not when a success comes between", async () => {
    for (let i = 0; i < 4; i += 1) await fail("provider");
    await succeed();
    for (let i = 0; i < 4; i += 1) await fail("provider");
    expect((await database.permitSending(100)).letters).toBe(100);
    await fail("provider");
    expect(await database.permitSending(100)).toEqual({ letters: 0, reason: "breaker_provider", retryInMs: 30_000 });
  });

  test("half open, one dispatch probes and the others wait; failing doubles the pause up to a quarter of an hour, success closes it", async () => {
    for (let i = 0; i < 5; i += 1) await fail("provider");
    const pauses: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      const { retryInMs } = await database.permitSending(100);
      pauses.push(retryInMs! / 1000);
      pass(retryInMs! / 1000);
      expect(await database.permitSending(400)).toEqual({ letters: 100, reason: "probe", retryInMs: null });
      expect(await connect(TEST_DEPLOYMENT).permitSending(100)).toMatchObject({ letters: 0, reason: "breaker_provider" });
      await fail("provider");
    }
    expect(pauses).toEqual([30, 60, 120, 240, 480, 900, 900]);
    pass(900);
    await database.permitSending(100);
    await succeed();
    expect(await database.permitSending(400)).toMatchObject({ letters: 400 });
    const changes = await testDatabase.sql`select state from private.breaker_changes where name = 'provider' order by id desc limit 3`;
    expect(changes.map(({ state }) => state)).toEqual(["closed", "half_open", "open"]);
  });

  test("a probe that found nothing to send leaves the turn to the next; one whose worker died does so after its lease", async () => {
    for (let i = 0; i < 5; i += 1) await fail("provider");
    pass(30);
    expect((await database.permitSending(100)).reason).toBe("probe");
    await database.returnPermission(100, 1);
    expect((await database.permitSending(100)).reason).toBe("probe");
    expect((await database.permitSending(100)).letters).toBe(0);
    pass(120);
    expect((await database.permitSending(100)).reason).toBe("probe");
  });

  test("the key's opens at once, the quota's until the reset, and a success closes all", async () => {
    await fail("authorization");
    await fail("quota");
    expect(await states()).toEqual({ provider: "closed", authorization: "open", quota: "open" });
    expect(await database.permitSending(1)).toEqual({ letters: 0, reason: "breaker_quota", retryInMs: 3_600_000 });
    await succeed();
    expect(await states()).toEqual({ provider: "closed", authorization: "closed", quota: "closed" });
  });

  test("operators see breakers and what they did, others do not", async () => {
    await fail("authorization");
    const [operator, other] = await addPeople(testDatabase.sql, 2);
    await testDatabase.sql`insert into private.operators (user_id) values (${operator!})`;
    expect(await testDatabase.connectAs("authenticated", operator!)`select * from private.breaker_changes`).toHaveLength(1);
    expect(await testDatabase.connectAs("authenticated", other!)`select * from private.breaker_changes`).toHaveLength(0);
  });
});

describe("switches", () => {
  test("a copied database has another URL and sends nothing until it is switched on for that", async () => {
    expect(await connect("http://copy.test").permitSending(100)).toEqual({ letters: 0, reason: "delivery_off", retryInMs: null });
    await testDatabase.sql`select switch_delivery_on('http://copy.test')`;
    expect((await connect("http://copy.test").permitSending(100)).letters).toBe(100);
    expect((await database.permitSending(100)).letters).toBe(0);
    await testDatabase.sql`select switch_delivery_off()`;
    expect((await connect("http://copy.test").permitSending(100)).letters).toBe(0);
  });

  async function party() {
    const { sql } = testDatabase;
    const [host, guest, operator] = await addPeople(sql, 3);
    await sql`insert into private.operators (user_id) values (${operator!})`;
    const events = [
      await addEvent(sql, { title: "Paused", participants: [host!, guest!], window: 0 }),
      await addEvent(sql, { title: "Going on", participants: [host!, guest!], window: 0 }),
    ];
    const asOperator = testDatabase.connectAs("authenticated", operator!);
    clock = later(60);
    const { deps, simulator } = createDelivery(sql, () => clock);
    const told = () => simulator.accepted.all().map(({ wire }) => wire.subject);
    return { sql, host: host!, guest: guest!, events, asOperator, deps, told };
  }

  test("a paused event waits, others go on; resuming tells what waited, after a preview", async () => {
    const { sql, host, events, asOperator, deps, told } = await party();
    const [paused, goingOn] = events as [string, string];
    await asOperator`select pause_delivery('event', ${paused})`;
    for (const event of [paused, goingOn]) await post(sql, event, host, "Hello");
    await drain(deps);
    expect(told()).toEqual(["Going on: new messages"]);
    // The author's row waits as well.
    expect((await asOperator`select preview_resume('event', ${paused}) as preview`)[0]!.preview).toEqual({ recipients: 2, notifications: 2, go_to_digest: 0 });
    await asOperator`select resume_delivery('event', ${paused})`;
    await drain(deps);
    expect(told()).toEqual(["Going on: new messages", "Paused: new messages"]);
    const log = await sql`select action, actor is not null as by_somebody from private.audit_log where actor is not null order by id`;
    expect([...log]).toEqual([{ action: "pause_delivery", by_somebody: true }, { action: "resume_delivery", by_somebody: true }]);
  });

  test("what became stale while its organization was paused goes into the next digest", async () => {
    const { sql, host, events, asOperator, deps, told } = await party();
    const [{ organization_id: organization }] = await sql<[{ organization_id: string }]>`select organization_id from events where id = ${events[0]!}`;
    await asOperator`select pause_delivery('organization', ${organization})`;
    await post(sql, events[0]!, host, "Hello");
    await drain(deps);
    expect(told()).toEqual([]);
    await sql`update notifications set created_at = created_at - interval '2 days'`;
    expect((await asOperator`select preview_resume('organization', ${organization}) as preview`)[0]!.preview).toMatchObject({ go_to_digest: 2 });
    await asOperator`select resume_delivery('organization', ${organization})`;
    await drain(deps);
    expect(told()).toEqual([]);
    clock = later(25 * 3600);
    await drain(deps);
    expect(told()).toEqual(["Your daily digest: 1 new message in 1 event"]);
  });

  test("everything paused sends nothing and loses nothing", async () => {
    const { sql, host, events, asOperator, deps, told } = await party();
    await asOperator`select pause_delivery('everything')`;
    await post(sql, events[0]!, host, "Hello");
    await drain(deps);
    expect(told()).toEqual([]);
    await asOperator`select resume_delivery('everything')`;
    await drain(deps);
    expect(told()).toEqual(["Paused: new messages"]);
  });

  test("only operators pause, resume, switch, retry, restore and ask for a test letter", async () => {
    const { guest } = await party();
    const asGuest = testDatabase.connectAs("authenticated", guest);
    const attempts = [
      asGuest`select pause_delivery('everything')`, asGuest`select resume_delivery('everything')`, asGuest`select preview_resume('everything')`,
      asGuest`select switch_delivery_on('http://evil.test')`, asGuest`select switch_delivery_off()`, asGuest`select retry_email(gen_random_uuid())`,
      asGuest`select discard_emails(array[gen_random_uuid()])`, asGuest`select after_restore(now())`, asGuest`select send_test_letter()`,
      asGuest`select lift_suppression('a@example.com')`,
    ];
    for (const attempt of attempts) await expect(attempt).rejects.toMatchObject({ code: "CN020" });
    await expect(testDatabase.connectAs("anon")`select pause_delivery('everything')`).rejects.toMatchObject({ code: "42501" });
    await expect(testDatabase.sql`select pause_delivery('event')`).rejects.toMatchObject({ code: "CN021" });
  });

  test("a test letter goes the whole way to the operator who asks for it", async () => {
    const { asOperator, deps, told } = await party();
    await asOperator`select send_test_letter()`;
    await drain(deps);
    expect(told()).toEqual(["Test event: new messages"]);
  });

  test("staging sends everything to one address, or to listed ones only", async () => {
    const { sql, host, events } = await party();
    const { deps, simulator } = createDelivery(sql, () => clock);
    await sql`update private.settings set redirect_all_to = 'staging@example.org'`;
    await post(sql, events[0]!, host, "Redirected");
    await drain(deps);
    expect(simulator.accepted.all().map(({ wire }) => wire.to)).toEqual([["staging@example.org"]]);
    await sql`update private.settings set redirect_all_to = null, allow_list = '{example.org,user1@example.com}'`;
    await post(sql, events[0]!, host, "Not listed");
    await drain(deps);
    const [row] = await sql`select status, reason from notifications where user_id <> ${host} order by id desc limit 1`;
    expect(row).toEqual({ status: "skipped", reason: "not_allowed_here" });
    expect(simulator.accepted.totals.emails).toBe(1);
  });

  test("nothing waiting means nothing to wake up for", async () => {
    expect(await database.nextDueInMs()).toBeNull();
  });

  test("after a restore, what was due before the outage is not sent again; what comes later is", async () => {
    const { sql, host, events, deps, told } = await party();
    await post(sql, events[0]!, host, "Perhaps told before the outage");
    await deps.database.settleBursts();
    await deps.database.continueFanOut();
    await post(sql, events[1]!, host, "Its burst had closed, too");
    expect((await sql`select after_restore(${clock}) as counts`)[0]!.counts).toEqual({ skipped: 4, letters: 0, untold_messages: 1 });
    await drain(deps);
    expect(told()).toEqual([]);
    clock = later(120);
    await post(sql, events[0]!, host, "After it");
    await drain(deps);
    expect(told()).toEqual(["Paused: new messages"]);
  });
});
