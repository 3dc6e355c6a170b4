import { expect } from "vitest";
import type { TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, post } from "../harness/world.ts";
import { breakRule } from "./break-rule.ts";
import { test } from "./database-test.ts";
import { createPostOffice } from "./post-office.ts";

/** user2 has news in so many events; user3, behind, in one. */
async function tellOfManyEvents({ sql }: TestDatabase, events: number) {
  const [ann, bob, cem] = await addPeople(sql, 3);
  // As after settling and fan-out; the chat's trigger would open bursts of its own.
  await sql.begin(async (transaction) => {
    await transaction`set local session_replication_role = replica`;
    await transaction`
      with organization as (
        insert into public.organizations (name) values ('Rooms Ltd') returning id
      ), event as (
        insert into public.events (organization_id, title)
        select id, 'Room ' || i from organization cross join generate_series(1, ${events}) i
        returning id
      ), burst as (
        insert into private.bursts (event_id, closes_at, settled_at, message_count, fanned_out_at)
        select id, now(), now(), 1, now() from event
        returning id, event_id
      ), message as (
        insert into public.chat_messages (event_id, user_id, body)
        select id, ${ann!}, 'news' from event
        returning id, event_id
      ), told as (
        insert into private.burst_messages (message_id, burst_id, author_id, posted_in, posted_at)
        select m.id, b.id, ${ann!}, pg_current_xact_id(), clock_timestamp()
        from message m join burst b using (event_id)
      ), participant as (
        insert into public.event_participants (event_id, user_id)
        select id, ${bob!} from event
      )
      insert into public.notifications (user_id, event_id, burst_id, lane, scheduled_for)
      select ${bob!}, event_id, id, 1, now() from burst`;
  });
  await post(sql, await addEvent(sql, { participants: [ann!, cem!] }), ann!, "alpha");
  const office = createPostOffice(sql);
  await office.deliver(125, 1);
  const letters = await sql`
    select p.handle, jsonb_array_length(e.parts) as shown, e.more
    from public.emails e
    join public.profiles p using (user_id)
    order by p.handle`;
  return { letters: [...letters], sent: office.simulator.accepted.totals.emails };
}

test("a recipient with 5,000 due events gets one letter that shows 20 and counts the rest, and holds up nobody", async ({ database }) => {
  expect(await tellOfManyEvents(database, 5000)).toEqual({
    letters: [
      { handle: "user2", shown: 20, more: { events: 4980, messages: 4980 } },
      { handle: "user3", shown: 1, more: { events: 0, messages: 0 } },
    ],
    sent: 2,
  });
});

test("broken on purpose: without the limit of events the letter is as long as the list", async ({ database }) => {
  await breakRule(database.sql, "private.write_letters", "else 20 end as fits", "else 40 end as fits");
  expect((await tellOfManyEvents(database, 50)).letters[0]).toMatchObject({ shown: 40 });
});
