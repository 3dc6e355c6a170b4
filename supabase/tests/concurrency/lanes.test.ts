import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestDatabase, createTestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, later, post } from "../harness/world.ts";
import { breakRule } from "./break-rule.ts";
import { createPostOffice } from "./post-office.ts";

let database: TestDatabase;
let mentioned: string;

/** 100,000 digests of 2,000 people have been due for an hour when user2 is mentioned. One backlog for all tests here. */
beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  const [ann, bob] = await addPeople(sql, 2);
  mentioned = bob!;
  const event = await addEvent(sql, { participants: [ann!, bob!] });
  await sql`
    insert into public.notifications (user_id, event_id, burst_id, lane, scheduled_for)
    select u.id, ${event}, -b, 2, ${later(-3600)}
    from (select md5(i::text)::uuid as id from generate_series(1, 2000) i) u
    cross join generate_series(1, 50) b`;
  await post(sql, event, ann!, "@user2 alpha");
  await createPostOffice(sql).prepare(40);
});
afterAll(() => database.drop());

/** Whom each of 30 claims of one recipient locks: m the one who is mentioned, d a reader of digests. */
async function claimOneByOne(): Promise<string> {
  const { sql } = database;
  await sql`alter sequence private.claim_turns restart`;
  let order = "";
  for (let i = 0; i < 30; i++) {
    const [row] = await sql<[{ user_ids: string[] }]>`
      select private.lock_due_recipients(1, '{}', ${later(40)}) as user_ids`;
    order += row.user_ids.map((id) => (id === mentioned ? "m" : "d")).join("");
  }
  return order;
}

test("a mention behind 100,000 due digests is claimed next, and every tenth claim serves digests", async () => {
  expect(await claimOneByOne()).toBe("mmmmmmmmmd".repeat(3));
});

test("broken on purpose: a claim that does not begin with mentions serves the digests first", async () => {
  const mend = await breakRule(database.sql, "private.lock_due_recipients", "else '{0,1,2}'", "else '{2,1,0}'");
  expect(await claimOneByOne()).toBe("d".repeat(30));
  await mend();
});

test("broken on purpose: without the tenth claim digests wait as long as there are mentions", async () => {
  const mend = await breakRule(database.sql, "private.lock_due_recipients", "% 10 = 0", "% 10 < 0");
  expect(await claimOneByOne()).toBe("m".repeat(30));
  await mend();
});

test("a claim behind the backlog composes the mention's letter", async () => {
  const { sql } = database;
  await sql`alter sequence private.claim_turns restart`;
  const office = createPostOffice(sql);
  await office.prepare(40);
  const dispatches = await office.deps.database.getPendingNotifications(1);
  expect(dispatches).toMatchObject([{ letters: [{ recipient: { email: "user2@example.com" } }] }]);
});
