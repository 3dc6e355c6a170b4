import { expect } from "vitest";
import type { Sql } from "postgres";
import { test } from "../concurrency/database-test.ts";
import { addEvent, addPeople } from "../harness/world.ts";
import { keepDiary } from "../preferences/diary.ts";

interface Step {
  step: number;
  code: string;
  facts: Record<string, unknown>;
  line: string;
}

/** `"12:02 sent"`, with the reason or cause and how long where there is one, in order. */
async function receipt(sql: Sql, messageId: string, userId: string): Promise<string[]> {
  const steps = await sql<Step[]>`
    select e.step, e.code, e.facts, concat_ws(' ',
      to_char(timezone('UTC', e.at), 'HH24:MI'), e.code, e.facts ->> 'reason', e.facts ->> 'cause',
      to_char(timezone('UTC', (e.facts ->> 'until')::timestamptz), '"until" DD HH24:MI')) as line
    from private.explain(${messageId}, ${userId}) e`;
  expect(steps.map(({ step }) => step)).toEqual(steps.map((_, at) => at + 1));
  return steps.map(({ line }) => line);
}

test("a message's receipt tells its way step by step, from the room to the mailbox", async ({ database }) => {
  const { sql } = database;
  const diary = await keepDiary(database);
  const [ann, bob] = await addPeople(sql, 2);
  const event = await addEvent(sql, { participants: [ann!, bob!] });
  await diary.until("2027-03-01T12:05:00Z");
  const alpha = await diary.says(ann!, event, "alpha");
  const origin = ["12:00 in_event", "12:05 written", "12:05 batched until 01 12:07"];
  expect(await receipt(sql, alpha, bob!)).toEqual([...origin, "12:05 waiting until 01 12:07"]);
  await diary.until("2027-03-01T12:08:00Z");
  expect(await receipt(sql, alpha, bob!)).toEqual([...origin, "12:07 composed", "12:07 shown", "12:07 sent"]);
  expect(await receipt(sql, alpha, ann!)).toEqual([...origin, "12:07 skipped own_messages"]);
  const [letter] = await sql<[{ id: string }]>`select id from public.emails`;
  await sql`select private.receive_webhook_event('msg_1', 'email.delivery_delayed', '2027-03-01T12:08:00Z', ${letter.id})`;
  await sql`select private.receive_webhook_event('msg_2', 'email.bounced', '2027-03-01T12:09:00Z', ${letter.id}, detail => 'Permanent')`;
  expect((await receipt(sql, alpha, bob!)).slice(-3)).toEqual(["12:07 sent", "12:08 delayed", "12:09 bounced"]);
  const sentences = await sql<{ sentence: string }[]>`select sentence from private.explain(${alpha}, ${bob!})`;
  expect(sentences.map(({ sentence }) => sentence)).toEqual([
    "In Summer Festival since 2027-03-01 12:00.", "Written at 2027-03-01 12:05.", "Collected with what else was written until 2027-03-01 12:07.",
    "A letter was composed.", "The letter shows the message.", "Sent.",
    "The recipient's mail server will take it later.", "The recipient's mail server refused it.",
  ]);
  // Old records go, piece by piece.
  const before = await receipt(sql, alpha, bob!);
  await sql`select private.archive_notifications(0, 100, 'infinity')`;
  expect(await sql`select * from public.notifications`).toHaveLength(0);
  expect(await receipt(sql, alpha, bob!)).toEqual(before);
  await sql`delete from public.emails`;
  expect((await receipt(sql, alpha, bob!)).slice(-1)).toEqual(["12:08 letter_gone"]);
  await sql`delete from private.archived_notifications`;
  await sql`delete from private.burst_messages`;
  expect(await receipt(sql, alpha, bob!)).toEqual(["12:00 in_event", "12:05 written", "12:08 not_recorded"]);
});

test("every wait says what caused it and until when, also when several follow each other", async ({ database }) => {
  const { sql } = database;
  const diary = await keepDiary(database);
  const [ann, quiet, digest, slow, near, enough] = await addPeople(sql, 6);
  const event = await addEvent(sql, { participants: [ann!, quiet!, digest!, slow!, near!, enough!] });
  await sql`update public.events set slows_down = true`;
  await sql`insert into public.notification_preferences (user_id, delivery, quiet_from, quiet_until, letters_per_day) values
    (${quiet!}, 'immediate', '12:30', '14:00', null), (${digest!}, 'daily', null, null, null), (${enough!}, 'immediate', null, null, 1)`;
  await diary.says(ann!, event, "alpha");
  await diary.until("2027-03-01T12:40:00Z");
  for (const reader of [quiet!, near!, enough!]) await diary.visits(reader, event);
  const bravo = await diary.says(ann!, event, "bravo");
  await diary.until("2027-03-01T12:41:30Z");
  await sql`update private.recipient_states set last_seen_at = oracle.now() where user_id = ${near!}`;
  await diary.until("2027-03-02T09:00:00Z");
  const waits = async (reader: string) => (await receipt(sql, bravo, reader)).filter((line) => / waited | sent$| skipped /.test(line));
  expect(await waits(quiet!)).toEqual(["12:42 waited quiet_hours until 01 14:00", "14:00 sent"]);
  expect(await waits(digest!)).toEqual(["12:42 waited digest until 02 08:00", "08:00 sent"]);
  expect(await waits(slow!)).toEqual(["12:42 waited back_off until 01 13:02", "13:02 sent"]);
  expect(await waits(near!)).toEqual(["12:42 waited in_the_room until 01 12:43", "12:43 sent"]);
  expect(await waits(enough!)).toEqual(["12:42 waited letters_enough until 02 08:00", "08:00 sent"]);

  // Nobody wrote for a day: at once. What comes then waits again, and an operator makes it wait longer.
  await diary.says(ann!, event, "charlie");
  await diary.until("2027-03-02T09:10:00Z");
  const delta = await diary.says(ann!, event, "delta");
  await diary.until("2027-03-02T09:30:00Z");
  await sql`insert into private.pauses (scope, id) values ('event', ${event})`;
  await diary.until("2027-03-02T17:00:00Z");
  const origin = ["12:00 in_event", "09:10 written", "09:10 batched until 02 09:12", "09:12 waited back_off until 02 10:02"];
  expect(await receipt(sql, delta, slow!)).toEqual([...origin, "17:00 paused"]);
  await sql`select private.resume_scope('event', ${event})`;
  await diary.until("2027-03-02T18:00:00Z");
  expect(await receipt(sql, delta, slow!)).toEqual([
    ...origin, "10:02 waited paused until 02 17:00", "17:00 composed", "17:00 shown", "17:00 sent",
  ]);
});

test("who was not notified, was skipped, or whose letter left a message out, learns the reason", async ({ database }) => {
  const { sql } = database;
  const diary = await keepDiary(database);
  const [ann, off, muted, mentions, blocker, later, reader, out] = await addPeople(sql, 8);
  const event = await addEvent(sql, { participants: [ann!, off!, muted!, mentions!, blocker!, reader!] });
  await sql`insert into public.notification_preferences (user_id, delivery, level) values (${off!}, 'off', null), (${mentions!}, null, 'mentions')`;
  await sql`insert into public.event_notification_preferences (user_id, event_id, level) values (${muted!}, ${event}, 'none')`;
  await sql`insert into public.blocked_senders (user_id, sender_id) values (${blocker!}, ${ann!})`;
  const alpha = await diary.says(ann!, event, "alpha");
  await diary.visits(reader!, event);
  const bravo = await diary.says(ann!, event, "@user4 bravo");
  const charlie = await diary.says(blocker!, event, "charlie");
  await diary.until("2027-03-01T12:30:00Z");
  await sql`insert into public.event_participants (event_id, user_id) values (${event}, ${later!})`;
  const end = async (message: string, user: string) => (await receipt(sql, message, user)).slice(3).map((line) => line.slice(6));
  expect(await end(alpha, off!)).toEqual(["not_notified notifications_off"]);
  expect(await end(alpha, muted!)).toEqual(["not_notified event_muted"]);
  expect(await end(alpha, mentions!)).toEqual(["not_notified mentions_only"]);
  expect(await end(bravo, mentions!)).toEqual(["mentioned until 01 12:00", "composed", "shown", "sent"]);
  expect(await end(alpha, blocker!)).toEqual(["skipped nothing_new"]);
  expect(await end(alpha, reader!)).toEqual(["waited in_the_room until 01 12:02", "composed", "left_out read", "sent"].slice(-3));
  expect(await end(charlie, reader!)).toEqual(["composed", "shown", "sent"]);
  expect((await receipt(sql, alpha, later!)).map((line) => line.slice(6))).toEqual([
    "written", "batched until 01 12:02", "not_notified before_joining", "in_event",
  ]);
  await sql`update public.event_notification_preferences set level = 'all'`;
  expect(await end(alpha, muted!)).toEqual(["not_notified settings_then"]);
  await sql`update public.chat_messages set deleted_at = now() where id = ${alpha}`;
  expect(await end(alpha, off!)).toContain("message_gone");
  await sql`delete from public.event_participants where user_id = ${reader!}`;
  expect((await receipt(sql, charlie, reader!)).at(-1)).toBe("12:30 not_in_event");
  await expect(sql`select * from private.explain(${alpha}, null)`).rejects.toMatchObject({ code: "CN050" });
  await expect(sql`select * from private.explain(987654, ${out!})`).rejects.toMatchObject({ code: "CN050" });
});

test("people ask about themselves, operators about anybody, and nobody learns of messages they may not see", async ({ database }) => {
  const { sql, connectAs } = database;
  const diary = await keepDiary(database);
  const [ann, bob, out, operator] = await addPeople(sql, 4);
  await sql`insert into private.operators (user_id) values (${operator!})`;
  const event = await addEvent(sql, { participants: [ann!, bob!] });
  const alpha = await diary.says(ann!, event, "alpha");
  await diary.until("2027-03-01T12:30:00Z");
  const codes = async (caller: string, userId: string | null, message = alpha) =>
    (await connectAs("authenticated", caller, { max: 1 })<{ code: string }[]>`
      select code from public.explain_notification(${message}, ${userId})`).map(({ code }) => code);
  const full = ["in_event", "written", "batched", "composed", "shown", "sent"];
  expect(await codes(bob!, null)).toEqual(full);
  expect(await codes(bob!, bob!)).toEqual(full);
  expect(await codes(operator!, bob!)).toEqual(full);
  expect(await codes(operator!, out!)).toEqual(["written", "batched", "not_notified", "not_in_event"]);
  await expect(codes(ann!, bob!)).rejects.toMatchObject({ code: "CN020" });
  // The same answer for a message elsewhere and for none.
  for (const message of [alpha, "987654"]) {
    await expect(codes(out!, null, message)).rejects.toMatchObject({ code: "CN050", message: "There is no receipt of this message for this person." });
  }
  await expect(connectAs("anon", null, { max: 1 })`select * from public.explain_notification(${alpha})`).rejects.toMatchObject({ code: "42501" });
  // Who left still has what they were told.
  await sql`delete from public.event_participants where user_id = ${bob!}`;
  expect(await codes(bob!, null)).toEqual(["written", "batched", "composed", "shown", "sent", "not_in_event"]);
});
