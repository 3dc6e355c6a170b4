import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type TestDatabase, createTestDatabase } from "../../../supabase/tests/harness/test-database.ts";
import { applyMigrations } from "./apply-migrations.ts";

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.sql`truncate supabase_migrations.schema_migrations`;
  folder = await mkdtemp(path.join(tmpdir(), "migrations-"));
  return () => rm(folder, { recursive: true });
});

test("missing migrations are applied in order, once, and recorded as the Supabase CLI does", async () => {
  await writeFile(path.join(folder, "20260102_second.sql"), "insert into public.steps values (2);");
  await writeFile(path.join(folder, "20260101_first.sql"), "create table public.steps (n int); insert into public.steps values (1);");
  await writeFile(path.join(folder, "README.md"), "not a migration");
  expect(await applyMigrations(database.sql, folder)).toEqual(["20260101", "20260102"]);
  expect(await applyMigrations(database.sql, folder)).toEqual([]);
  expect([...(await database.sql`select n from public.steps`)]).toEqual([{ n: 1 }, { n: 2 }]);
  const rows = await database.sql`select version, name, statements from supabase_migrations.schema_migrations order by version`;
  expect(rows[1]).toEqual({ version: "20260102", name: "second", statements: ["insert into public.steps values (2);"] });
});

test("a migration that fails changes nothing and is named with its line", async () => {
  await writeFile(path.join(folder, "20260103_broken.sql"), "create table public.half_made (n int);\nselect nonsense;\n");
  await expect(applyMigrations(database.sql, folder)).rejects.toMatchObject({
    code: "migration_failed",
    message: expect.stringContaining("20260103_broken.sql failed at line 2"),
  });
  const [row] = await database.sql`select to_regclass('public.half_made') as made`;
  expect(row).toEqual({ made: null });
});

test("a database with migrations that the checkout lacks is refused", async () => {
  await database.sql`insert into supabase_migrations.schema_migrations (version) values ('29990101')`;
  await expect(applyMigrations(database.sql, folder)).rejects.toMatchObject({
    code: "database_newer_than_checkout",
    message: expect.stringContaining("29990101"),
  });
});
