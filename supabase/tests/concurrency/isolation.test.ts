import { expect } from "vitest";
import type { TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, post } from "../harness/world.ts";
import { breakRule } from "./break-rule.ts";
import { test } from "./database-test.ts";
import { createPostOffice } from "./post-office.ts";

/** user2's transaction is older than user1's message and so does not see the burst it opened; then user2 posts. */
async function postFromOldSnapshot({ sql, connect }: TestDatabase, level: string) {
  const [ann, bob, cem] = await addPeople(sql, 3);
  const event = await addEvent(sql, { participants: [ann!, bob!, cem!] });
  const client = connect({ max: 1 });
  await client.unsafe(`begin isolation level ${level}`);
  await client`select from public.events`;
  await post(sql, event, ann!, "alpha");
  await post(client, event, bob!, "bravo");
  await client.unsafe("commit");
  await client.unsafe(`begin isolation level ${level}`);
  await post(client, event, bob!, "charlie");
  await client.unsafe("commit");
  const [opened] = await sql<[{ count: number }]>`select count(*)::int from private.bursts`;
  const office = createPostOffice(sql);
  await office.deliver(125);
  const [left] = await sql`
    select (select count(*)::int from private.bursts where settled_at is null) as bursts,
      (select count(*)::int from private.untold_messages) as messages,
      (select count(*)::int from public.notifications where status in ('pending', 'processing')) as notifications,
      (select count(*)::int from private.incidents) as incidents`;
  return { letters: office.letters(["alpha", "bravo", "charlie"]), opened: opened.count, left };
}

for (const level of ["repeatable read", "serializable"]) {
  test(`a chat client in ${level} posts as any other and is told once`, async ({ database }) => {
    expect(await postFromOldSnapshot(database, level)).toEqual({
      letters: { user1: ["bravo charlie"], user2: ["alpha"], user3: ["alpha bravo charlie"] },
      opened: 1,
      left: { bursts: 0, messages: 0, notifications: 0, incidents: 0 },
    });
  });
}

test("broken on purpose: a writer that looks for an open burst in an old snapshot opens another", async ({ database }) => {
  await breakRule(database.sql, "private.note_messages", "= 'read committed'", "<> 'no level at all'");
  expect(await postFromOldSnapshot(database, "repeatable read")).toMatchObject({ opened: 2 });
});

const REFUSED = ["repeatable read", "serializable"] as const;
const PROCESSOR_CALLS = [
  "select private.settle_bursts()",
  "select private.continue_fan_out()",
  "select * from public.get_pending_notifications()",
];

async function refusals({ connect }: TestDatabase, level: (typeof REFUSED)[number]): Promise<unknown[]> {
  const processor = connect({ max: 1, connection: { default_transaction_isolation: level } });
  return Promise.all(
    PROCESSOR_CALLS.map((call) => processor.unsafe(call).then(() => "done", (error: { code: string; message: string }) => `${error.code} ${error.message}`)),
  );
}

for (const level of REFUSED) {
  test(`a processor in ${level} is refused and told why`, async ({ database }) => {
    const refusal = `CN010 The processor must run in READ COMMITTED, not ${level}.`;
    expect(await refusals(database, level)).toEqual([refusal, refusal, refusal]);
  });
}

test("broken on purpose: without the check a processor works on an old snapshot", async ({ database }) => {
  await breakRule(database.sql, "private.require_read_committed", "<> 'read committed'", "= 'no level at all'");
  expect(await refusals(database, "repeatable read")).toEqual(["done", "done", "done"]);
});
