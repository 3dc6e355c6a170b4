import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lintMigrations } from "./lint-migrations.ts";

const MIGRATIONS = fileURLToPath(new URL("../supabase/migrations/", import.meta.url));
let folder: string;
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), "migrations-"))));
afterAll(() => rmSync(folder, { recursive: true }));

function lint(sql: string): string[] {
  const file = path.join(folder, "20270101000000_next.sql");
  writeFileSync(file, sql);
  return lintMigrations([file]).map((line) => /warning: ([\w-]+)|error: ([\w-]+)/.exec(line)?.[1] ?? line);
}

test("our migrations block and break nothing", () => {
  const files = readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql")).map((name) => MIGRATIONS + name);
  expect(files.length).toBeGreaterThan(0);
  expect(lintMigrations(files)).toEqual([]);
});

test("a migration that would stop chat or break the version before is refused", () => {
  expect(lint(`
    alter table public.notifications add column shade text not null default gen_random_uuid()::text;
    create index notifications_shade_idx on public.notifications (shade);
    alter table public.emails drop column reason;
    alter table public.emails rename column kind to sort;
    alter table public.emails add constraint emails_kind_is_told check (kind <> '');`)).toEqual([
    "require-lock-timeout", "require-statement-timeout", "adding-field-with-default", "require-concurrent-index-creation", "ban-drop-column",
    "renaming-column", "constraint-missing-not-valid",
  ]);
});

test("the same in steps that nobody waits for is accepted", () => {
  expect(lint(`
    set local lock_timeout = '2s';
    set local statement_timeout = '30s';
    alter table public.notifications add column shade text;
    alter table public.emails add constraint emails_kind_is_told check (kind <> '') not valid;`)).toEqual([]);
});
