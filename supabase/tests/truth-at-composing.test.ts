import { expect } from "vitest";
import type { Sql } from "postgres";
import { test } from "./concurrency/database-test.ts";
import { createPostOffice } from "./concurrency/post-office.ts";
import type { TestDatabase } from "./harness/test-database.ts";
import { addEvent, addPeople, later, post } from "./harness/world.ts";

interface Scene {
  database: TestDatabase;
  event: string;
  alpha: string;
  bravo: string;
}

/** What happens to one recipient between writing and composing, and what they then get: a letter's messages or a reason. */
interface Change {
  then: string;
  happens(scene: Scene, userId: string): Promise<unknown>;
}

const setDelivery = (sql: Sql, userId: string, delivery: string) => sql`
  insert into public.notification_preferences (user_id, delivery) values (${userId}, ${delivery})
  on conflict (user_id) do update set delivery = excluded.delivery`;
const setLevel = (sql: Sql, userId: string, event: string, level: string) => sql`
  insert into public.event_notification_preferences (user_id, event_id, level) values (${userId}, ${event}, ${level})
  on conflict (user_id, event_id) do update set level = excluded.level`;
const setAddress = (sql: Sql, userId: string, address: string | null) => sql`
  update auth.users set email = ${address} where id = ${userId}`;
const leave = (sql: Sql, userId: string, event: string) => sql`
  delete from public.event_participants where user_id = ${userId} and event_id = ${event}`;
const joinOrganization = (sql: Sql, userId: string, event: string) => sql`
  insert into public.organization_members (organization_id, user_id, joined_at)
  select organization_id, ${userId}, now() - interval '1 day' from public.events where id = ${event}`;
const leaveOrganization = (sql: Sql, userId: string) => sql`
  delete from public.organization_members where user_id = ${userId}`;
const readUpTo = ({ database, event }: Scene, userId: string, message: string) =>
  database.connectAs("authenticated", userId, { max: 1 })`select public.mark_event_read(${event}, ${message})`;

const CHANGES: Record<string, Change> = {
  "does nothing": { then: "alpha bravo", happens: async () => {} },
  "reads everything": { then: "read", happens: (scene, id) => readUpTo(scene, id, scene.bravo) },
  "reads the first message": { then: "bravo", happens: (scene, id) => readUpTo(scene, id, scene.alpha) },
  "turns mail off": { then: "notifications_off", happens: ({ database }, id) => setDelivery(database.sql, id, "off") },
  "turns mail off and on again": {
    then: "alpha bravo",
    async happens({ database }, id) {
      await setDelivery(database.sql, id, "off");
      await setDelivery(database.sql, id, "immediate");
    },
  },
  "chooses digests": { then: "pending", happens: ({ database }, id) => setDelivery(database.sql, id, "daily") },
  "mutes the event": { then: "event_muted", happens: ({ database, event }, id) => setLevel(database.sql, id, event, "none") },
  "wants mentions only": { then: "mentions_only", happens: ({ database, event }, id) => setLevel(database.sql, id, event, "mentions") },
  "mutes the event and goes back to all": {
    then: "alpha bravo",
    async happens({ database, event }, id) {
      await setLevel(database.sql, id, event, "none");
      await setLevel(database.sql, id, event, "all");
    },
  },
  "leaves the event": { then: "left_event", happens: ({ database, event }, id) => leave(database.sql, id, event) },
  "is removed from the organization": { then: "left_event", happens: ({ database }, id) => leaveOrganization(database.sql, id) },
  "leaves the event and stays a member": {
    then: "alpha bravo",
    async happens({ database, event }, id) {
      await joinOrganization(database.sql, id, event);
      await leave(database.sql, id, event);
    },
  },
  "leaves the event and comes back": {
    then: "before_joining",
    async happens({ database, event }, id) {
      await leave(database.sql, id, event);
      await database.sql`insert into public.event_participants (event_id, user_id) values (${event}, ${id})`;
    },
  },
  "deletes the account": { then: "account_gone", happens: ({ database }, id) => database.sql`delete from auth.users where id = ${id}` },
  "has no address any more": { then: "address_missing", happens: ({ database }, id) => setAddress(database.sql, id, null) },
  "has an empty address": { then: "address_missing", happens: ({ database }, id) => setAddress(database.sql, id, "") },
  "has an address that no provider takes": {
    then: "address_invalid",
    happens: ({ database }, id) => setAddress(database.sql, id, "nobody@localhost"),
  },
  "gets another address": { then: "alpha bravo", happens: ({ database }, id) => setAddress(database.sql, id, "new@example.com") },
};

test("what recipients do between writing and composing decides what they get", async ({ database }) => {
  const { sql } = database;
  const names = Object.keys(CHANGES);
  const [author, ...recipients] = await addPeople(sql, names.length + 1);
  const removed = recipients[names.indexOf("is removed from the organization")]!;
  const event = await addEvent(sql, { participants: [author!, ...recipients.filter((id) => id !== removed)], members: [removed] });
  const alpha = await post(sql, event, author!, "alpha");
  const bravo = await post(sql, event, author!, "bravo");
  const office = createPostOffice(sql);
  // Everything is settled and due before anybody changes anything.
  await office.prepare(125);
  const owed = await sql<{ id: string; user_id: string }[]>`select id, user_id from public.notifications where user_id <> ${author!}`;
  const expected: Record<string, string> = {};
  for (const [i, name] of names.entries()) {
    await CHANGES[name]!.happens({ database, event, alpha, bravo }, recipients[i]!);
    expected[name] = CHANGES[name]!.then;
  }
  await office.deliver(130);

  const letters = office.letters(["alpha", "bravo"]);
  // By id: who deletes the account is not named by what they were owed any more.
  const notifications = await sql<{ id: string; status: string; reason: string | null }[]>`
    select id, status, reason from public.notifications where id = any(${owed.map(({ id }) => id)})`;
  const outcome: Record<string, string> = {};
  for (const { id, status, reason } of notifications) {
    const i = recipients.indexOf(owed.find((row) => row.id === id)!.user_id);
    const told = letters[names[i] === "gets another address" ? "new" : `user${i + 2}`];
    outcome[names[i]!] = status === "sent" ? (told ?? ["no letter"]).join(" | ") : (reason ?? status);
  }
  expect(outcome).toEqual(expected);
  expect(office.simulator.accepted.totals.emails).toBe(Object.values(expected).filter((then) => /alpha|bravo/.test(then)).length);
});

test("a letter shows the latest text, without deleted messages and without its reader's own", async ({ database }) => {
  const { sql } = database;
  const [ann, bob] = await addPeople(sql, 2);
  const event = await addEvent(sql, { participants: [ann!, bob!] });
  const edited = await post(sql, event, ann!, "draft");
  const deleted = await post(sql, event, ann!, "slip");
  await post(sql, event, bob!, "retort");
  const office = createPostOffice(sql);
  await office.prepare(125);
  await sql`update public.chat_messages set body = 'final' where id = ${edited}`;
  await sql`update public.chat_messages set deleted_at = now() where id = ${deleted}`;
  await office.deliver(130);
  expect(office.letters(["draft", "final", "slip", "retort"])).toEqual({ user1: ["retort"], user2: ["final"] });
});

test("a burst all of whose messages were deleted is skipped, and so is one of the reader's own", async ({ database }) => {
  const { sql } = database;
  const [ann, bob] = await addPeople(sql, 2);
  const event = await addEvent(sql, { participants: [ann!, bob!] });
  const other = await addEvent(sql, { participants: [bob!] });
  const message = await post(sql, event, ann!, "slip");
  await post(sql, other, bob!, "note");
  const office = createPostOffice(sql);
  await office.prepare(125);
  await sql`update public.chat_messages set deleted_at = now() where id = ${message}`;
  expect(await office.deliver(130)).toBe(0);
  const rows = await sql`
    select event_id, status, reason from public.notifications where user_id = ${bob!} order by reason`;
  expect([...rows]).toEqual([
    { event_id: event, status: "skipped", reason: "deleted" },
    { event_id: other, status: "skipped", reason: "own_messages" },
  ]);
});

test("news of two events are one combined letter, of one event a conversation letter", async ({ database }) => {
  const { sql } = database;
  const [ann, bob, cem] = await addPeople(sql, 3);
  await post(sql, await addEvent(sql, { title: "One", participants: [ann!, bob!, cem!] }), ann!, "alpha");
  await post(sql, await addEvent(sql, { title: "Two", participants: [ann!, bob!] }), ann!, "bravo");
  const office = createPostOffice(sql);
  await office.prepare(125);
  await office.deliver(130);
  const kinds = await sql`
    select p.handle, e.kind from public.emails e join public.profiles p using (user_id) order by 1`;
  expect([...kinds]).toEqual([{ handle: "user2", kind: "combined" }, { handle: "user3", kind: "conversation" }]);
  expect(office.letters(["alpha", "bravo"])).toEqual({ user2: ["alpha bravo"], user3: ["alpha"] });
});

test("what was due for more than a day goes into the next digest instead", async ({ database }) => {
  const { sql } = database;
  const [ann, bob] = await addPeople(sql, 2);
  const event = await addEvent(sql, { participants: [ann!, bob!] });
  await post(sql, event, ann!, "alpha");
  const office = createPostOffice(sql);
  await office.prepare(125);
  const stale = 125 + 25 * 3600;
  expect(await office.deliver(stale)).toBe(0);
  const [waiting] = await sql<[{ lane: number; at: string; in_s: number }]>`
    select lane, to_char(timezone('UTC', scheduled_for), 'HH24:MI') as at,
      extract(epoch from scheduled_for - ${later(stale)})::float8 as in_s
    from public.notifications where user_id = ${bob!}`;
  expect(waiting).toMatchObject({ lane: 2, at: "08:00" });
  expect(waiting.in_s).toBeGreaterThan(-60);
  expect(waiting.in_s).toBeLessThanOrEqual(86_400);
  expect(await office.deliver(stale + waiting.in_s + 60)).toBe(1);
  const [email] = await sql`select kind from public.emails`;
  expect(email).toEqual({ kind: "digest" });
  expect(office.letters(["alpha"])).toEqual({ user2: ["alpha"] });
});
