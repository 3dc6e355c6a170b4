import { expect } from "vitest";
import { test } from "../concurrency/database-test.ts";
import { addEvent, addPeople } from "../harness/world.ts";
import { keepDiary } from "./diary.ts";

const WORDS = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"];

test("what exceeds the letters of a day goes into the next digest, mentions too, and nothing is dropped", async ({ database }) => {
  const diary = await keepDiary(database);
  const [ann, bob] = await addPeople(database.sql, 2);
  const event = await addEvent(database.sql, { participants: [ann!, bob!] });
  await database.sql`insert into public.notification_preferences (user_id, letters_per_day, digest_at) values (${bob!}, 2, '18:00')`;
  for (const [minute, word] of [["05", "alpha"], ["10", "bravo"], ["15", "charlie"], ["20", "@user2 delta"]] as const) {
    await diary.says(ann!, event, word);
    await diary.until(`2027-03-01T12:${minute}:00Z`);
  }
  await diary.until("2027-03-01T17:59:00Z");
  expect(diary.letters(WORDS)).toEqual(["12:02 user2: alpha", "12:07 user2: bravo"]);
  await diary.until("2027-03-01T19:00:00Z");
  expect(diary.letters(WORDS)).toEqual(["18:00 user2: charlie delta"]);
  const [{ kind }] = await database.sql<[{ kind: string }]>`select kind from public.emails order by id desc limit 1`;
  expect(kind).toBe("digest");
  // A day after the first two there is room again.
  await diary.until("2027-03-02T12:30:00Z");
  await diary.says(ann!, event, "echo");
  await diary.until("2027-03-02T13:00:00Z");
  expect(diary.letters(WORDS)).toEqual(["12:32 user2: echo"]);
});

test("after five mention letters an hour the next mentions come with the burst's letter", async ({ database }) => {
  const diary = await keepDiary(database);
  const [ann, bob] = await addPeople(database.sql, 2);
  const event = await addEvent(database.sql, { participants: [ann!, bob!], window: 600 });
  for (const [minute, word] of WORDS.entries()) {
    await diary.says(ann!, event, `@user2 ${word}`);
    await diary.until(`2027-03-01T12:0${minute + 1}:00Z`);
  }
  await diary.until("2027-03-01T12:30:00Z");
  expect(diary.letters(WORDS)).toEqual([
    "12:00 user2: alpha", "12:01 user2: bravo", "12:02 user2: charlie", "12:03 user2: delta", "12:04 user2: echo",
    "12:10 user2: foxtrot golf hotel",
  ]);
  await diary.until("2027-03-01T13:00:40Z");
  await diary.says(ann!, event, "@user2 alpha");
  await diary.until("2027-03-01T13:05:00Z");
  expect(diary.letters(WORDS)).toEqual(["13:01 user2: alpha"]);
});
