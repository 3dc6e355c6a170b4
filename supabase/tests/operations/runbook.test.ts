import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { addPeople } from "../harness/world.ts";

let database: TestDatabase;
beforeAll(async () => void (database = await createTestDatabase()));
afterAll(() => database.drop());

/** What the reader has to put in. */
const PLACEHOLDERS: Record<string, string> = { "'<SUPABASE_URL>'": "'https://ref.supabase.co'", "'<time of the outage>'": "now()", "array[…]": "array[]::uuid[]", "queryid = …": "queryid = 1" };

test("every statement of the runbook runs as it stands", async () => {
  const runbook = await readFile(new URL("../../../docs/operations.md", import.meta.url), "utf8");
  const statements = [...runbook.matchAll(/`(select [^`]*)`/g)].map(([, statement]) => statement!);
  expect(statements.length).toBeGreaterThan(15);
  const [operator] = await addPeople(database.sql, 1);
  await database.sql`insert into private.operators (user_id) values (${operator!})`;
  const sql = database.connect({ max: 1 });
  for (const statement of statements) {
    const filled = Object.entries(PLACEHOLDERS).reduce((text, [placeholder, value]) => text.replaceAll(placeholder, value), statement);
    await sql.unsafe(filled).catch((error: Error) => expect.fail(`${filled}: ${error.message}`));
  }
});
