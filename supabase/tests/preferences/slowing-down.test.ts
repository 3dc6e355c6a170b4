import { expect } from "vitest";
import { test } from "../concurrency/database-test.ts";
import type { TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople } from "../harness/world.ts";
import { keepDiary } from "./diary.ts";

const WORDS = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot"];

async function busyEvent(database: TestDatabase) {
  const diary = await keepDiary(database);
  const [ann, bob] = await addPeople(database.sql, 2);
  const event = await addEvent(database.sql, { participants: [ann!, bob!] });
  await database.sql`update public.events set slows_down = true`;
  return { diary, event, bob: bob!, says: (body: string) => diary.says(ann!, event, body) };
}

test("without a visit the next letters about an event wait an hour, then six, then twenty-four, and tell everything", async ({ database }) => {
  const { diary, says } = await busyEvent(database);
  await says("alpha");
  await diary.until("2027-03-01T12:30:00Z");
  expect(diary.letters(WORDS)).toEqual(["12:02 user2: alpha"]);
  await says("bravo");
  await diary.until("2027-03-01T12:50:00Z");
  await says("charlie");
  await diary.until("2027-03-01T14:00:00Z");
  expect(diary.letters(WORDS)).toEqual(["13:02 user2: bravo charlie"]);
  await says("delta");
  await diary.until("2027-03-01T20:00:00Z");
  expect(diary.letters(WORDS)).toEqual(["19:02 user2: delta"]);
  await says("echo");
  await diary.until("2027-03-02T19:00:00Z");
  expect(diary.letters(WORDS)).toEqual([]);
  await diary.until("2027-03-02T19:10:00Z");
  expect(diary.letters(WORDS)).toEqual(["19:02 user2: echo"]);
});

test("a visit resets it, also for what waited", async ({ database }) => {
  const { diary, event, bob, says } = await busyEvent(database);
  await says("alpha");
  await diary.until("2027-03-01T12:10:00Z");
  await diary.visits(bob, event);
  await diary.until("2027-03-01T12:20:00Z");
  await says("bravo");
  await diary.until("2027-03-01T12:30:00Z");
  expect(diary.letters(WORDS)).toEqual(["12:02 user2: alpha", "12:22 user2: bravo"]);
  await says("charlie");
  await diary.until("2027-03-01T12:40:00Z");
  const waiting = await database.sql`select scheduled_for from public.notifications where status = 'pending' and user_id = ${bob}`;
  expect(waiting.map(({ scheduled_for }) => scheduled_for.toISOString())).toEqual(["2027-03-01T13:22:00.000Z"]);
  await diary.visits(bob, event);
  await says("delta");
  await diary.until("2027-03-01T12:50:00Z");
  expect(diary.letters(WORDS)).toEqual(["12:42 user2: delta"]);
});

test("twelve silent hours reset it", async ({ database }) => {
  const { diary, says } = await busyEvent(database);
  await says("alpha");
  await diary.until("2027-03-01T12:10:00Z");
  await says("bravo");
  await diary.until("2027-03-01T14:00:00Z");
  diary.letters(WORDS);
  // Without the silence this one would wait until 19:12.
  await diary.until("2027-03-02T00:20:00Z");
  await says("charlie");
  await diary.until("2027-03-02T00:30:00Z");
  expect(diary.letters(WORDS)).toEqual(["00:22 user2: charlie"]);
});

test("mentions and announcements do not wait, and do not make other letters wait longer", async ({ database }) => {
  const { diary, says } = await busyEvent(database);
  await database.sql`update public.event_participants set role = 'organizer' where user_id = (select user_id from public.profiles where handle = 'user1')`;
  await says("alpha");
  await diary.until("2027-03-01T12:10:00Z");
  await says("@user2 bravo");
  await diary.until("2027-03-01T12:15:00Z");
  await says("@everyone charlie");
  await diary.until("2027-03-01T12:20:00Z");
  expect(diary.letters(WORDS)).toEqual(["12:02 user2: alpha", "12:10 user2: bravo", "12:15 user2: charlie"]);
  await says("delta");
  await diary.until("2027-03-01T14:00:00Z");
  expect(diary.letters(WORDS)).toEqual(["13:02 user2: delta"]);
});

test("an event that does not slow down tells every burst", async ({ database }) => {
  const { diary, says } = await busyEvent(database);
  await database.sql`update public.events set slows_down = false`;
  await says("alpha");
  await diary.until("2027-03-01T12:10:00Z");
  await says("bravo");
  await diary.until("2027-03-01T12:20:00Z");
  expect(diary.letters(WORDS)).toEqual(["12:02 user2: alpha", "12:12 user2: bravo"]);
});
