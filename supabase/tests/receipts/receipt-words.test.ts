import { readFile } from "node:fs/promises";
import { expect } from "vitest";
import { test } from "../concurrency/database-test.ts";

const read = (file: string) => readFile(new URL(`../../../${file}`, import.meta.url), "utf8");
const section = (text: string, title: string) => text.split(/^## /m).find((part) => part.startsWith(`${title}\n`))!;

test("docs/receipts.md and the database have the same words for every step, reason and cause", async ({ database }) => {
  const text = await read("docs/receipts.md");
  const documented = [
    ...[...section(text, "Steps").matchAll(/^\| `(\w+)` \| [^|]* \| (.+) \|$/gm)].map(([, code, words]) => `step ${code}: ${words}`),
    ...[...section(text, "Reasons").matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, code, words]) => `reason ${code}: ${words}`),
    ...[...section(text, "Causes").matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, code, words]) => `cause ${code}: ${words}`),
  ];
  const known = await database.sql<{ line: string }[]>`select kind || ' ' || code || ': ' || words as line from private.receipt_words`;
  expect(documented.sort()).toEqual(known.map(({ line }) => line).sort());
});

test("every reason for skipping in docs/lifecycle.md has the same words in receipts", async ({ database }) => {
  const skipped = [...(await read("docs/lifecycle.md")).matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, code, words]) => ({ code, words }));
  expect(skipped.length).toBeGreaterThan(20);
  const known = await database.sql`select code, words from private.receipt_words where kind = 'reason'`;
  expect([...known]).toEqual(expect.arrayContaining(skipped));
});

test("every code that the functions of receipts can give has words", async ({ database: { sql } }) => {
  const sources = await sql<{ source: string }[]>`
    select pg_get_functiondef(p.oid) as source from pg_proc p
    where p.proname in ('explain_origin', 'explain_batching', 'explain_waits', 'place_in_letter', 'explain_letter', 'explain_notice',
      'cause_of_wait', 'judge_notifications', 'dissolve_dispatch', 'withdraw_letter')`;
  const text = sources.map(({ source }) => source).join("\n");
  const given = [
    ...text.matchAll(/(?:then|else) '(\w+)'/gi),
    ...text.matchAll(/, \d, '(\w+)'/g),
    ...text.matchAll(/add_wait\(n\.waits, '(\w+)'/g),
    ...text.matchAll(/, '(\w+)'\)::private\.waiting/g),
  ].map(([, code]) => code!);
  expect(given.length).toBeGreaterThan(40);
  const known = new Set((await sql<{ code: string }[]>`select code from private.receipt_words`).map(({ code }) => code));
  // Of facts, not codes.
  const facts = ["participant", "member"];
  expect([...new Set(given)].filter((code) => !known.has(code) && !facts.includes(code))).toEqual([]);
});
