import { expect } from "vitest";
import type { TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, later, post } from "../harness/world.ts";
import { breakRule } from "./break-rule.ts";
import { test } from "./database-test.ts";
import { createPostOffice } from "./post-office.ts";

/** user2 is mentioned, user3 has a burst, nobody a digest: whom does each of 20 claims of one recipient lock? */
async function claimOneByOne({ sql }: TestDatabase): Promise<string> {
  const [ann, bob, cem] = await addPeople(sql, 3);
  await post(sql, await addEvent(sql, { participants: [ann!, bob!], window: 3600 }), ann!, "@user2 alpha");
  await post(sql, await addEvent(sql, { participants: [cem!], window: 0 }), ann!, "bravo");
  await createPostOffice(sql).prepare(60);
  const names = new Map([[bob, "m"], [cem, "b"]]);
  let order = "";
  for (let i = 0; i < 20; i++) {
    const [row] = await sql<[{ user_ids: string[] }]>`
      select private.lock_due_recipients(1, '{}', ${later(60)}) as user_ids`;
    order += row.user_ids.map((id) => names.get(id)).join("");
  }
  return order;
}

test("where no digest waits, every tenth claim serves the lowest lane that does", async ({ database }) => {
  expect(await claimOneByOne(database)).toBe("mmmmmmmmmb".repeat(2));
});

test("broken on purpose: a tenth claim that goes back to mentions lets bursts wait for ever", async ({ database }) => {
  await breakRule(database.sql, "private.lock_due_recipients", "'{2,1,0}'", "'{2,0,1}'");
  expect(await claimOneByOne(database)).toBe("m".repeat(20));
});
