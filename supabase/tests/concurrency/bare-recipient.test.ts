import { expect } from "vitest";
import type { TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, post } from "../harness/world.ts";
import { breakRule } from "./break-rule.ts";
import { test } from "./database-test.ts";
import { createPostOffice } from "./post-office.ts";

/** user2 has neither a profile nor preferences, as after an import; user3 is behind. One recipient a claim. */
async function tellBareRecipient({ sql }: TestDatabase) {
  const [ann, bare, cem] = await addPeople(sql, 3);
  await sql`delete from public.profiles where user_id = ${bare!}`;
  await sql`
    insert into public.notification_preferences (user_id) values (${cem!})`;
  const event = await addEvent(sql, { participants: [ann!, bare!, cem!] });
  await sql`insert into public.event_notification_preferences (user_id, event_id) values (${cem!}, ${event})`;
  await post(sql, event, ann!, "alpha");
  const office = createPostOffice(sql);
  await office.deliver(125, 1);
  return office.letters(["alpha"]);
}

test("a recipient without any profile or preferences is told like everybody", async ({ database }) => {
  expect(await tellBareRecipient(database)).toEqual({ user2: ["alpha"], user3: ["alpha"] });
});

test("broken on purpose: wishes that need a row lose who has none", async ({ database }) => {
  await breakRule(database.sql, "private.notify_recipients", "left join public.notification_preferences", "join public.notification_preferences");
  expect(await tellBareRecipient(database)).toEqual({ user3: ["alpha"] });
});

test("broken on purpose: people that need a profile lose who has none", async ({ database }) => {
  await breakRule(database.sql, "private.recipient_people", "left join", "join");
  expect(await tellBareRecipient(database)).toEqual({ user3: ["alpha"] });
});
