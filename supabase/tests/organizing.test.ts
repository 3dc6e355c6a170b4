import { expect } from "vitest";
import { test } from "./concurrency/database-test.ts";
import { createPostOffice } from "./concurrency/post-office.ts";
import { addEvent, addPeople, post } from "./harness/world.ts";

test("the inbox counts what others wrote since one joined and had read, mentions apart, and stops at a hundred", async ({ database }) => {
  const { sql, connectAs } = database;
  const [ann, bob, cem] = await addPeople(sql, 3);
  const event = await addEvent(sql, { title: "Gala", participants: [ann!, bob!] });
  const quiet = await addEvent(sql, { title: "Quiet", participants: [bob!] });
  const asBob = connectAs("authenticated", bob!, { max: 1 });
  const inbox = async () => (await asBob`select event_id, unread, mentions, first_mention_id, last_message_excerpt from public.my_inbox()`).map((row) => ({ ...row }));
  await sql`insert into public.chat_messages (event_id, user_id, body, created_at) values (${event}, ${ann!}, 'before', now() - interval '1 day')`;
  const first = await post(sql, event, ann!, "hello");
  const mention = await post(sql, event, ann!, "@user2 there?");
  await post(sql, event, bob!, "I am");
  const deleted = await post(sql, event, ann!, "oops");
  await sql`update public.chat_messages set deleted_at = now() where id = ${deleted}`;
  expect(await inbox()).toEqual([
    { event_id: event, unread: 2, mentions: 1, first_mention_id: mention, last_message_excerpt: "I am" },
    { event_id: quiet, unread: 0, mentions: 0, first_mention_id: null, last_message_excerpt: null },
  ]);
  await asBob`select public.mark_event_read(${event}, ${first})`;
  expect((await inbox())[0]).toMatchObject({ unread: 1, mentions: 1 });
  await asBob`select public.mark_event_read(${event}, ${mention})`;
  await sql`insert into public.chat_messages (event_id, user_id, body) select ${event}, ${ann!}, 'n' || i from generate_series(1, 150) i`;
  expect((await inbox())[0]).toMatchObject({ unread: 100, mentions: 0 });
  expect([...(await connectAs("authenticated", cem!, { max: 1 })`select * from public.my_inbox()`)]).toEqual([]);
});

test("a message sent again under its key is written once, and another sender may use the same key", async ({ database }) => {
  const { sql, connectAs } = database;
  const [ann, bob] = await addPeople(sql, 2);
  const event = await addEvent(sql, { participants: [ann!, bob!] });
  const key = "00000000-0000-4000-8000-00000000abcd";
  const send = (person: string) =>
    connectAs("authenticated", person, { max: 1 })`insert into public.chat_messages (event_id, body, client_key) values (${event}, 'once', ${key})`;
  await send(ann!);
  await expect(send(ann!)).rejects.toMatchObject({ code: "23505", constraint_name: "chat_messages_are_sent_once" });
  await send(bob!);
  const [row] = await sql`select count(*)::integer as written, (select count(*)::integer from private.untold_messages) as owed from public.chat_messages`;
  expect(row).toEqual({ written: 2, owed: 2 });
});

test("people of an event are found by the beginning of their handle or a word of their name, by those in it only", async ({ database }) => {
  const { sql, connectAs } = database;
  const [ann, bob, cem, dan] = await addPeople(sql, 4);
  const event = await addEvent(sql, { participants: [ann!, bob!], members: [cem!] });
  await sql`update public.profiles set display_name = 'Maria da Silva' where user_id = ${cem!}`;
  const find = async (as: string, beginning: string) =>
    (await connectAs("authenticated", as, { max: 1 })`select handle, as_participant from public.event_people(${event}, ${beginning})`).map((row) => ({ ...row }));
  expect(await find(ann!, "USER")).toEqual([{ handle: "user1", as_participant: true }, { handle: "user2", as_participant: true }, { handle: "user3", as_participant: false }]);
  expect(await find(ann!, "sil")).toEqual([{ handle: "user3", as_participant: false }]);
  expect(await find(ann!, "ilva")).toEqual([]);
  expect(await find(dan!, "")).toEqual([]);
});

test("organizers add people by handle and change their role; others may not, and strangers' handles are named as unknown", async ({ database }) => {
  const { sql, connectAs } = database;
  const [ann, bob, cem] = await addPeople(sql, 3);
  const event = await addEvent(sql, { organizers: [ann!], participants: [bob!] });
  const asAnn = connectAs("authenticated", ann!, { max: 1 });
  await asAnn`select public.add_person(${event}, ${" @User3 "})`;
  await asAnn`select public.add_person(${event}, 'user3', 'speaker')`;
  expect(await sql`select role from public.event_participants where user_id = ${cem!}`).toEqual([{ role: "speaker" }]);
  await expect(asAnn`select public.add_person(${event}, 'nobody')`).rejects.toMatchObject({ code: "CN072" });
  await expect(asAnn`select public.add_person(${event}, 'user3', 'king')`).rejects.toMatchObject({ constraint_name: "event_participants_role_is_known" });
  await expect(connectAs("authenticated", bob!, { max: 1 })`select public.add_person(${event}, 'user3')`).rejects.toMatchObject({ code: "CN071" });
});

test("organizers see how many know of a message and how: each person counts once, without names", async ({ database }) => {
  const { sql, connectAs } = database;
  const [ann, bob, cem, dan, eve] = await addPeople(sql, 5);
  const event = await addEvent(sql, { organizers: [ann!], participants: [bob!, cem!, dan!, eve!] });
  await sql`update auth.users set email = 'not an address' where id = ${dan!}`;
  await sql`insert into public.event_notification_preferences (user_id, event_id, level) values (${eve!}, ${event}, 'none')`;
  const message = await post(sql, event, ann!, "Doors open at six.");
  const reach = async () => ({ ...(await connectAs("authenticated", ann!, { max: 1 })`select * from public.message_reach(${message})`)[0] });
  expect(await reach()).toEqual({ recipients: 4, by_reading: 0, by_letter: 0, waiting: 4, unreachable: 0, by_choice: 0 });
  await connectAs("authenticated", bob!, { max: 1 })`select public.mark_event_read(${event}, ${message})`;
  await createPostOffice(sql).deliver(125);
  expect(await reach()).toEqual({ recipients: 4, by_reading: 1, by_letter: 1, waiting: 0, unreachable: 1, by_choice: 1 });
  await expect(connectAs("authenticated", bob!, { max: 1 })`select * from public.message_reach(${message})`).rejects.toMatchObject({ code: "CN071" });
});

test("who is invited by address joins once their address is confirmed, and nobody learns whether it has an account", async ({ database }) => {
  const { sql, connectAs } = database;
  const [ann, bob, cem] = await addPeople(sql, 3);
  const event = await addEvent(sql, { title: "Gala", members: [] });
  await sql`insert into public.event_participants (event_id, user_id, role) values (${event}, ${ann!}, 'organizer')`;
  const [{ address }] = await sql`select email as address from auth.users where id = ${bob!}` as unknown as [{ address: string }];
  const asAnn = connectAs("authenticated", ann!, { max: 1 });
  const asBob = connectAs("authenticated", bob!, { max: 1 });
  const asCem = connectAs("authenticated", cem!, { max: 1 });
  const invite = (to: string, role = "speaker") =>
    asAnn`insert into public.event_invitations (event_id, address, role) values (${event}, ${to}, ${role}) on conflict (event_id, address) do nothing`;
  const exported = async () => (await asBob`select public.export_my_data() as mine`)[0]!.mine.held["public.event_invitations"];
  const invited = async () => (await asBob`select title, role from public.my_invitations()`).map((row) => ({ ...row }));

  await sql`update auth.users set email_confirmed_at = null where id = ${bob!}`;
  await invite(address);
  await invite(address, "organizer");
  await invite("nobody@example.com");
  expect((await asAnn`select address, role from public.event_invitations order by role, address`).map((row) => row.address)).toEqual(expect.arrayContaining([address, "nobody@example.com"]));
  await expect(invite("not an address")).rejects.toMatchObject({ constraint_name: "event_invitations_address_is_one" });
  await expect(asCem`insert into public.event_invitations (event_id, address) values (${event}, 'x@example.com')`).rejects.toMatchObject({ code: "42501" });
  expect(await invited()).toEqual([]);
  expect(await exported()).toEqual([]);
  await sql`update auth.users set email_confirmed_at = now() where id = ${bob!}`;
  expect(await invited()).toEqual([{ title: "Gala", role: "speaker" }]);
  expect(await exported()).toEqual([{ event_id: event, address, role: "speaker", invited_at: expect.any(String) }]);
  // It stands for who wrote it, and for a month.
  await sql`update public.event_participants set role = 'participant' where user_id = ${ann!}`;
  expect(await invited()).toEqual([]);
  await sql`update public.event_participants set role = 'organizer' where user_id = ${ann!}`;
  await sql`update public.event_invitations set invited_at = now() - interval '31 days' where address = 'nobody@example.com'`;
  await invite("somebody@example.com");
  expect((await asAnn`select address from public.event_invitations order by address`).map((row) => row.address)).toEqual([address, "somebody@example.com"].sort());

  expect((await asCem`select public.answer_invitation(${event}, true) as joined`)[0]).toEqual({ joined: false });
  expect((await asBob`select public.answer_invitation(${event}, true) as joined`)[0]).toEqual({ joined: true });
  expect((await asBob`select public.answer_invitation(${event}, true) as joined`)[0]).toEqual({ joined: false });
  expect([...(await sql`select role from public.event_participants where user_id = ${bob!}`)]).toEqual([{ role: "speaker" }]);
  await sql`update auth.users set email = 'somebody@example.com' where id = ${cem!}`;
  await sql`delete from auth.users where id = ${cem!}`;
  expect([...(await sql`select from public.event_invitations`)]).toEqual([]);
});

test("operators find what can be paused by its name, paused ones first", async ({ database }) => {
  const { sql, connectAs } = database;
  const [ann, petra] = await addPeople(sql, 2);
  const gala = await addEvent(sql, { title: "Gala", participants: [ann!] });
  const fair = await addEvent(sql, { title: "Fair", participants: [ann!] });
  for (const event of [gala, fair]) await post(sql, event, ann!, "hello");
  await sql`insert into private.operators (user_id) values (${petra!})`;
  const asPetra = connectAs("authenticated", petra!, { max: 1 });
  const find = async (search: string) => (await asPetra`select scope, name, paused from public.find_scopes(${search})`).map(({ scope, name, paused }) => [scope, name, paused] as unknown[]);
  expect(await find("aLa")).toEqual([["organization", "Gala Ltd", false], ["event", "Gala", false]]);
  expect(await find(fair)).toEqual([["event", "Fair", false]]);
  await asPetra`select public.pause_delivery('event', ${fair})`;
  expect((await find(""))[0]).toEqual(["event", "Fair", true]);
  expect((await find("")).map(([scope]) => scope)).toContain("organization");
  await expect(connectAs("authenticated", ann!, { max: 1 })`select * from public.find_scopes('')`).rejects.toMatchObject({ code: "CN020" });
});
