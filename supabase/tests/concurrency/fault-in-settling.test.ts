import { expect } from "vitest";
import type { TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, later, post } from "../harness/world.ts";
import { breakRule } from "./break-rule.ts";
import { test } from "./database-test.ts";
import { incidentsSeen, plantFault } from "./planted-fault.ts";
import { createPostOffice } from "./post-office.ts";

/** The burst of one event cannot be settled; another event's can. */
async function settleBesideFaultyEvent(database: TestDatabase) {
  const { sql } = database;
  const [ann, bob, cem, operator] = await addPeople(sql, 4);
  const faulty = await addEvent(sql, { participants: [ann!, bob!] });
  const sound = await addEvent(sql, { participants: [ann!, cem!] });
  await post(sql, faulty, ann!, "alpha");
  await post(sql, sound, ann!, "bravo");
  const mend = await plantFault(sql, "private.bursts", `new.event_id = '${faulty}' and new.settled_at is not null`, "update");
  const office = createPostOffice(sql);
  await office.deliver(125);
  const meanwhile = office.letters(["alpha", "bravo"]);
  const incidents = await incidentsSeen(database, operator!, bob!);
  await mend();
  await office.deliver(250);
  return { meanwhile, incidents, atLast: office.letters(["alpha", "bravo"]) };
}

test("an event whose burst cannot be settled holds up no other, operators see it, and it is told once when mended", async ({ database }) => {
  expect(await settleBesideFaultyEvent(database)).toEqual({
    meanwhile: { user3: ["bravo"] },
    incidents: { operator: ["settle P0001"], other: [] },
    atLast: { user2: ["alpha"], user3: ["bravo"] },
  });
});

test("broken on purpose: without its exception blocks one event stops all", async ({ database }) => {
  await breakRule(database.sql, "private.settle_bursts", "exception when others then", "exception when division_by_zero then");
  await expect(settleBesideFaultyEvent(database)).rejects.toThrow("planted fault");
});

/** Two events have lost their bursts; that of the first in the queue cannot be opened, and settling opens one at a time. */
async function openBehindFaultyEvent({ sql }: TestDatabase): Promise<number> {
  const [ann] = await addPeople(sql, 1);
  const events = [await addEvent(sql, { participants: [ann!] }), await addEvent(sql, { participants: [ann!] })].sort();
  for (const event of events) await post(sql, event, ann!, "alpha");
  await sql`delete from private.bursts`;
  await plantFault(sql, "private.bursts", `new.event_id = '${events[0]}'`);
  for (let pass = 0; pass < 3; pass++) await sql`select private.settle_bursts(1, ${later(125)})`;
  const told = await sql`select from private.bursts where event_id = ${events[1]!} and settled_at is not null`;
  return told.length;
}

test("an event whose burst cannot be opened lets those behind it go first the next time", async ({ database }) => {
  expect(await openBehindFaultyEvent(database)).toBe(1);
});

test("broken on purpose: settling that forgets what it could not open never gets past it", async ({ database }) => {
  await breakRule(database.sql, "private.open_missing_bursts", "and f.retry_at > as_of", "and f.retry_at > as_of and false");
  expect(await openBehindFaultyEvent(database)).toBe(0);
});
