import { expect } from "vitest";
import type { TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, post } from "../harness/world.ts";
import { breakRule } from "./break-rule.ts";
import { test } from "./database-test.ts";
import { createPostOffice } from "./post-office.ts";

/** user2 (digests) and user3 (immediate) live where no clock is known; user4 reads digests in UTC. */
async function tellOnMars({ sql }: TestDatabase) {
  const [ann, digest, immediate, earthling] = await addPeople(sql, 4);
  await sql`alter table public.profiles disable trigger profiles_are_checked`;
  await sql`update public.profiles set time_zone = 'Mars/Olympus' where user_id in (${digest!}, ${immediate!})`;
  await sql`insert into public.notification_preferences (user_id, delivery) values (${digest!}, 'daily'), (${earthling!}, 'daily')`;
  const event = await addEvent(sql, { participants: [ann!, digest!, immediate!, earthling!] });
  await post(sql, event, ann!, "alpha");
  const office = createPostOffice(sql);
  await office.deliver(130);
  await office.deliver(130 + 86_400);
  const due = await sql`
    select count(distinct scheduled_for)::int as times
    from public.notifications where lane = 2`;
  return { letters: office.letters(["alpha"]), digestTimes: due[0]!.times };
}

test("people in an unknown time zone are told, digests at their hour in UTC", async ({ database }) => {
  expect(await tellOnMars(database)).toEqual({
    letters: { user2: ["alpha"], user3: ["alpha"], user4: ["alpha"] },
    digestTimes: 1,
  });
});

test("broken on purpose: due times that trust the zone stop all processing", async ({ database }) => {
  await breakRule(database.sql, "private.known_zone", "exception when invalid_parameter_value then", "exception when division_by_zero then");
  await expect(tellOnMars(database)).rejects.toThrow('time zone "Mars/Olympus" not recognized');
});
