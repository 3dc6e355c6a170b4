import { expect } from "vitest";
import type { TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, post } from "../harness/world.ts";
import { breakRule } from "./break-rule.ts";
import { test } from "./database-test.ts";
import { createPostOffice } from "./post-office.ts";

/** While a burst is open: user3 joins the event, user4 its organization, user5 turns mail on, user6 this event's. */
async function changeWhileOpen({ sql }: TestDatabase) {
  const [ann, bob, participant, member, mailer, unmuter] = await addPeople(sql, 6);
  const event = await addEvent(sql, { participants: [ann!, bob!, mailer!, unmuter!] });
  await sql`insert into public.notification_preferences (user_id, delivery) values (${mailer!}, 'off')`;
  await sql`insert into public.event_notification_preferences (user_id, event_id, level) values (${unmuter!}, ${event}, 'none')`;
  await post(sql, event, ann!, "before");

  await sql`insert into public.event_participants (event_id, user_id) values (${event}, ${participant!})`;
  await sql`
    insert into public.organization_members (organization_id, user_id)
    select organization_id, ${member!} from public.events where id = ${event}`;
  await sql`update public.notification_preferences set delivery = 'immediate' where user_id = ${mailer!}`;
  await sql`delete from public.event_notification_preferences where user_id = ${unmuter!}`;
  await post(sql, event, ann!, "after");

  const office = createPostOffice(sql);
  await office.deliver(125);
  return office.letters(["before", "after"]);
}

test("who joins or turns mail on while a burst is open hears of what comes after, and sees nothing from before joining", async ({ database }) => {
  expect(await changeWhileOpen(database)).toEqual({
    user2: ["before after"],
    user3: ["after"],
    user4: ["after"],
    user5: ["before after"],
    user6: ["before after"],
  });
});

test("broken on purpose: without the fan-out after settling, only those who were there at the opening hear", async ({ database }) => {
  await breakRule(database.sql, "private.settle_locked_bursts", "set settled_at = as_of,", "set settled_at = as_of, fanned_out_at = as_of,");
  expect(await changeWhileOpen(database)).toEqual({ user2: ["before after"] });
});

test("broken on purpose: letters that do not ask since when their reader is there show what was before", async ({ database }) => {
  await breakRule(database.sql, "private.gather_news", "when l.posted_at < r.since then 'before_joining'", "");
  expect(await changeWhileOpen(database)).toMatchObject({ user3: ["before after"], user4: ["before after"] });
});
