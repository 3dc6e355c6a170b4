import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureAuthSchema } from "../../../apps/local/src/auth-schema.ts";
import { withLogin } from "../../../apps/local/src/login-roles.ts";
import { createEmbeddedExtras, createRoles } from "../../../apps/local/src/create-roles.ts";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { readCatalog } from "./read-catalog.ts";
import { runSupabase } from "./supabase-cli.ts";

const SUPABASE = path.join(import.meta.dirname, "../..");

/** Whose cluster the two databases of this test are in. */
let host: TestDatabase;
const opened: Sql[] = [];

beforeAll(async () => {
  host = await createTestDatabase();
  await host.sql.unsafe(`
    create role ${nameOf("owner")} login createrole createdb replication bypassrls password 'owner';
    grant anon, authenticated, service_role, notifier to ${nameOf("owner")} with admin option;
    grant pg_monitor, pg_read_all_data to ${nameOf("owner")};`).simple();
});
afterAll(async () => {
  await Promise.all(opened.map((sql) => sql.end()));
  for (const name of ["pushed", "declared"]) await host.sql.unsafe(`drop database if exists ${nameOf(name)} with (force)`);
  await host.sql.unsafe(`drop role ${nameOf("owner")}`);
  await host.drop();
});

const nameOf = (name: string) => `${new URL(host.url).pathname.slice(1)}_${name}`;

/**
 * A database with the roles and schema auth of a Supabase project, and nothing of ours. Its owner is what `postgres` is
 * there: no superuser, and not the owner of auth.
 */
async function openEmptyProject(name: string): Promise<{ url: string; sql: Sql }> {
  const owner = nameOf("owner");
  await host.sql.unsafe(`create database ${nameOf(name)} owner ${owner}`);
  const url = host.url.replace(/[^/]+$/, nameOf(name));
  const superuser = postgres(url, { max: 1, onnotice() {} }) as unknown as Sql;
  await createRoles(superuser);
  await createEmbeddedExtras(superuser);
  await ensureAuthSchema(superuser, url);
  await superuser.unsafe(`
    drop schema if exists supabase_migrations cascade; -- of Lite's
    grant all on schema auth, extensions to ${owner};
    grant all on all tables in schema auth to ${owner};
    grant all on all functions in schema auth to ${owner};`).simple();
  await superuser.end();
  const login = withLogin(url, owner, "owner");
  const sql = postgres(login, { max: 1, onnotice() {} }) as unknown as Sql;
  opened.push(sql);
  return { url: login, sql };
}

test("supabase db push brings an empty project to what the schemas say, and finds nothing to do the second time", async () => {
  const pushed = await openEmptyProject("pushed");
  expect(await runSupabase(["db", "push", "--yes"], pushed.url)).toMatch(/chat_notifications\.sql/);
  const declared = await openEmptyProject("declared");
  for (const file of (await readdir(path.join(SUPABASE, "schemas"))).sort()) {
    await declared.sql.unsafe(await readFile(path.join(SUPABASE, "schemas", file), "utf8")).simple();
  }
  const catalog = await readCatalog(pushed.sql);
  expect(catalog.length).toBeGreaterThan(500);
  expect(catalog).toEqual(await readCatalog(declared.sql));

  expect(await runSupabase(["db", "push", "--yes"], pushed.url)).toMatch(/up to date/);
  expect(await readCatalog(pushed.sql)).toEqual(catalog);
});

test("database.types.ts is what the CLI generates of the schemas: npm run build:types", async () => {
  const types = await runSupabase(["gen", "types", "--schema", "public"], host.url);
  await expect(types).toMatchFileSnapshot(path.join(SUPABASE, "database.types.ts"));
});
