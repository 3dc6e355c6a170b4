import { expect } from "vitest";
import type { Sql } from "postgres";
import { addEvent, addPeople, later, post } from "../harness/world.ts";
import { addCrowd } from "./add-crowd.ts";
import { breakRule } from "./break-rule.ts";
import { test } from "./database-test.ts";

const PAGE = 50;

/** An event of so many people, one of whom posts: how many notifications does the posting transaction write? */
async function postInEventOf(sql: Sql, people: number) {
  const [author] = await addPeople(sql, 1);
  const event = await addEvent(sql, { participants: [author!] });
  await addCrowd(sql, event, people - 1);
  const written = await sql.begin(async (transaction) => {
    await post(transaction as unknown as Sql, event, author!, "alpha");
    const [row] = await transaction<[{ count: number }]>`
      select count(*)::int from public.notifications where event_id = ${event}`;
    return row.count;
  });
  return { event, written };
}

const empty = (sql: Sql) =>
  sql`truncate auth.users, private.bursts, private.untold_messages, public.notifications cascade`;

test("a message to 10, 1,000 and 100,000 people writes at most a page of notifications, the others follow after settling", async ({ database }) => {
  const { sql } = database;
  expect((await postInEventOf(sql, 10)).written).toBe(10);
  await empty(sql);
  expect((await postInEventOf(sql, 1000)).written).toBe(PAGE);
  await empty(sql);
  const { event, written } = await postInEventOf(sql, 100_000);
  expect(written).toBe(PAGE);

  await sql`select private.settle_bursts(100, ${later(125)})`;
  const pages = [];
  for (;;) {
    const [row] = await sql<[{ visited: number }]>`select private.continue_fan_out(10000, ${later(125)}) as visited`;
    if (row.visited === 0) break;
    pages.push(row.visited);
  }
  // The eleventh finds that there is nobody left.
  expect(pages).toEqual([...Array(10).fill(10_000), 1]);
  const [row] = await sql`
    select count(*)::int, count(distinct user_id)::int as people
    from public.notifications where event_id = ${event}`;
  expect(row).toEqual({ count: 100_000, people: 100_000 });
});

test("broken on purpose: without the page the message writes to everybody", async ({ database }) => {
  await breakRule(database.sql, "private.open_burst", "v_closes_at, null, 50)", "v_closes_at, null, 1000000)");
  expect((await postInEventOf(database.sql, 1000)).written).toBe(1000);
});
