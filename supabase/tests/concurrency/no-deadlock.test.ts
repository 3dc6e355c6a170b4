import { expect } from "vitest";
import type { Sql } from "postgres";
import type { TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, post } from "../harness/world.ts";
import { breakRule } from "./break-rule.ts";
import { test } from "./database-test.ts";
import { createPostOffice } from "./post-office.ts";
import { randomNumbers } from "./random-numbers.ts";

const CLIENTS = 16;
const TRANSACTIONS = 8;
/** Looked for long before a lock_timeout of 20 ms could hide one. */
const impatient = { connection: { deadlock_timeout: "5ms" } as Record<string, string> };

/** Deadlocks in this database. Backends report what they saw at the latest when they end, so every other one is ended. */
async function countDeadlocks({ sql }: TestDatabase): Promise<number> {
  for (;;) {
    const [row] = await sql<[{ others: number }]>`
      select count(pg_terminate_backend(a.pid))::int as others
      from pg_stat_activity a
      where a.datname = current_database()
        and a.backend_type = 'client backend'
        and a.pid <> pg_backend_pid()`;
    if (row.others === 0) break;
  }
  await sql`select pg_stat_force_next_flush()`;
  const [row] = await sql<[{ deadlocks: number }]>`
    select deadlocks::int from pg_stat_database where datname = current_database()`;
  return row.deadlocks;
}

test("16 clients writing across shared events in random order never deadlock while everything else goes on", async ({ database }) => {
  const { sql, connect, connectAs } = database;
  const people = await addPeople(sql, 30);
  const events: string[] = [];
  for (const title of ["One", "Two", "Three", "Four", "Five"]) {
    events.push(await addEvent(sql, { title, participants: people.slice(0, 26), members: people.slice(26, 28), window: 0 }));
  }
  const [reader, joiner] = [people[25]!, people[28]!];
  const random = randomNumbers(20261122);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  let writing = CLIENTS;

  const chat = connect({ ...impatient, max: CLIENTS });
  const write = async (author: string) => {
    for (let i = 0; i < TRANSACTIONS; i++) {
      const posts = Array.from({ length: 2 + Math.floor(random() * 3) }, () => [pick(events), random() < 0.2 ? "@user7 hello" : "hello"] as const);
      await chat.begin(async (transaction) => {
        for (const [event, body] of posts) await post(transaction as unknown as Sql, event, author, body);
      });
    }
    writing -= 1;
  };
  /** Goes on until everybody has written, and at least once. */
  const meanwhile = async (act: () => Promise<unknown>) => {
    do await act();
    while (writing > 0);
  };

  const office = createPostOffice(connect({ ...impatient, max: 4 }));
  const colleague = createPostOffice(connect({ ...impatient, max: 4 }), office.simulator);
  const wishes = connect({ ...impatient, max: 2 });
  const asReader = connectAs("authenticated", reader, { max: 1 });
  await Promise.all([
    ...people.slice(0, CLIENTS).map(write),
    meanwhile(() => office.deliver(40)),
    meanwhile(() => colleague.deliver(40)),
    meanwhile(() => wishes`
      insert into public.notification_preferences (user_id, delivery) values (${pick(people)}, 'daily')
      on conflict (user_id) do update set delivery = case excluded.delivery when 'daily' then 'immediate' else 'daily' end`),
    meanwhile(() => asReader`
      select public.mark_event_read(event_id, max(id)) from public.chat_messages group by event_id`),
    meanwhile(() => wishes`
      insert into public.event_participants (event_id, user_id) values (${pick(events)}, ${joiner}) on conflict do nothing`),
  ]);
  await wishes`update public.notification_preferences set delivery = 'immediate'`;
  await office.deliver(100);
  await office.deliver(100 + 3 * 86_400);

  const incidents = await sql`select distinct code from private.incidents where code = '40P01'`;
  expect([...incidents]).toEqual([]);
  const told = await sql`
    with letters as (
      select e.user_id, p.event_id, sum(p.count)::int as told
      from public.emails e
      cross join jsonb_to_recordset(e.parts) p (event_id uuid, count integer)
      where e.status = 'sent'
      group by 1, 2
    )
    select u.user_id, e.id as event_id,
      (select count(*)::int from public.chat_messages m where m.event_id = e.id and m.user_id <> u.user_id) as written,
      coalesce(l.told, 0) as told
    from unnest(${people.filter((id) => id !== reader && id !== joiner && id !== people[29])}::uuid[]) u (user_id)
    cross join public.events e
    left join letters l on l.user_id = u.user_id and l.event_id = e.id`;
  expect(told.length).toBe(27 * events.length);
  expect(told.filter((row) => row.written !== row.told)).toEqual([]);
  const [sent] = await sql`select count(*)::int from public.emails where status = 'sent'`;
  expect(office.simulator.accepted.totals.emails).toBe(sent!.count);
  expect(await countDeadlocks(database)).toBe(0);
});

/** Two clients write into two idle events in opposite orders, each its second message after both have written the first. */
async function cross(database: TestDatabase): Promise<number> {
  const { sql, connect } = database;
  const [ann, bob] = await addPeople(sql, 2);
  const events = [await addEvent(sql, { participants: [ann!] }), await addEvent(sql, { participants: [bob!] })];
  const clients = [connect({ ...impatient, max: 1 }), connect({ ...impatient, max: 1 })];
  for (const [i, client] of clients.entries()) {
    await client.unsafe("begin");
    await post(client, events[i]!, ann!, "hello");
  }
  await Promise.all(clients.map((client, i) => post(client, events[1 - i]!, bob!, "hello")));
  for (const client of clients) await client.unsafe("commit");
  return countDeadlocks(database);
}

test("two clients that write into two idle events in opposite orders do not deadlock", async ({ database }) => {
  expect(await cross(database)).toBe(0);
});

test("broken on purpose: openers that wait for each other deadlock", async ({ database }) => {
  await breakRule(
    database.sql,
    "private.open_burst",
    "if not pg_try_advisory_xact_lock(private.opening_lock(event_id)) then\n      return;\n    end if;",
    "perform pg_advisory_xact_lock(private.opening_lock(event_id));",
  );
  expect(await cross(database)).toBeGreaterThan(0);
});
