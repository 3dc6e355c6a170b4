import { expect } from "vitest";
import { test } from "../concurrency/database-test.ts";
import { addEvent, addPeople } from "../harness/world.ts";
import { keepDiary } from "./diary.ts";

const WORDS = ["alpha", "bravo", "charlie", "delta"];

test("quiet hours hold letters until they end, and mentions unless they may pass", async ({ database }) => {
  const { sql } = database;
  const diary = await keepDiary(database, "2027-03-01T21:30:00Z");
  const [ann, bob, cem] = await addPeople(sql, 3);
  const event = await addEvent(sql, { participants: [ann!, bob!, cem!] });
  await sql`update public.profiles set time_zone = 'Europe/Berlin' where user_id in (${bob!}, ${cem!})`;
  await sql`
    insert into public.notification_preferences (user_id, quiet_from, quiet_until, quiet_except_mentions)
    values (${bob!}, '22:00', '07:30', false), (${cem!}, '22:00', '07:30', true)`;
  await diary.says(ann!, event, "alpha");
  await diary.says(ann!, event, "@user2 @user3 bravo");
  await diary.until("2027-03-02T06:29:00Z");
  expect(diary.letters(WORDS)).toEqual(["21:30 user3: bravo"]);
  await diary.until("2027-03-02T06:31:00Z");
  expect(diary.letters(WORDS).sort()).toEqual(["06:30 user2: alpha bravo", "06:30 user3: alpha"]);
  await sql`update public.notification_preferences set quiet_from = '06:00', quiet_until = '09:00'`;
  await diary.says(ann!, event, "charlie");
  await diary.until("2027-03-02T06:50:00Z");
  expect(diary.letters(WORDS)).toEqual([]);
  // Who ends their quiet hours gets it now.
  await sql`update public.notification_preferences set quiet_from = null, quiet_until = null where user_id = ${bob!}`;
  await diary.until("2027-03-02T07:00:00Z");
  expect(diary.letters(WORDS)).toEqual(["06:50 user2: charlie"]);
});

test("hourly and weekly digests come at the reader's full hour and day, and say so", async ({ database }) => {
  const { sql } = database;
  const diary = await keepDiary(database);
  const [ann, bob, cem] = await addPeople(sql, 3);
  const event = await addEvent(sql, { participants: [ann!, bob!, cem!] });
  await sql`update public.profiles set time_zone = 'Asia/Kolkata' where user_id = ${bob!}`;
  await sql`
    insert into public.notification_preferences (user_id, delivery, weekly_on, digest_at)
    values (${bob!}, 'hourly', 1, '08:00'), (${cem!}, 'weekly', 3, '09:00')`;
  await diary.says(ann!, event, "alpha");
  await diary.until("2027-03-01T13:00:00Z");
  expect(diary.letters(WORDS)).toEqual(["12:30 user2: alpha"]);
  await diary.until("2027-03-03T08:59:00Z");
  expect(diary.letters(WORDS)).toEqual([]);
  await diary.until("2027-03-03T09:01:00Z");
  expect(diary.letters(WORDS)).toEqual(["09:00 user3: alpha"]);
  expect((await sql`select digest from public.emails order by id`).map(({ digest }) => digest)).toEqual(["hourly", "weekly"]);
});

test("a mute counts until its time, for mentions too; what is due later is told", async ({ database }) => {
  const { sql } = database;
  const diary = await keepDiary(database);
  const [ann, bob] = await addPeople(sql, 2);
  const event = await addEvent(sql, { participants: [ann!, bob!] });
  await sql`insert into public.event_notification_preferences (user_id, event_id, muted_until) values (${bob!}, ${event}, '2027-03-01T13:00:00Z')`;
  await diary.says(ann!, event, "alpha");
  await diary.says(ann!, event, "@user2 bravo");
  await diary.until("2027-03-01T12:59:00Z");
  await diary.says(ann!, event, "charlie");
  await diary.until("2027-03-01T13:10:00Z");
  expect(diary.letters(WORDS)).toEqual(["13:01 user2: charlie"]);
  expect((await sql`select distinct reason from public.notifications where user_id = ${bob!} and status = 'skipped'`).map(({ reason }) => reason))
    .toEqual(["event_muted_for_now"]);
});

test("nothing of a blocked sender is told, in bursts and mentions; everything of the others", async ({ database }) => {
  const { sql } = database;
  const diary = await keepDiary(database);
  const [ann, bob, cem] = await addPeople(sql, 3);
  const event = await addEvent(sql, { participants: [ann!, bob!, cem!] });
  await sql`insert into public.blocked_senders (user_id, sender_id) values (${bob!}, ${ann!})`;
  await diary.says(ann!, event, "alpha");
  await diary.says(ann!, event, "@user2 bravo");
  await diary.says(cem!, event, "charlie");
  await diary.until("2027-03-01T12:10:00Z");
  expect(diary.letters(WORDS).sort()).toEqual(["12:02 user1: charlie", "12:02 user2: charlie", "12:02 user3: alpha bravo"]);
  await diary.says(ann!, event, "delta");
  await diary.until("2027-03-01T12:20:00Z");
  expect(diary.letters(WORDS)).toEqual(["12:12 user3: delta"]);
  expect((await sql`select reason, message_id is not null as mention from public.notifications where status = 'skipped' and user_id = ${bob!} order by id`)
    .map(({ reason, mention }) => `${reason} ${mention}`)).toEqual(["sender_blocked true", "sender_blocked false"]);
});

test("who chose nothing gets what the event, then the organization says; who chose gets that", async ({ database }) => {
  const { sql } = database;
  const diary = await keepDiary(database);
  const [ann, bob, cem, dan] = await addPeople(sql, 4);
  const event = await addEvent(sql, { participants: [ann!, bob!, cem!, dan!] });
  await sql`update public.organizations set default_level = 'mentions', default_delivery = 'daily'`;
  await sql`insert into public.notification_preferences (user_id, delivery) values (${cem!}, 'immediate')`;
  await sql`insert into public.event_notification_preferences (user_id, event_id, level) values (${dan!}, ${event}, 'all')`;
  await diary.says(ann!, event, "alpha @user2 @user3 @user4");
  await diary.says(ann!, event, "bravo");
  await diary.until("2027-03-02T09:00:00Z");
  expect(diary.letters(WORDS).sort()).toEqual(["08:00 user2: alpha", "08:00 user4: alpha bravo", "12:00 user3: alpha"]);
  await sql`update public.events set default_level = 'all'`;
  await diary.says(ann!, event, "charlie");
  await diary.until("2027-03-03T09:00:00Z");
  expect(diary.letters(WORDS).sort()).toEqual(["08:00 user2: charlie", "08:00 user4: charlie", "09:02 user3: charlie"]);
});

test("letters show as much as the stricter of organization and reader allows", async ({ database }) => {
  const { sql } = database;
  const diary = await keepDiary(database);
  const [ann, bob, cem, dan] = await addPeople(sql, 4);
  const event = await addEvent(sql, { participants: [ann!, bob!, cem!, dan!] });
  await sql`insert into public.notification_preferences (user_id, content_mode) values (${bob!}, 'full'), (${cem!}, 'none')`;
  const modes = async () => (await sql`select e.content_mode from public.emails e join public.profiles p using (user_id) order by e.created_at desc, p.handle limit 3`).map(({ content_mode }) => content_mode);
  for (const [minute, allowed, expected] of [
    ["10", "full", ["full", "none", "full"]], ["20", "redacted", ["redacted", "none", "redacted"]], ["30", "none", ["none", "none", "none"]],
  ] as const) {
    await sql`update public.organizations set content_mode = ${allowed}`;
    await diary.says(ann!, event, "alpha");
    await diary.until(`2027-03-01T12:${minute}:00Z`);
    expect(await modes(), allowed).toEqual(expected);
  }
});
