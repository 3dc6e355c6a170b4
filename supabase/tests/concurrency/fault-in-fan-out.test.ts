import { expect } from "vitest";
import type { TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, post } from "../harness/world.ts";
import { breakRule } from "./break-rule.ts";
import { test } from "./database-test.ts";
import { incidentsSeen, plantFault } from "./planted-fault.ts";
import { createPostOffice } from "./post-office.ts";

const BODIES = ["alpha", "bravo"];

/**
 * alpha is posted, then no notification can be written for some of its recipients; bravo, in another event, is posted
 * after alpha. `passes` are the seconds at which processors work before it is mended.
 */
async function fanOutUnderFault(database: TestDatabase, { onlyFor }: { onlyFor?: number } = {}) {
  const { sql } = database;
  const people = await addPeople(sql, 6);
  const event = await addEvent(sql, { participants: people.slice(0, 4) });
  const other = await addEvent(sql, { participants: [people[0]!, people[4]!] });
  const user = onlyFor === undefined ? "" : ` and new.user_id = '${people[onlyFor - 1]}'`;
  const mend = await plantFault(sql, "public.notifications", `new.event_id = '${event}'${user}`);
  await post(sql, event, people[0]!, "alpha");
  await post(sql, other, people[0]!, "bravo");
  const office = createPostOffice(sql);
  const meanwhile = [];
  // Settled and the page failed; row by row; the single rows again.
  for (const seconds of [125, 135, 170]) {
    await office.deliver(seconds);
    meanwhile.push(Object.keys(office.letters(BODIES)).sort().join(" "));
  }
  const incidents = await incidentsSeen(database, people[5]!, people[1]!);
  await mend();
  await office.deliver(300);
  return { meanwhile, incidents, atLast: office.letters(BODIES) };
}

const INCIDENTS = { operator: ["fan_out P0001", "open P0001"], other: [] };
const EVERYBODY = { user2: ["alpha"], user3: ["alpha"], user4: ["alpha"], user5: ["bravo"] };

test("a recipient whose row cannot be written holds up nobody, and is told once it can", async ({ database }) => {
  expect(await fanOutUnderFault(database, { onlyFor: 3 })).toEqual({
    meanwhile: ["user5", "user2 user4 user5", "user2 user4 user5"],
    incidents: INCIDENTS,
    atLast: EVERYBODY,
  });
});

test("an event none of whose rows can be written holds up no other, and is told once they can", async ({ database }) => {
  expect(await fanOutUnderFault(database)).toEqual({
    meanwhile: ["user5", "user5", "user5"],
    incidents: INCIDENTS,
    atLast: EVERYBODY,
  });
});

test("broken on purpose: a page that never goes row by row holds up the good rows", async ({ database }) => {
  await breakRule(database.sql, "private.fan_out_page", "if burst.fan_out_failures = 0 then", "if true then");
  expect((await fanOutUnderFault(database, { onlyFor: 3 })).meanwhile).toEqual(["user5", "user5", "user5"]);
});

test("broken on purpose: a row that is not tried again is lost", async ({ database }) => {
  await breakRule(database.sql, "private.continue_fan_out", "private.retry_fan_out_failures(100, as_of)", "0");
  expect((await fanOutUnderFault(database, { onlyFor: 3 })).atLast).not.toHaveProperty("user3");
});

test("broken on purpose: without its exception block one page stops all processing", async ({ database }) => {
  await breakRule(database.sql, "private.fan_out_page", "exception when others then", "exception when division_by_zero then");
  await expect(fanOutUnderFault(database, { onlyFor: 3 })).rejects.toThrow("planted fault");
});
