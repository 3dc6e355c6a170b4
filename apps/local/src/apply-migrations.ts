import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import type { Sql } from "postgres";
import { StartFailure } from "./start-failure.ts";

interface Migration {
  /** Digits before the first underscore, as the Supabase CLI has it. */
  version: string;
  name: string;
  file: string;
}

/**
 * Applies the files of `folder` that the database lacks, in order, each in its own transaction, recorded where
 * the Supabase CLI records them. Returns the versions applied now. Throws StartFailure:
 * database_newer_than_checkout, migration_failed.
 */
export async function applyMigrations(sql: Sql, folder: string): Promise<string[]> {
  await sql.unsafe(`
    create schema if not exists supabase_migrations;
    create table if not exists supabase_migrations.schema_migrations (version text primary key);
    alter table supabase_migrations.schema_migrations
      add column if not exists statements text[],
      add column if not exists name text;
  `);
  const migrations = await readMigrations(folder);
  const rows = await sql<{ version: string }[]>`select version from supabase_migrations.schema_migrations`;
  const recorded = new Set(rows.map((row) => row.version));
  refuseNewerDatabase(recorded, migrations);
  const missing = migrations.filter((migration) => !recorded.has(migration.version));
  for (const migration of missing) await applyMigration(sql, migration);
  return missing.map((migration) => migration.version);
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const files = (await readdir(folder)).sort();
  return files.flatMap((file) => {
    const match = /^(\d+)_(.+)\.sql$/.exec(file);
    return match ? [{ version: match[1]!, name: match[2]!, file: path.join(folder, file) }] : [];
  });
}

function refuseNewerDatabase(recorded: Set<string>, migrations: Migration[]): void {
  const known = new Set(migrations.map((migration) => migration.version));
  const unknown = [...recorded].filter((version) => !known.has(version)).sort();
  if (unknown.length === 0) return;
  throw new StartFailure(
    "database_newer_than_checkout",
    `The database has migrations that this checkout lacks (${unknown.join(", ")}): ` +
      "update the checkout, or use another DATA_DIR or DATABASE_URL.",
  );
}

async function applyMigration(sql: Sql, migration: Migration): Promise<void> {
  const text = await readFile(migration.file, "utf8");
  try {
    await sql.begin(async (transaction) => {
      await transaction.unsafe(text).simple();
      await transaction`
        insert into supabase_migrations.schema_migrations (version, statements, name)
        values (${migration.version}, ${[text]}, ${migration.name})
      `;
    });
  } catch (error) {
    const { message, position } = error as { message: string; position?: string };
    const line = position ? ` at line ${text.slice(0, Number(position)).split("\n").length}` : "";
    throw new StartFailure(
      "migration_failed",
      `Migration ${path.basename(migration.file)} failed${line} (${message}) and changed nothing: ` +
        "mend it or the database, then start again.",
    );
  }
}
