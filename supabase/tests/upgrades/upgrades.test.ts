import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import type { Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkSchema } from "../../../apps/worker/src/check-schema.ts";
import { createPostgresOperations } from "../../../packages/core/src/operations-database.ts";
import { SCHEMA_VERSION } from "../../../packages/core/src/schema-version.ts";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { TEST_DEPLOYMENT } from "../harness/world.ts";
import { describeCall, describeFunctions, recordStatements, type RecordedVersion, unanswered } from "./recorded-calls.ts";

let database: TestDatabase;
let sql: Sql;
let current: RecordedVersion;
let neighbours: RecordedVersion[];
beforeAll(async () => {
  database = await createTestDatabase();
  sql = database.connect({ max: 1 });
  const statements = await recordStatements(database);
  const calls = [];
  for (const statement of statements) calls.push(await describeCall(sql, statement));
  current = { version: SCHEMA_VERSION, calls, functions: await describeFunctions(sql, statements) };
  const files = (await readdir(import.meta.dirname)).filter((name) => /^version-\d+\.json$/.test(name));
  const recorded = await Promise.all(files.map(async (name) => JSON.parse(await readFile(path.join(import.meta.dirname, name), "utf8")) as RecordedVersion));
  neighbours = recorded.filter(({ version }) => Math.abs(version - SCHEMA_VERSION) <= 1);
});
afterAll(() => database.drop());

test("what processors call and how it is declared is recorded for this version: a change of it raises the version, or waits for the next", async () => {
  expect(current.calls.length).toBeGreaterThan(25);
  await expect(`${JSON.stringify(current, null, 2)}\n`).toMatchFileSnapshot(`version-${SCHEMA_VERSION}.json`);
});

test("this schema answers every call of a worker of this version and of the one before", async () => {
  expect(neighbours.map(({ version }) => version)).toContain(SCHEMA_VERSION);
  for (const { version, calls } of neighbours) expect({ version, problems: await unanswered(sql, calls) }).toEqual({ version, problems: [] });
});

test("this worker's calls are answered by the schema of this version and of the one before, as they were declared", async () => {
  for (const { version, functions } of neighbours.filter((recorded) => recorded.version <= SCHEMA_VERSION)) {
    await declare(functions);
    expect({ version, problems: await unanswered(sql, current.calls, inDeclared) }).toEqual({ version, problems: [] });
  }
});

/** Functions without a body, in schemas of their own. */
async function declare(functions: string[]): Promise<void> {
  await sql.unsafe("drop schema if exists declared_private cascade; drop schema if exists declared_public cascade; create schema declared_private; create schema declared_public").simple();
  for (const declared of functions) await sql.unsafe(`create function declared_${declared} language plpgsql as 'begin end'`);
}
const inDeclared = (statement: string) => statement.replaceAll(/\b(private|public)\./g, "declared_$1.");

test("a schema that forgets an old worker is noticed, one that only adds to it is not", async () => {
  const next = current.functions.filter((declared) => !declared.startsWith("private.next_due_at")).map((declared) =>
    declared.startsWith("private.permit_sending") ? declared.replace("letters integer", "permitted integer")
      : declared.startsWith("private.beat") ? declared.replace("kind text", "kind integer")
        : declared.startsWith("private.held_dispatch") ? declared.replace(") returns TABLE(", ", careful boolean DEFAULT true) returns TABLE(whatever text, ")
          : declared);
  await declare(next);
  const problems = await unanswered(sql, current.calls, inDeclared);
  for (const name of ["next_due_at", "permit_sending", "beat"]) expect(problems.filter((problem) => problem.includes(`private.${name}(`))).toHaveLength(1);
  expect(problems).toHaveLength(3);
});

test("a worker starts with the schema of its version and those beside it, and refuses others with what to do", async () => {
  const operations = createPostgresOperations(database.connectAs("notifier", null, { max: 1 }), { deploymentUrl: TEST_DEPLOYMENT });
  const answers: (string | null)[] = [];
  for (const distance of [-2, -1, 0, 1, 2]) {
    await sql.unsafe(`create or replace function private.schema_version() returns integer language sql immutable return ${SCHEMA_VERSION + distance}`);
    answers.push(await checkSchema(operations));
  }
  expect(answers).toEqual([expect.stringMatching(/apply the migrations\.$/), null, null, null, expect.stringMatching(/update the worker\.$/)]);
  await sql`drop function private.schema_version()`;
  expect(await checkSchema(operations)).toMatch(/lacks the functions of this system/);
});
