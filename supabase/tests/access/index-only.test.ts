import type { Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";

/** Times are for the benchmark; here the pages that are read count. */
const MESSAGES = 1_000_000;
const EVENTS = 1_000;
/** Rooms of others that nobody writes in: tables large enough that reading them whole would be a mistake. */
const QUIET_EVENTS = 20_000;
const READER = "00000000-0000-4000-8000-000000000001";
const EVENT = "00000000-0000-4000-a000-000000000100";

let database: TestDatabase;
let reader: Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  // The reader is in the first 200 of 1,000 events of 1,000 organizations, 20 people each.
  await database.sql.unsafe(`
    set session_replication_role = replica;
    alter table public.chat_messages drop constraint chat_messages_body_has_text;
    -- Built at the end, in one go, as a restore does: several times as fast.
    create temp table later as
    select i.indexrelid::regclass as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i where i.indrelid = 'public.chat_messages'::regclass and not i.indisprimary;
    do $$ declare v record; begin for v in select l.name::text from later l loop execute 'drop index ' || v.name; end loop; end $$;
    create function pg_temp.id(kind text, n integer) returns uuid language sql immutable
      return ('00000000-0000-4000-' || kind || '-' || lpad(n::text, 12, '0'))::uuid;
    insert into auth.users (id, email) select pg_temp.id('8000', i), 'u' || i || '@example.com' from generate_series(1, 1000) i;
    insert into public.profiles (user_id, handle, display_name) select pg_temp.id('8000', i), 'u' || i, 'U' || i from generate_series(1, 1000) i;
    insert into public.organizations (id, name) select pg_temp.id('9000', i), 'O' || i from generate_series(0, 999) i;
    insert into public.events (id, organization_id, title) select pg_temp.id('a000', i), pg_temp.id('9000', i % 1000), 'E' || i from generate_series(1, ${EVENTS + QUIET_EVENTS}) i;
    insert into public.organization_members (organization_id, user_id)
    select pg_temp.id('9000', i % 1000), pg_temp.id('8000', 2 + i % 998) from generate_series(1, 20000) i on conflict do nothing;
    insert into public.event_notification_preferences (user_id, event_id)
    select pg_temp.id('8000', 1 + i % 1000), pg_temp.id('a000', i) from generate_series(1, ${QUIET_EVENTS}) i;
    insert into public.event_participants (event_id, user_id, joined_at)
    select pg_temp.id('a000', e), pg_temp.id('8000', case when k = 1 and e <= 200 then 1 else 2 + (e * 37 + k * 53) % 998 end), now() - interval '1 day'
    from generate_series(1, ${EVENTS}) e, generate_series(1, 20) k on conflict do nothing;
    insert into public.chat_messages (event_id, user_id, body)
    select (array(select pg_temp.id('a000', n) from generate_series(1, ${EVENTS}) n))[1 + i % ${EVENTS}],
      (array(select pg_temp.id('8000', n) from generate_series(1, 1000) n))[2 + ((1 + i % ${EVENTS}) * 37 + (2 + i / ${EVENTS} % 19) * 53) % 998],
      'message ' || i
    from generate_series(1, ${MESSAGES}) i;
    do $$ declare v record; begin for v in select l.definition from later l loop execute v.definition; end loop; end $$;
    set session_replication_role = origin;
    analyze;`).simple();
  reader = database.connectAs("authenticated", READER, { max: 1 });
});
afterAll(() => database.drop());

interface Plan {
  "Node Type": string;
  "Relation Name"?: string;
  Plans?: Plan[];
}

/** Runs it as the reader: which relations it read from end to end, and how many pages it touched. */
async function explain(query: string): Promise<{ scanned: string[]; buffers: number; rows: number }> {
  await reader.unsafe(query);
  const [row] = await reader.unsafe<{ "QUERY PLAN": [{ Plan: Plan & Record<"Shared Hit Blocks" | "Shared Read Blocks" | "Actual Rows", number> }] }[]>(
    `explain (analyze, buffers, format json) ${query}`);
  const plan = row!["QUERY PLAN"][0].Plan;
  const nodes = (node: Plan): Plan[] => [node, ...(node.Plans ?? []).flatMap(nodes)];
  return {
    scanned: nodes(plan).filter((node) => node["Node Type"] === "Seq Scan").map((node) => node["Relation Name"]!),
    buffers: plan["Shared Hit Blocks"] + plan["Shared Read Blocks"],
    rows: plan["Actual Rows"],
  };
}

/** What functions with the owner's rights read is not in the plan of their caller; their scans are counted by the tables. */
async function sequentialScans(during: () => Promise<unknown>): Promise<Record<string, number>> {
  const count = async () => {
    await reader`select pg_stat_force_next_flush()`;
    return new Map((await database.sql`select relname, seq_scan from pg_stat_user_tables where schemaname = 'public'`).map(({ relname, seq_scan }) => [relname as string, Number(seq_scan)]));
  };
  const before = await count();
  await during();
  const after = await count();
  return Object.fromEntries([...after].map(([name, n]) => [name, n - before.get(name)!] as const).filter(([, n]) => n > 0));
}

test("a room's latest 50 messages with their authors' names come by index", async () => {
  const query = `
    select m.id, m.body, m.created_at, p.display_name
    from chat_messages m left join profiles p on p.user_id = m.user_id
    where m.event_id = '${EVENT}' order by m.id desc limit 50`;
  const messages = await explain(`select id, body, user_id from chat_messages where event_id = '${EVENT}' order by id desc limit 50`);
  expect(messages).toMatchObject({ scanned: [], rows: 50 });
  expect(messages.buffers).toBeLessThan(150);
  const named = await explain(query);
  expect(named).toMatchObject({ scanned: [], rows: 50 });
  expect(named.buffers).toBeLessThan(2000);
});

test("the newest messages of all rooms, and one page further back, come by index", async () => {
  const newest = await explain("select id, event_id, body from chat_messages order by id desc limit 50");
  expect(newest).toMatchObject({ scanned: [], rows: 50 });
  expect(newest.buffers).toBeLessThan(300);
  const further = await explain(`select id, body from chat_messages where event_id = '${EVENT}' and id < ${MESSAGES / 2} order by id desc limit 50`);
  expect(further).toMatchObject({ scanned: [], rows: 50 });
  expect(further.buffers).toBeLessThan(150);
});

test("the bell of somebody in 200 events reads nothing from end to end", async () => {
  await reader`select * from public.my_inbox()`;
  expect(await sequentialScans(() => reader`select * from public.my_inbox()`)).toEqual({});
  const { rows, buffers } = await explain("select * from public.my_inbox()");
  expect(rows).toBe(200);
  // Up to 100 unread messages a room are counted: 20,000 rows, each on a page of its own at worst.
  expect(buffers).toBeLessThan(60_000);
});

test("somebody else's room costs as little, and shows nothing", async () => {
  const foreign = await explain("select id from chat_messages where event_id = '00000000-0000-4000-a000-000000000900' order by id desc limit 50");
  expect(foreign).toMatchObject({ scanned: [], rows: 0 });
  expect(foreign.buffers).toBeLessThan(2000);
});
