import { expect } from "vitest";
import type { TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, later, post } from "../harness/world.ts";
import { breakRule } from "./break-rule.ts";
import { test } from "./database-test.ts";
import { createPostOffice } from "./post-office.ts";

/** A second open burst that will find nothing to tell, and somebody who holds user2's notification of it. */
async function settleBesideHeldRow({ sql, connect }: TestDatabase, patienceMs: number) {
  const [ann, bob] = await addPeople(sql, 2);
  const event = await addEvent(sql, { participants: [ann!, bob!] });
  await post(sql, event, ann!, "alpha");
  const [empty] = await sql<[{ id: string }]>`
    insert into private.bursts (event_id, closes_at)
    select event_id, closes_at from private.bursts
    returning id`;
  await sql`
    insert into public.notifications (user_id, event_id, burst_id, lane, scheduled_for)
    values (${bob!}, ${event}, ${empty.id}, 1, now())`;
  const holder = connect({ max: 1 });
  await holder.unsafe("begin");
  await holder`select from public.notifications where burst_id = ${empty.id} for update`;
  const office = createPostOffice(connect({ connection: { statement_timeout: patienceMs } }));
  await office.deliver(125);
  await holder.unsafe("commit");
  await office.deliver(130);
  return office.letters(["alpha"]);
}

test("a burst that tells nothing does not wait for whoever holds one of its notifications", async ({ database }) => {
  expect(await settleBesideHeldRow(database, 20_000)).toEqual({ user2: ["alpha"] });
});

test("broken on purpose: settling that waits for rows waits for whoever holds one", async ({ database }) => {
  await breakRule(database.sql, "private.settle_locked_bursts", "and d.status = 'pending'\n    for update skip locked", "and d.status = 'pending'");
  await expect(settleBesideHeldRow(database, 300)).rejects.toMatchObject({ code: "57014" });
});

const ROOMS = 300;

/** One statement writes into many idle rooms at once; how many locks does one settling of up to 50 bursts hold? */
async function countLocks({ sql }: TestDatabase): Promise<number> {
  const [ann] = await addPeople(sql, 1);
  const event = await addEvent(sql, {});
  await sql`
    insert into public.events (organization_id, title)
    select e.organization_id, 'Room ' || i from public.events e cross join generate_series(2, ${ROOMS}) i where e.id = ${event}`;
  await sql`insert into public.chat_messages (event_id, user_id, body) select id, ${ann!}, 'alpha' from public.events`;
  return sql.begin(async (transaction) => {
    await transaction`select private.settle_bursts(50, ${later(125)})`;
    const [row] = await transaction<[{ count: number }]>`
      select count(*)::int from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()`;
    return row.count;
  });
}

test("settling after an import into many rooms holds locks for a batch of them, not for all", async ({ database }) => {
  expect(await countLocks(database)).toBeLessThanOrEqual(100);
});

test("broken on purpose: without its limit settling holds a lock for every room", async ({ database }) => {
  await breakRule(database.sql, "private.open_missing_bursts", "limit batch_size", "");
  expect(await countLocks(database)).toBeGreaterThanOrEqual(ROOMS - 10);
});
