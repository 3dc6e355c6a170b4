import { expect } from "vitest";
import { test } from "./concurrency/database-test.ts";
import { createPostOffice } from "./concurrency/post-office.ts";
import { addEvent, addPeople, post } from "./harness/world.ts";

const BODIES = ["alpha", "bravo", "typo", "fixed"];

test("a mention arrives after its grace, before the window's end, and the burst's letter does not repeat it", async ({ database }) => {
  const { sql } = database;
  const [ann, bob, cem] = await addPeople(sql, 3);
  const event = await addEvent(sql, { participants: [ann!, bob!, cem!] });
  await post(sql, event, ann!, "alpha");
  await post(sql, event, ann!, "@user2 bravo");
  const office = createPostOffice(sql);
  expect(await office.deliver(5)).toBe(0);
  await office.deliver(35);
  expect(office.letters(BODIES)).toEqual({ user2: ["bravo"] });
  await office.deliver(125);
  expect(office.letters(BODIES)).toEqual({ user2: ["bravo", "alpha"], user3: ["alpha bravo"] });
});

test("a mention's letter shows what the message says after the grace, or is skipped", async ({ database }) => {
  const { sql, connectAs } = database;
  const [ann, bob, cem, dan, eve] = await addPeople(sql, 5);
  const event = await addEvent(sql, { participants: [ann!, bob!, cem!, dan!, eve!] });
  const edited = await post(sql, event, ann!, "@user2 typo");
  const deleted = await post(sql, event, ann!, "@user3 alpha");
  const read = await post(sql, event, ann!, "@user4 alpha");
  await post(sql, event, ann!, "@user5 alpha");
  await sql`update public.chat_messages set body = '@user2 fixed' where id = ${edited}`;
  await sql`update public.chat_messages set deleted_at = now() where id = ${deleted}`;
  await connectAs("authenticated", dan!)`select public.mark_event_read(${event}, ${read})`;
  await sql`insert into public.event_notification_preferences (user_id, event_id, level) values (${eve!}, ${event}, 'none')`;
  const office = createPostOffice(sql);
  await office.deliver(35);
  expect(office.letters(BODIES)).toEqual({ user2: ["fixed"] });
  const rows = await sql`
    select p.handle, n.reason from public.notifications n join public.profiles p using (user_id)
    where n.message_id is not null and n.status = 'skipped' order by 1`;
  expect([...rows]).toEqual([
    { handle: "user3", reason: "deleted" },
    { handle: "user4", reason: "read" },
    { handle: "user5", reason: "event_muted" },
  ]);
});

test("level mentions hears of messages that mention its reader, and of no others", async ({ database }) => {
  const { sql } = database;
  const [ann, bob] = await addPeople(sql, 2);
  const event = await addEvent(sql, { participants: [ann!, bob!] });
  await sql`insert into public.event_notification_preferences (user_id, event_id, level) values (${bob!}, ${event}, 'mentions')`;
  await post(sql, event, ann!, "alpha");
  await post(sql, event, ann!, "@user2 bravo");
  const office = createPostOffice(sql);
  await office.deliver(35);
  await office.deliver(125);
  expect(office.letters(BODIES)).toEqual({ user2: ["bravo"] });
});

test("an organizer's @everyone reaches level mentions at once, somebody else's waits and reaches level all", async ({ database }) => {
  const { sql } = database;
  const [organizer, ann, mentions, none, off] = await addPeople(sql, 5);
  const event = await addEvent(sql, { organizers: [organizer!], participants: [ann!, mentions!, none!, off!] });
  await sql`
    insert into public.event_notification_preferences (user_id, event_id, level)
    values (${mentions!}, ${event}, 'mentions'), (${none!}, ${event}, 'none')`;
  await sql`insert into public.notification_preferences (user_id, delivery) values (${off!}, 'off')`;
  await post(sql, event, organizer!, "@Everyone alpha");
  await post(sql, event, ann!, "@everyone bravo");
  const office = createPostOffice(sql);
  await office.deliver(3);
  expect(office.letters(BODIES)).toEqual({ user2: ["alpha"], user3: ["alpha"] });
  await office.deliver(125);
  expect(office.letters(BODIES)).toEqual({ user1: ["bravo"], user2: ["alpha"], user3: ["alpha"] });
});

test("an organizer's words with @everyone in an address are no announcement, and are written", async ({ database }) => {
  const { sql } = database;
  const [organizer, bob] = await addPeople(sql, 2);
  const event = await addEvent(sql, { organizers: [organizer!], participants: [bob!] });
  await post(sql, event, organizer!, "alpha: write to us@everyone");
  const office = createPostOffice(sql);
  expect(await office.deliver(3)).toBe(0);
  await office.deliver(125);
  expect(office.letters(BODIES)).toEqual({ user2: ["alpha"] });
});

test("whom an announcement also mentions by name hears of it once", async ({ database }) => {
  const { sql } = database;
  const [organizer, bob] = await addPeople(sql, 2);
  const event = await addEvent(sql, { organizers: [organizer!], participants: [bob!] });
  await post(sql, event, organizer!, "@everyone and @user2 alpha");
  const office = createPostOffice(sql);
  for (const seconds of [3, 35, 125, 250]) await office.deliver(seconds);
  expect(office.letters(BODIES)).toEqual({ user2: ["alpha"] });
});
