import { expect } from "vitest";
import type { TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, post } from "../harness/world.ts";
import { breakRule } from "./break-rule.ts";
import { test } from "./database-test.ts";
import { incidentsSeen, plantFault } from "./planted-fault.ts";
import { createPostOffice } from "./post-office.ts";

/** user1 posts, mentioning user2 and user4, who wants mentions only, while no row can be written into the table; then it is mended. */
async function postUnderFault(database: TestDatabase, table: string) {
  const { sql, connectAs } = database;
  const [ann, bob, cem, dan, operator] = await addPeople(sql, 5);
  const event = await addEvent(sql, { participants: [ann!, bob!, cem!, dan!] });
  await sql`insert into public.event_notification_preferences (user_id, event_id, level) values (${dan!}, ${event}, 'mentions')`;
  const mend = await plantFault(sql, table);
  await post(connectAs("authenticated", ann!), event, ann!, "@user2 @user4 alpha");
  const incidents = await incidentsSeen(database, operator!, bob!);
  await mend();
  const office = createPostOffice(sql);
  await office.deliver(250);
  return { incidents, letters: office.letters(["alpha"]) };
}

for (const [table, steps] of Object.entries({
  "private.bursts": ["open P0001"],
  "public.notifications": ["mention P0001", "open P0001"],
})) {
  test(`with a fault in ${table} the message goes in, operators see it, and it is told once when mended`, async ({ database }) => {
    expect(await postUnderFault(database, table)).toEqual({
      incidents: { operator: steps, other: [] },
      letters: { user2: ["alpha"], user3: ["alpha"], user4: ["alpha"] },
    });
  });
}

test("broken on purpose: without its exception block the fault takes the message with it", async ({ database }) => {
  await breakRule(database.sql, "private.note_messages", "exception when others then", "exception when division_by_zero then");
  await expect(postUnderFault(database, "private.bursts")).rejects.toThrow("planted fault");
});

test("broken on purpose: where settling opens no burst in its stead, only those who are mentioned are told", async ({ database }) => {
  await breakRule(database.sql, "private.settle_bursts", "perform private.open_missing_bursts(batch_size, as_of);", "");
  expect((await postUnderFault(database, "private.bursts")).letters).toEqual({ user2: ["alpha"], user4: ["alpha"] });
});

test("broken on purpose: mentions that settling does not note are lost to who wants only them", async ({ database }) => {
  await breakRule(database.sql, "private.settle_bursts", "perform private.retry_missed_mentions(batch_size, as_of);", "");
  expect((await postUnderFault(database, "public.notifications")).letters).toEqual({ user2: ["alpha"], user3: ["alpha"] });
});

test("broken on purpose: without row-level security everybody sees the incident", async ({ database }) => {
  await database.sql`alter table private.incidents disable row level security`;
  expect((await postUnderFault(database, "private.bursts")).incidents.other).toEqual(["open P0001"]);
});

/** No burst can be opened for one event, neither by its writers nor by settling; a message goes into it and into another. */
async function postBesideFaultyEvent({ sql }: TestDatabase) {
  const [ann, bob, cem] = await addPeople(sql, 3);
  const faulty = await addEvent(sql, { participants: [ann!, bob!] });
  const sound = await addEvent(sql, { participants: [ann!, cem!] });
  const mend = await plantFault(sql, "private.bursts", `new.event_id = '${faulty}'`);
  await post(sql, faulty, ann!, "alpha");
  await post(sql, sound, ann!, "bravo");
  const office = createPostOffice(sql);
  await office.deliver(125);
  const meanwhile = office.letters(["alpha", "bravo"]);
  await mend();
  await office.deliver(250);
  return { meanwhile, atLast: office.letters(["alpha", "bravo"]) };
}

test("an event whose burst cannot be opened holds up no other", async ({ database }) => {
  expect(await postBesideFaultyEvent(database)).toEqual({
    meanwhile: { user3: ["bravo"] },
    atLast: { user2: ["alpha"], user3: ["bravo"] },
  });
});

test("broken on purpose: without settling's exception block one event stops all", async ({ database }) => {
  await breakRule(database.sql, "private.open_missing_bursts", "exception when others then", "exception when division_by_zero then");
  await expect(postBesideFaultyEvent(database)).rejects.toThrow("planted fault");
});
