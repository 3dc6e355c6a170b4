import { expect } from "vitest";
import { test } from "../concurrency/database-test.ts";
import { addEvent, addPeople } from "../harness/world.ts";
import { keepDiary } from "./diary.ts";

interface Part {
  event_id: string;
  count: number;
  shown: string[];
  mentions: string[];
}

test("a digest shows ten events with five messages each: mentions first, then events its reader writes in, then volume, then news", async ({ database }) => {
  const { sql } = database;
  const diary = await keepDiary(database);
  const [ann, bob] = await addPeople(sql, 2);
  const events: string[] = [];
  for (let i = 0; i < 12; i += 1) events.push(await addEvent(sql, { title: `Event ${i}`, participants: [ann!, bob!] }));
  await sql`insert into public.notification_preferences (user_id, delivery) values (${bob!}, 'daily')`;
  await diary.says(bob!, events[3]!, "hello");
  for (const event of events) await diary.says(ann!, event, "news");
  for (let i = 0; i < 7; i += 1) await diary.says(ann!, events[5]!, "more");
  await diary.says(ann!, events[7]!, "@user2 look");
  await diary.until("2027-03-02T09:00:00Z");
  const [letter] = await sql<[{ parts: Part[]; more: { events: number; messages: number } }]>`
    select parts, more from public.emails where user_id = ${bob!}`;
  expect(letter.parts.map(({ event_id }) => events.indexOf(event_id))).toEqual([7, 3, 5, 11, 10, 9, 8, 6, 4, 2]);
  expect(letter.parts.map(({ count, shown }) => `${count} ${shown.length}`).slice(0, 4)).toEqual(["2 2", "1 1", "8 5", "1 1"]);
  expect(letter.parts[0]!.mentions).toHaveLength(1);
  expect(letter.more).toEqual({ events: 2, messages: 2 });
});

test("a digest does not come when everything was read, and never repeats what an immediate letter told", async ({ database }) => {
  const { sql } = database;
  const diary = await keepDiary(database);
  const [ann, bob] = await addPeople(sql, 2);
  const event = await addEvent(sql, { participants: [ann!, bob!] });
  await diary.says(ann!, event, "alpha");
  await diary.until("2027-03-01T12:10:00Z");
  await sql`insert into public.notification_preferences (user_id, delivery) values (${bob!}, 'daily')`;
  await diary.says(ann!, event, "bravo");
  await diary.until("2027-03-01T13:00:00Z");
  await diary.visits(bob!, event);
  await diary.until("2027-03-02T09:00:00Z");
  expect(diary.letters(["alpha", "bravo"])).toEqual(["12:02 user2: alpha"]);
  await diary.says(ann!, event, "charlie");
  await diary.until("2027-03-03T09:00:00Z");
  expect(diary.letters(["alpha", "bravo", "charlie"])).toEqual(["08:00 user2: charlie"]);
});
