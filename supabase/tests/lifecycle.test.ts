import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LIFECYCLE } from "../../packages/core/src/lifecycle.ts";
import { createTestDatabase, type TestDatabase } from "./harness/test-database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const inTypeScript = Object.entries(LIFECYCLE).flatMap(([subject, from]) =>
  Object.entries(from).flatMap(([fromStatus, to]) =>
    Object.entries(to as Record<string, string>).map(([toStatus, movedBy]) => [subject, fromStatus, toStatus, movedBy].join(" | ")),
  ),
).sort();

test("SQL and TypeScript know the same moves", async () => {
  const rows = await database.sql<{ move: string }[]>`
    select concat_ws(' | ', subject, from_status, to_status, moved_by) as move from private.lifecycle`;
  expect(rows.map(({ move }) => move).sort()).toEqual(inTypeScript);
});

test("docs/lifecycle.md lists the same moves, in its tables and its diagrams", async () => {
  const text = await readFile(new URL("../../docs/lifecycle.md", import.meta.url), "utf8");
  const subjects = { Notification: "notification", "E-mail": "email", Dispatch: "dispatch" } as const;
  const tables: string[] = [];
  const diagrams: string[] = [];
  for (const [heading, subject] of Object.entries(subjects)) {
    const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))!;
    for (const [, from, to, movedBy] of section.matchAll(/^\| (\w+) \| (\w+) \| `([^`]+)` \|/gm)) {
      tables.push([subject, from, to, movedBy].join(" | "));
    }
    for (const [, from, to] of section.matchAll(/^ {2}(\w+) --> (\w+)$/gm)) diagrams.push(`${subject} ${from} ${to}`);
  }
  expect(tables.sort()).toEqual(inTypeScript);
  expect(diagrams.sort()).toEqual(inTypeScript.map((move) => move.split(" | ").slice(0, 3).join(" ")).sort());
});

test("every status of a move is one that the table's check allows", async () => {
  for (const [subject, table] of [["notification", "public.notifications"], ["email", "public.emails"], ["dispatch", "private.dispatches"]] as const) {
    const [row] = await database.sql<[{ allowed: string }]>`
      select pg_get_constraintdef(oid) as allowed from pg_constraint
      where conrelid = ${table}::regclass and conname like '%status_is_known'`;
    const allowed = new Set([...row.allowed.matchAll(/'(\w+)'/g)].map(([, status]) => status));
    for (const move of inTypeScript.filter((move) => move.startsWith(`${subject} |`))) {
      const [, from, to] = move.split(" | ");
      expect(allowed, move).toContain(from);
      expect(allowed, move).toContain(to);
    }
  }
});

test("docs/lifecycle.md explains every reason for skipping that composing can give", async () => {
  const text = await readFile(new URL("../../docs/lifecycle.md", import.meta.url), "utf8");
  const explained = [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, reason]) => reason!).sort();
  const sources = await database.sql<{ source: string }[]>`
    select pg_get_functiondef(p.oid) as source from pg_proc p
    where p.oid in (
      'private.recipient_people'::regproc, 'private.judge_recipients'::regproc, 'private.judge_notifications'::regproc,
      'private.gather_news'::regproc, 'private.reason_not_to_tell'::regproc)`;
  const given = new Set(sources.flatMap(({ source }) => [...source.matchAll(/(?:then|else) '(\w+)'/gi)].map(([, reason]) => reason!)));
  expect(explained).toEqual([...given].sort());
});

test("the tests' databases refuse a move that is not listed", async () => {
  const { sql } = database;
  await sql`
    insert into notifications (user_id, event_id, message_id, lane, status, scheduled_for, reason)
    values (gen_random_uuid(), gen_random_uuid(), 1, 1, 'skipped', now(), 'read')`;
  await expect(sql`update notifications set status = 'pending'`).rejects.toThrow("notification may not go from skipped to pending");
});
