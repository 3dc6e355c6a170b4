import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import type { Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applyMigrations } from "../../../apps/local/src/apply-migrations.ts";
import { ensureAuthSchema } from "../../../apps/local/src/auth-schema.ts";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { readAccessPage } from "./access-page.ts";
import { readFunctionPrivileges, readRelationPrivileges } from "./live-privileges.ts";

const page = readAccessPage();
const OF_THE_TESTS = ["refuse_unknown_moves"];
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** A project from before April 2026: whatever is created in public is everybody's until it is revoked. */
async function createWideOpenDatabase(): Promise<Sql> {
  await database.sql`create database wide_open`;
  const sql = database.connect({ database: "wide_open", max: 1 });
  const url = new URL(database.url);
  url.pathname = "/wide_open";
  await ensureAuthSchema(sql, url.href);
  await sql.unsafe(`
    grant usage on schema public to anon, authenticated, service_role;
    alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
    alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
    alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;`);
  await applyMigrations(sql, fileURLToPath(new URL("../../migrations", import.meta.url)));
  return sql;
}

describe.each(["a plain database", "a database with the default privileges of older projects"])("in %s", (kind) => {
  let sql: Sql;
  beforeAll(async () => {
    sql = kind === "a plain database" ? database.sql : await createWideOpenDatabase();
  });
  afterAll(async () => {
    if (sql !== database.sql) {
      await sql.end();
      await database.sql`drop database wide_open`;
    }
  });

  test("every relation grants what docs/access.md says", async () => {
    const live = await readRelationPrivileges(sql);
    const wrong = [...live].filter(([relation, roles]) => !isDeepStrictEqual(page.grants.get(relation), roles));
    expect(
      wrong.map(([relation, roles]) => `| ${[relation, ...Object.values(roles)].join(" | ")} |`),
      "the catalog has rows that docs/access.md, “Grants on tables, views and sequences”, lacks: add those that are meant, mend the others in supabase/schemas",
    ).toEqual([]);
    expect([...page.grants.keys()].filter((relation) => !live.has(relation)), "in docs/access.md, but not in the database").toEqual([]);
  });

  test("every function may be executed by those whom docs/access.md names", async () => {
    const live = await readFunctionPrivileges(sql);
    const wrong = [...live].filter(([name, { roles }]) => !OF_THE_TESTS.includes(name) && !isDeepStrictEqual(page.execute.get(name), roles));
    expect(
      wrong.map(([name, { roles }]) => `${name} – \`${roles.join(", ") || "nobody"}\``),
      "add these names in docs/access.md, “Who may execute which function”, to the paragraph of those roles if it is meant, and mend the others in supabase/schemas",
    ).toEqual([]);
    expect([...live].filter(([, { overloads }]) => overloads > 1), "two functions of one name: PostgREST cannot tell overloads apart, and readers not schemas").toEqual([]);
    expect([...page.execute.keys()].filter((name) => !live.has(name)), "in docs/access.md, but not in the database").toEqual([]);
  });
});

test("every table has row-level security, every policy names its role, every view of browsers is security_invoker", async () => {
  const { sql } = database;
  expect(await sql`
    select c.oid::regclass::text from pg_class c
    where c.relnamespace::regnamespace::text in ('public', 'private') and c.relkind in ('r', 'p') and not c.relrowsecurity`).toEqual([]);
  expect(await sql`select policyname from pg_policies where schemaname in ('public', 'private') and (roles <> '{authenticated}' or permissive <> 'PERMISSIVE')`).toEqual([]);
  expect(await sql`
    select c.relname from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'v'
      and has_table_privilege('authenticated', c.oid, 'select')
      and not coalesce('security_invoker=true' = any(c.reloptions), false)`).toEqual([]);
});

test("every function fixes what its names mean: its own search_path, or a body bound when it was created", async () => {
  expect(await database.sql`
    select p.oid::regprocedure::text from pg_proc p
    where p.pronamespace::regnamespace::text in ('public', 'private')
      and p.prosqlbody is null
      and not coalesce(p.proconfig && array['search_path=""', 'search_path=pg_catalog, pg_temp'], false)
      and p.proname <> all(${OF_THE_TESTS})`).toEqual([]);
});

test("only these roles enter the schemas, and nobody but the owner creates anything there", async () => {
  const rows = await database.sql<{ schema: string; role: string; privilege_type: string }[]>`
    select n.nspname as schema, coalesce(r.rolname, 'public') as role, a.privilege_type
    from pg_namespace n
    cross join aclexplode(n.nspacl) a
    left join pg_roles r on r.oid = a.grantee
    where n.nspname in ('public', 'private') and a.grantee <> n.nspowner
    order by 1, 2`;
  expect(rows.filter(({ schema }) => schema === "private").map(({ role, privilege_type }) => `${role} ${privilege_type}`)).toEqual([
    "authenticated USAGE", "notifier USAGE", "service_role USAGE",
  ]);
  expect(rows.filter(({ privilege_type }) => privilege_type === "CREATE")).toEqual([]);
});
