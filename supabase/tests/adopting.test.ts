import { readdirSync, readFileSync } from "node:fs";
import type { Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureAuthSchema } from "../../apps/local/src/auth-schema.ts";
import { createRoles } from "../../apps/local/src/create-roles.ts";
import { buildInitialMigration, HOST_SCHEMAS } from "../../scripts/build-migrations.ts";
import { createTestDatabase, type TestDatabase } from "./harness/test-database.ts";
import { createDelivery, drain, later, TEST_DEPLOYMENT } from "./harness/world.ts";

const root = new URL("../../", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), "utf8");
const OLD_POSTS = 100_000;

let home: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  home = await createTestDatabase();
  await home.sql`create database existing_rooms`;
  sql = home.connect({ database: "existing_rooms", max: 2 });
  const url = new URL(home.url);
  url.pathname = "/existing_rooms";
  await createRoles(sql);
  await ensureAuthSchema(sql, url.href);
  await sql.unsafe(read("examples/existing-app/app.sql")).simple();
  // Forty people with accounts and one without, in a room of 40 and one of 2; the room has been talking for years.
  await sql.unsafe(`
    insert into auth.users (id, email, email_confirmed_at)
    select ('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, 'person' || i || '@example.com', now() from generate_series(1, 40) i;
    insert into public.people (account, nick, full_name) select u.id, 'Nick' || row_number() over (order by u.id), 'Person' from auth.users u order by u.id;
    insert into public.people (nick) values ('ghost');
    insert into public.rooms (title) values ('Long talk'), ('Quiet');
    insert into public.room_members (room_id, person_id, since) select 1, p.id, now() - interval '5 years' from public.people p;
    insert into public.room_members (room_id, person_id, since) select 2, i, now() - interval '5 years' from generate_series(1, 2) i;
    insert into public.posts (room_id, person_id, content, posted_at)
    select 1, 1 + i % 41, 'old post ' || i, now() - interval '1 minute' * i from generate_series(1, ${OLD_POSTS}) i;`).simple();
});
afterAll(async () => {
  await sql?.end();
  await home.sql`drop database existing_rooms with (force)`;
  await home.drop();
});

/** Everything that the catalog knows of the database beyond Postgres' own, one line each. */
async function catalog(): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    with ours as (select oid from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema')
    select 'schema ' || n.nspname || ' ' || coalesce(n.nspacl::text, '') as line from pg_namespace n where n.oid in (select oid from ours)
    union all select c.relkind::text || ' ' || c.oid::regclass::text || ' ' || coalesce(c.relacl::text, '') from pg_class c where c.relnamespace in (select oid from ours)
    union all select 'function ' || p.oid::regprocedure::text || ' ' || coalesce(p.proacl::text, '') from pg_proc p where p.pronamespace in (select oid from ours)
    union all select 'trigger ' || t.tgrelid::regclass::text || ' ' || t.tgname from pg_trigger t where not t.tgisinternal
    union all select 'constraint ' || k.conrelid::regclass::text || ' ' || k.conname from pg_constraint k where k.connamespace in (select oid from ours) and k.conrelid <> 0
    union all select 'policy ' || tablename || ' ' || policyname from pg_policies
    union all select 'type ' || t.oid::regtype::text from pg_type t where t.typnamespace in (select oid from ours)
    order by line`;
  return rows.map(({ line }) => line);
}

/** As the page says: the file's own transaction, on one connection. */
async function uninstall(from: TestDatabase, database?: string): Promise<void> {
  const owner = from.connect({ max: 1, ...(database === undefined ? {} : { database }) });
  await owner.unsafe(read("supabase/uninstall.sql")).simple();
  await owner.end();
}

/** The app's own rows, as a hash each table. */
const rowsOfApp = () => sql`
  select (select md5(string_agg(p::text, '' order by p.id)) from public.people p) as people, (select md5(string_agg(m::text, '' order by m::text)) from public.room_members m) as members,
    (select md5(string_agg(p::text, '' order by p.id)) from public.posts p where p.id <= ${OLD_POSTS}) as posts`;

test("installed into an app with tables and keys of its own it mails what is new, nothing old, and leaves without a trace", async () => {
  const before = { catalog: await catalog(), rows: [...await rowsOfApp()] };
  await sql.unsafe(buildInitialMigration(read("examples/existing-app/adapter.sql"))).simple();
  await sql`update private.settings set delivery_on_for = ${TEST_DEPLOYMENT}, requests_per_second = null, emails_per_second = null`;
  let asOf = later(3600);
  const { deps, simulator } = createDelivery(sql, () => asOf);
  expect(await drain(deps)).toBe(0);

  await sql`insert into public.posts (room_id, person_id, content) values (1, 1, 'the first new post'), (1, 2, 'and one for @nick7')`;
  expect(await drain(deps)).toBe(40);
  const letters = simulator.accepted.all().map(({ wire }) => wire);
  expect(letters).toHaveLength(40);
  for (const { text, subject } of letters) {
    expect(text).not.toContain("old post");
    expect(`${subject} ${text}`).toContain("Long talk");
  }
  const toSeven = letters.find(({ to }) => [to].flat().includes("person7@example.com"))!;
  expect(toSeven.text).toContain("@nick7");
  const [{ room }] = await sql<[{ room: string }]>`select distinct private.room_of_event(event_id)::text as room from public.notifications`;
  expect(room).toBe("1");

  // Nobody outside the quiet room hears of it; a removed post is told to nobody.
  asOf = later(7200);
  await sql`insert into public.posts (room_id, person_id, content, removed) values (2, 1, 'never shown', true), (2, 1, 'just us two', false)`;
  expect(await drain(deps)).toBe(1);
  expect(simulator.accepted.all().at(-1)!.wire.text).not.toContain("never shown");

  await uninstall(home, "existing_rooms");
  expect(await catalog()).toEqual(before.catalog);
  expect([...await rowsOfApp()]).toEqual(before.rows);
  await sql`insert into public.posts (room_id, person_id, content) values (1, 1, 'life goes on')`;
});

test("room numbers of any size become events and come back, and no other uuid is taken for a room", async () => {
  await sql.unsafe(buildInitialMigration(read("examples/existing-app/adapter.sql"))).simple();
  const numbers = ["0", "1", "255", "4294967296", "9223372036854775807", "-1"];
  const rows = await sql<{ n: string; event: string }[]>`
    select private.room_of_event(private.event_of_room(n))::text as n, private.event_of_room(n)::text as event from unnest(${numbers}::bigint[]) n`;
  expect(rows.map(({ n }) => n)).toEqual(numbers);
  expect(rows[1]!.event).toBe("726f6f6d-0000-8000-8000-000000000001");
  expect((await sql`select private.room_of_event(gen_random_uuid()) is null as nothing from generate_series(1, 1000)`).every(({ nothing }) => nothing)).toBe(true);
  await uninstall(home, "existing_rooms");
});

test("no schema of the engine's names a table of the host's", () => {
  const engine = readdirSync(new URL("supabase/schemas/", root)).filter((file) => file.endsWith(".sql") && !HOST_SCHEMAS.includes(file));
  const naming = engine.filter((file) => {
    // Quoted names are looked up, and may be missing.
    const text = read(`supabase/schemas/${file}`).replaceAll(/'[^'\n]*'/g, "");
    return /public\.(events|event_participants|organizations|organization_members|chat_messages|profiles)\b/.test(text);
  });
  expect(naming).toEqual([]);
});

test("uninstalled from our own chat it leaves the chat's rows and nothing of the engine", async () => {
  const database = await createTestDatabase();
  try {
    await uninstall(database);
    const left = await database.sql`
      select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v') order by 1`;
    expect(left.map(({ relname }) => relname)).toEqual(["chat_messages", "event_invitations", "event_participants", "events", "organization_members", "organizations", "profiles"]);
    expect(await database.sql`select proname from pg_proc where pronamespace = 'public'::regnamespace`).toEqual([]);
    expect(await database.sql`select from pg_namespace where nspname = 'private'`).toEqual([]);
  } finally {
    await database.drop();
  }
});
