import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../supabase/tests/harness/test-database.ts";
import { addEvent, addPeople, createDelivery, drain, later, post } from "../../../supabase/tests/harness/world.ts";
import { receiveWebhook } from "./receive-webhook.ts";

const SECRET = `whsec_${Buffer.from("a secret of the endpoint").toString("base64")}`;
const NEXT_SECRET = `whsec_${Buffer.from("the one that replaces it").toString("base64")}`;
const FOREIGN_SECRET = `whsec_${Buffer.from("somebody else's").toString("base64")}`;

let database: TestDatabase;
let people: string[];
let event: string;
let deps: ReturnType<typeof createDelivery>["deps"];
let svix = 0;
const logged: unknown[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  people = await addPeople(database.sql, 8);
  event = await addEvent(database.sql, { participants: people, window: 0 });
  // Everything the webhook does goes through the rights of notifier.
  deps = createDelivery(database.connectAs("notifier"), () => later(60)).deps;
});
afterAll(() => database.drop());

interface Options {
  id?: string;
  secret?: string;
  at?: Date;
  body?: string;
  headers?: Record<string, string>;
}

function send(payload: unknown, { id = `msg_${(svix += 1)}`, secret = SECRET, at = new Date(), body = JSON.stringify(payload), headers = {} }: Options = {}) {
  const request = new Request("http://functions.test/resend-webhook", {
    method: "POST",
    body,
    headers: {
      "svix-id": id,
      "svix-timestamp": String(Math.floor(at.getTime() / 1000)),
      "svix-signature": new Webhook(secret).sign(id, at, body),
      ...headers,
    },
  });
  return receiveWebhook(request, { database: deps.database, secrets: [SECRET, NEXT_SECRET], log: (...line) => logged.push(line) });
}

const about = (type: string, emailId: string, extra: object = {}) => ({
  type,
  created_at: "2026-11-22T23:41:12.126Z",
  data: {
    email_id: "56761188-7520-42d8-8898-ff6fc54ce618", message_id: "<1@example.com>", from: "a@example.com",
    to: ["user2@example.com"], subject: "s", tags: { email_id: emailId, kind: "conversation" }, ...extra,
  },
});

/** A letter to person 2 that was accepted, and how to look at it. */
async function letter() {
  await post(database.sql, event, people[0]!, "Something to tell.");
  await drain(deps);
  const [row] = await database.sql<[{ id: string }]>`
    select id from emails where user_id = ${people[1]!} order by created_at desc, id desc limit 1`;
  const state = async () => {
    const [found] = await database.sql<[{ email: string; notification: string | null; reason: string | null }]>`
      select e.status as email, n.status as notification, n.reason
      from emails e left join notifications n on n.email_id = e.id where e.id = ${row.id}`;
    return found;
  };
  return { id: row.id, state };
}

/** Everything a webhook could change. */
const fingerprint = async () => {
  const [row] = await database.sql`
    select (select md5(string_agg(e::text, '|' order by id)) from emails e) as emails,
      (select md5(string_agg(n::text, '|' order by id)) from notifications n) as notifications,
      (select count(*)::int from private.webhook_events) as events,
      (select count(*)::int from private.suppressions) as suppressions`;
  return row;
};

test("delivered moves the letter forward, once, and a repeat says so", async () => {
  const { id, state } = await letter();
  const first = await send(about("email.delivered", id), { id: "msg_same" });
  expect([first.status, await first.json()]).toEqual([200, { result: "applied" }]);
  expect(await (await send(about("email.delivered", id), { id: "msg_same" })).json()).toEqual({ result: "duplicate" });
  expect(await state()).toEqual({ email: "delivered", notification: "sent", reason: null });
});

test("events out of order never move a status backwards", async () => {
  const { id, state } = await letter();
  for (const type of ["email.delivered", "email.delivery_delayed", "email.sent"]) expect((await send(about(type, id))).status).toBe(200);
  expect((await state()).email).toBe("delivered");
  await send(about("email.complained", id));
  await send(about("email.delivered", id));
  expect((await state()).email).toBe("complained");
  await database.sql`select lift_suppression('user2@example.com')`;
});

test("tags may be a map or an array, and both secrets are good during a rotation", async () => {
  const { id, state } = await letter();
  const asArray = about("email.delivered", id, { tags: [{ name: "email_id", value: id }] });
  expect((await send(asArray, { secret: NEXT_SECRET })).status).toBe(200);
  expect((await state()).email).toBe("delivered");
});

test("a permanent bounce suppresses the address, tells its owner, and stays outside the retry queue", async () => {
  const { id, state } = await letter();
  await send(about("email.bounced", id, { bounce: { type: "Permanent", subType: "General", message: "550 no such user" } }));
  expect(await state()).toEqual({ email: "bounced", notification: "failed", reason: "bounced" });
  expect([...(await database.connectAs("authenticated", people[1]!)`select reason from address_problems`)]).toEqual([{ reason: "bounced" }]);
  expect(await database.connectAs("authenticated", people[2]!)`select reason from address_problems`).toHaveLength(0);
  expect([...(await database.sql`select retry_email(${id}) as retried`)]).toEqual([{ retried: false }]);

  await post(database.sql, event, people[0]!, "Not for a dead address.");
  await drain(deps);
  const [skipped] = await database.sql`select status, reason from notifications where user_id = ${people[1]!} order by id desc limit 1`;
  expect(skipped).toEqual({ status: "skipped", reason: "address_suppressed" });

  await expect(database.connectAs("authenticated", people[1]!)`select lift_suppression('user2@example.com')`).rejects.toMatchObject({ code: "CN020" });
  expect([...(await database.sql`select lift_suppression('user2@example.com') as lifted`)]).toEqual([{ lifted: true }]);
  expect(await database.sql`select * from address_problems`).toHaveLength(0);
});

test("five transient bounces suppress, deliveries between them do not let it come so far", async () => {
  const bounce = async () => {
    const { id } = await letter();
    await send(about("email.bounced", id, { bounce: { type: "Transient", subType: "MailboxFull", message: "full" } }));
  };
  const suppressed = async () => (await database.sql`select reason from private.suppressions where lifted_at is null`).map(({ reason }) => reason);
  for (let i = 0; i < 4; i += 1) await bounce();
  await send(about("email.delivered", (await letter()).id));
  await bounce();
  expect(await suppressed()).toEqual([]);
  await bounce();
  expect(await suppressed()).toEqual(["soft_bounces"]);
  await database.sql`select lift_suppression('user2@example.com')`;
});

test("a webhook before our own mark settles the whole dispatch as accepted", async () => {
  await post(database.sql, event, people[0]!, "The answer to this one is lost.");
  await deps.database.settleBursts();
  await deps.database.continueFanOut();
  const [dispatch] = await deps.database.getPendingNotifications(100);
  const one = dispatch!.letters[3]!.email_id;
  expect((await send(about("email.delivered", one))).status).toBe(200);
  const rows = await database.sql`select status, count(*)::int from emails where dispatch_id = ${dispatch!.id} group by 1 order by 1`;
  expect([...rows]).toEqual([{ status: "delivered", count: 1 }, { status: "sent", count: 6 }]);
  expect(await deps.database.markNotificationSent(dispatch!, [])).toBe(false);
});

test("what the daily quota left over is composed again after midnight", async () => {
  const { id } = await letter();
  await send(about("email.failed", id, { failed: { reason: "reached_daily_quota" } }));
  const [row] = await database.sql`
    select n.status, n.scheduled_for = timezone('UTC', date_trunc('day', timezone('UTC', ${later(60)}::timestamptz)) + interval '1 day') as at_midnight, e.status as email
    from notifications n, emails e where n.user_id = ${people[1]!} and e.id = ${id} order by n.id desc limit 1`;
  expect(row).toEqual({ status: "pending", at_midnight: true, email: "discarded" });
  await database.sql`update private.breakers set state = 'closed', open_until = null`;
  await database.sql`delete from notifications where status = 'pending'`;
});

test("the provider's suppression list is mirrored", async () => {
  const change = (type: string) => ({ type, created_at: "2026-11-22T23:41:12.126Z", data: { id: "1", email: "User3@example.com", origin: "manual", source_id: null } });
  await send(change("suppression.added"));
  expect([...(await database.sql`select reason from address_problems where user_id = ${people[2]!}`)]).toEqual([{ reason: "provider" }]);
  await send(change("suppression.removed"));
  expect(await database.sql`select * from address_problems`).toHaveLength(0);
});

test("events we do not know are taken and ignored", async () => {
  const answer = await send({ type: "contact.created", created_at: "2026-11-22T23:41:12.126Z", data: { id: "x" } });
  expect([answer.status, await answer.json()]).toEqual([200, { result: "ignored" }]);
});

test("forged, replayed, truncated, oversized and malformed requests are refused, change nothing, and are logged without content", async () => {
  const { id } = await letter();
  const good = about("email.bounced", id, { bounce: { type: "Permanent" } });
  const before = await fingerprint();
  logged.length = 0;
  const statuses = {
    "foreign secret": (await send(good, { secret: FOREIGN_SECRET })).status,
    "no signature": (await send(good, { headers: { "svix-signature": "" } })).status,
    "signature of another body": (await send(good, { headers: { "svix-signature": new Webhook(SECRET).sign("msg_x", new Date(), "{}") } })).status,
    "six minutes old": (await send(good, { at: new Date(Date.now() - 360_000) })).status,
    "six minutes ahead": (await send(good, { at: new Date(Date.now() + 360_000) })).status,
    "truncated after signing": (
      await receiveWebhook(
        new Request("http://functions.test", {
          method: "POST",
          body: JSON.stringify(good).slice(0, -5),
          headers: { "svix-id": "msg_t", "svix-timestamp": String(Math.floor(Date.now() / 1000)), "svix-signature": new Webhook(SECRET).sign("msg_t", new Date(), JSON.stringify(good)) },
        }),
        { database: deps.database, secrets: [SECRET], log: (...line) => logged.push(line) },
      )
    ).status,
    "not JSON": (await send(null, { body: "type=email.bounced" })).status,
    "no event": (await send({ hello: "user2@example.com" })).status,
    "a time that is none": (await send({ ...good, created_at: "yesterday" })).status,
    "larger than 1 MB": (await send(null, { body: JSON.stringify({ ...good, padding: "x".repeat(1_000_001) }) })).status,
    "GET": (await receiveWebhook(new Request("http://functions.test"), { database: deps.database, secrets: [SECRET], log: () => {} })).status,
  };
  expect(statuses).toEqual({
    "foreign secret": 401, "no signature": 401, "signature of another body": 401, "six minutes old": 401, "six minutes ahead": 401,
    "truncated after signing": 401, "not JSON": 400, "no event": 400, "a time that is none": 400, "larger than 1 MB": 413, "GET": 405,
  });
  expect(await fingerprint()).toEqual(before);
  expect(JSON.stringify(logged)).not.toMatch(/example\.com|bounced/);
});
