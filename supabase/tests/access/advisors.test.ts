import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";

const CLI = fileURLToPath(new URL("../../../node_modules/.bin/supabase", import.meta.url));

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

interface Finding {
  name: string;
  detail: string;
  metadata: { schema?: string };
}

/** The first table of docs/advisors.md: findings by name, and the schema they are confined to. */
function readExplanations(): Map<string, string | undefined> {
  const page = readFileSync(new URL("../../../docs/advisors.md", import.meta.url), "utf8").split("\nThe dashboard's")[0]!;
  return new Map([...page.matchAll(/^\| ([a-z_]+) \| (.*?) \|/gm)].filter(([, name]) => name !== "finding").map(([, name, about]) => [name!, /`(\w+)`/.exec(about!)?.[1]]));
}

test("Supabase's advisors find nothing that docs/advisors.md does not explain, and it explains nothing they do not find", async () => {
  const { stdout } = await promisify(execFile)(
    CLI,
    ["db", "advisors", `--remote=${database.url}?sslmode=disable`, "--type", "all", "--level", "info", "--output-format", "json"],
    { env: { ...process.env, DO_NOT_TRACK: "1" }, maxBuffer: 20_000_000 },
  );
  const { results } = JSON.parse(stdout) as { results: Finding[] };
  const explained = readExplanations();
  const isExplained = ({ name, metadata }: Finding): boolean => explained.has(name) && [undefined, metadata.schema].includes(explained.get(name));
  expect(results.filter((finding) => !isExplained(finding)).map(({ name, detail }) => `${name}: ${detail}`)).toEqual([]);
  const found = new Set(results.map(({ name }) => name));
  expect([...explained.keys()].filter((name) => !found.has(name))).toEqual([]);
});

test("what runs with the owner's rights and people may call asks first who they are", async () => {
  const unguarded = await database.sql`
    select p.proname from pg_proc p
    where p.pronamespace = 'public'::regnamespace
      and p.prosecdef
      and (has_function_privilege('authenticated', p.oid, 'execute') or has_function_privilege('anon', p.oid, 'execute'))
      and p.prosrc !~ '^\\s*(declare.*?)?begin\\s+perform private\\.require_operator\\(\\);'`;
  expect(unguarded.map(({ proname }) => proname)).toEqual([]);
});
