import { expect } from "vitest";
import { test } from "./concurrency/database-test.ts";
import { addEvent, addPeople, createDelivery, drain, later, post } from "./harness/world.ts";

test("the next letter is foreseen: what it tells, from when on, and why there will be none", async ({ database }) => {
  const { sql } = database;
  const [ann, ben, cleo] = (await addPeople(sql, 3)) as [string, string, string];
  const festival = await addEvent(sql, { participants: [ann, ben] });
  const retreat = await addEvent(sql, { title: "Retreat", participants: [ann, ben], window: 600 });
  const asBen = database.connectAs("authenticated", ben, { max: 1 });
  const foresee = async (asOf = new Date()) => {
    const [row] = await asBen`select leaves_at, held, problem, next_digest_at, news from my_next_letter(${asOf})`;
    return row as { leaves_at: Date | null; held: boolean; problem: string | null; next_digest_at: Date | null; news: { title: string; messages: number; mentions: number }[] };
  };
  const told = async (asOf?: Date) => (await foresee(asOf)).news.map(({ title, messages, mentions }) => `${title}: ${messages}/${mentions}`);
  await sql`update public.organizations set consent_required = false`;

  expect(await foresee()).toEqual({ leaves_at: null, held: false, problem: null, next_digest_at: null, news: [] });

  await post(sql, festival, ann, "alpha");
  await post(sql, festival, ben, "beta");
  await post(sql, festival, ann, "gamma");
  await post(sql, retreat, ann, "delta");
  const closesAt = async (event: string) => (await sql<[{ at: Date }]>`select closes_at as at from private.bursts where event_id = ${event}`)[0].at;
  expect(await foresee()).toMatchObject({ leaves_at: await closesAt(festival), held: false });
  // Their own words are no news, and the other event's burst closes later.
  expect(await told()).toEqual(["Summer Festival: 2/0"]);
  expect(await told(later(601)), "all that is due goes into one letter").toEqual(["Retreat: 1/0", "Summer Festival: 2/0"]);

  const before = await foresee();
  await sql`delete from public.notifications where user_id = ${ben}`;
  expect(await foresee(), "a burst that has not reached them yet counts as it will").toEqual(before);

  const mention = await post(sql, festival, ann, "and you, @user2?");
  expect(await told()).toEqual(["Summer Festival: 1/1"]);
  await sql`insert into public.blocked_senders (user_id, sender_id) values (${ben}, ${ann})`;
  expect(await foresee()).toMatchObject({ leaves_at: null, news: [] });
  await sql`delete from public.blocked_senders`;
  await asBen`select mark_event_read(${festival}, ${mention})`;
  expect(await told(), "what is read is no news").toEqual(["Retreat: 1/0"]);
  await asBen`insert into event_notification_preferences (user_id, event_id, level) values (${ben}, ${retreat}, 'mentions')`;
  expect(await told()).toEqual([]);
  await asBen`delete from event_notification_preferences`;

  await sql`insert into private.pauses (scope, id) values ('everything', '00000000-0000-0000-0000-000000000000')`;
  expect(await foresee()).toMatchObject({ held: true });
  await sql`delete from private.pauses`;

  await asBen`insert into notification_preferences (user_id, delivery, digest_at) values (${ben}, 'daily', '06:30')`;
  const daily = await foresee();
  expect(daily.leaves_at).toEqual(daily.next_digest_at);
  expect(daily.next_digest_at!.toISOString()).toMatch(/T06:30:00/);
  await asBen`update notification_preferences set delivery = 'off' where user_id = ${ben}`;
  expect(await foresee()).toMatchObject({ leaves_at: null, problem: "notifications_off", news: [] });
  await asBen`update notification_preferences set delivery = 'immediate' where user_id = ${ben}`;

  await sql`update public.organizations set consent_required = true`;
  expect(await foresee()).toMatchObject({ leaves_at: null, problem: "no_consent", news: [] });
  await asBen`select give_consent('settings', '1')`;
  expect(await foresee()).toMatchObject({ problem: null });

  expect(await database.connectAs("authenticated", cleo, { max: 1 })`select news from my_next_letter()`, "not of events one is not in").toEqual([{ news: [] }]);
});

test("what was foreseen is what is sent", async ({ database }) => {
  const { sql } = database;
  const [ann, ben] = (await addPeople(sql, 2)) as [string, string];
  await sql`update public.organizations set consent_required = false`;
  const event = await addEvent(sql, { participants: [ann, ben] });
  await sql`update public.organizations set consent_required = false`;
  for (const body of ["alpha", "beta", "gamma"]) await post(sql, event, ann, body);
  const [foreseen] = await database.connectAs("authenticated", ben, { max: 1 })<[{ leaves_at: Date; news: { messages: number }[] }]>`select * from my_next_letter()`;
  const { deps, simulator } = createDelivery(sql, () => new Date(foreseen.leaves_at.getTime() - 1000));
  expect(await drain(deps)).toBe(0);
  // Postgres' clock is finer than ours.
  const due = createDelivery(sql, () => new Date(foreseen.leaves_at.getTime() + 1), simulator);
  expect(await drain(due.deps)).toBe(1);
  expect(foreseen.news.map(({ messages }) => messages)).toEqual([3]);
  expect((await sql<[{ count: number }]>`select (parts -> 0 ->> 'count')::integer as count from public.emails`)[0].count).toBe(3);
});

test("operators open a letter, which leaves a trace; nobody else does", async ({ database }) => {
  const { sql } = database;
  const [ann, ben] = (await addPeople(sql, 2)) as [string, string];
  const event = await addEvent(sql, { participants: [ann, ben], window: 0 });
  await sql`update public.organizations set consent_required = false`;
  await post(sql, event, ann, "alpha");
  await drain(createDelivery(sql, () => later(200)).deps);
  const [{ id }] = await sql<[{ id: string }]>`select id from public.emails`;
  const asAnn = database.connectAs("authenticated", ann, { max: 1 });
  await expect(asAnn`select * from open_letter(${id})`).rejects.toMatchObject({ code: "CN020" });
  await expect(asAnn`select * from operator_schedule()`).rejects.toMatchObject({ code: "CN020" });
  await sql`insert into private.operators (user_id) values (${ann})`;
  const [opened] = await asAnn`select facts, letter, erased from open_letter(${id})`;
  expect(opened).toMatchObject({ erased: false, letter: { email_id: id, recipient: { email: "user2@example.com" } } });
  expect(JSON.stringify(opened!.facts)).toContain("alpha");
  expect(await sql`select actor, details from private.audit_log where action = 'open_letter'`).toEqual([{ actor: ann, details: { email_id: id } }]);
  expect(await asAnn`select * from open_letter(${ann})`).toEqual([]);
  expect(await asAnn`select job, active from operator_schedule()`).toEqual([{ job: "process-chat-notifications", active: false }]);
});
