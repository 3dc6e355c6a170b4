import { expect } from "vitest";
import { createStage, type Stage } from "./delivery-stage.ts";
import { test } from "./delivery-test.ts";

/** One reader's letter is rejected; everybody else's arrive. */
async function reject(stage: Stage, name: string, body = "alpha"): Promise<{ id: string; message: string }> {
  const message = await stage.tell(body);
  stage.fault({ kind: "invalid_named", match: { to: `${name}@example.com` } });
  await stage.drain();
  const [letter] = await stage.sql<[{ id: string }]>`select id from public.emails where status = 'failed' order by updated_at desc limit 1`;
  return { id: letter.id, message };
}

/** `retry_email` decides "now" by the database's own clock, which is not the stage's: what it made due is due now. */
async function drainRetried(stage: Stage) {
  await stage.sql`update public.notifications set scheduled_for = ${stage.now()} where status = 'pending'`;
  return stage.drain();
}

/** All that retrying and discarding could change. */
const everything = async ({ sql }: Stage) => [
  ...(await sql`select n.id, n.status, n.reason, n.email_id, n.scheduled_for from public.notifications n order by id`),
  ...(await sql`select e.id, e.status, e.reason from public.emails e order by id`),
];
const audited = async ({ sql }: Stage) => (await sql`select action, details, actor is not null as by_somebody from private.audit_log where actor is not null order by id`).map((row) => ({ ...row }));

test("operators see a dead letter with code, reason, attempts, last answer and time; nobody else does", async ({ database }) => {
  const stage = await createStage(database, { readers: 3 });
  const { id } = await reject(stage, "user3");
  expect(await stage.asOperator`select * from dead_letters`).toEqual([{
    id, user_id: stage.people[2], kind: "conversation", reason: "validation_error", code: "rejected", attempts: 1,
    last_error: "validation_error", first_attempt_at: stage.now(), failed_at: stage.now(), known_to_provider: false,
  }]);
  for (const person of [stage.people[0]!, stage.people[2]!]) {
    expect(await database.connectAs("authenticated", person, { max: 1 })`select * from dead_letters`).toEqual([]);
  }
  await expect(database.connectAs("anon", null, { max: 1 })`select * from dead_letters`).rejects.toMatchObject({ code: "42501" });
  await expect(stage.asOperator`select facts, body from private.dispatches`).rejects.toMatchObject({ code: "42501" });
});

test("a dead letter of unknown outcome says whether the provider has spoken of it since", async ({ database }) => {
  const stage = await createStage(database);
  await stage.tell("alpha");
  stage.fault({ kind: "error_after", probability: 1 });
  await stage.pass();
  stage.wait(24 * 3600);
  await stage.pass();
  const seen = () => stage.asOperator`select code, known_to_provider from dead_letters`;
  expect(await seen()).toEqual([{ code: "outcome_unknown", known_to_provider: false }]);
  const [letter] = await stage.sql<[{ id: string }]>`select id from public.emails`;
  await stage.worker().database.receiveWebhookEvent({
    svixId: "msg_1", type: "email.delivered", occurredAt: stage.now().toISOString(), emailId: letter.id, providerId: null, address: null, detail: null,
  });
  expect(await seen()).toEqual([{ code: "outcome_unknown", known_to_provider: true }]);
});

test("a retried letter is composed afresh, with what is true then, under a new key", async ({ database }) => {
  const stage = await createStage(database, { readers: 2 });
  const { id, message } = await reject(stage, "user3");
  await stage.sql`update public.chat_messages set body = 'changed' where id = ${message}`;
  expect(await stage.asOperator`select retry_email(${id})`).toEqual([{ retry_email: true }]);
  expect(await drainRetried(stage)).toBe(1);
  const [retried] = stage.simulator.accepted.to("user3@example.com");
  expect(retried!.wire.text).toContain("changed");
  expect(new Set(stage.requests.map(({ key }) => key)).size).toBe(3);
  expect(await stage.fate(3)).toEqual(["sent / sent"]);
  expect(await stage.asOperator`select * from dead_letters`).toEqual([]);
  expect(await audited(stage)).toEqual([{ action: "retry_letters", details: { email_ids: [id] }, by_somebody: true }]);
});

test("a retried letter that has nothing to tell any more is skipped with the reason", async ({ database }) => {
  const stage = await createStage(database, { readers: 2 });
  const { id } = await reject(stage, "user3");
  await stage.sql`delete from public.event_participants where user_id = ${stage.people[2]!}`;
  await stage.asOperator`select retry_email(${id})`;
  expect(await drainRetried(stage)).toBe(0);
  expect(await stage.fate(3)).toEqual(["skipped left_event"]);
});

test("retrying what has not failed, twice, or what does not exist changes nothing and says so", async ({ database }) => {
  const stage = await createStage(database, { readers: 2 });
  const { id } = await reject(stage, "user3");
  const [sent] = await stage.sql<[{ id: string }]>`select id from public.emails where status = 'sent'`;
  const before = await everything(stage);
  for (const other of [sent.id, "00000000-0000-7000-8000-000000000000"]) {
    expect(await stage.asOperator`select retry_email(${other}), discard_email(${other})`).toEqual([{ retry_email: false, discard_email: false }]);
  }
  expect(await everything(stage)).toEqual(before);
  await stage.asOperator`select retry_email(${id})`;
  const retried = await everything(stage);
  expect(await stage.asOperator`select retry_email(${id}), discard_email(${id})`).toEqual([{ retry_email: false, discard_email: false }]);
  expect(await everything(stage)).toEqual(retried);
});

test("a discarded letter is never sent and leaves the list; its reader's next news go on", async ({ database }) => {
  const stage = await createStage(database, { readers: 2 });
  const { id } = await reject(stage, "user3");
  expect(await stage.asOperator`select discard_email(${id})`).toEqual([{ discard_email: true }]);
  expect(await stage.asOperator`select * from dead_letters`).toEqual([]);
  expect(await drainRetried(stage)).toBe(0);
  expect(await stage.fate(3)).toEqual(["failed validation_error / discarded"]);
  expect(await audited(stage)).toEqual([{ action: "discard_letters", details: { email_ids: [id] }, by_somebody: true }]);
  await stage.tell("bravo");
  await stage.drain();
  expect(stage.letters()).toEqual({ user2: ["alpha", "bravo"], user3: ["bravo"] });
});

test("many at once: retried and discarded in bulk, counted and audited once; two operators at once do not count twice", async ({ database }) => {
  const stage = await createStage(database, { readers: 30 });
  await stage.tell("alpha");
  stage.fault({ kind: "invalid_unnamed", probability: 1 });
  await stage.drain();
  stage.simulator.faults.clear();
  const dead = (await stage.asOperator<{ id: string }[]>`select id from dead_letters`).map(({ id }) => id);
  expect(dead).toHaveLength(30);
  const [kept, others] = [dead.slice(0, 20), dead.slice(20)];
  expect(await stage.asOperator`select discard_emails(${others}::uuid[])`).toEqual([{ discard_emails: 10 }]);
  const counts = await Promise.all([kept, [...kept].reverse()].map((ids) => stage.asOperator<{ n: number }[]>`select retry_emails(${ids}::uuid[]) as n`));
  expect(counts.flat().map(({ n }) => n).sort()).toEqual([0, 20]);
  await drainRetried(stage);
  expect(stage.simulator.accepted.totals.emails).toBe(20);
  expect((await audited(stage)).map(({ action }) => action)).toEqual(["discard_letters", "retry_letters", "retry_letters"]);
});

test("whoever is no operator can neither retry nor discard, and nothing of it is audited", async ({ database }) => {
  const stage = await createStage(database, { readers: 2 });
  const { id } = await reject(stage, "user3");
  const before = await everything(stage);
  const asReader = database.connectAs("authenticated", stage.people[2]!, { max: 1 });
  for (const attempt of [
    () => asReader`select retry_email(${id})`, () => asReader`select discard_email(${id})`,
    () => asReader`select retry_emails(array[${id}::uuid])`, () => asReader`select discard_emails(array[${id}::uuid])`,
  ]) await expect(attempt()).rejects.toMatchObject({ code: "CN020" });
  const asNobody = database.connectAs("anon", null, { max: 1 });
  await expect(asNobody`select retry_email(${id})`).rejects.toMatchObject({ code: "42501" });
  expect(await everything(stage)).toEqual(before);
  expect(await audited(stage)).toEqual([]);
});
