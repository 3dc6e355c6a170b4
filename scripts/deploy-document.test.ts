import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { setOrigin } from "../apps/local/src/deployment-settings.ts";
import { createTestDatabase, type TestDatabase } from "../supabase/tests/harness/test-database.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const read = (file: string) => readFileSync(`${root}${file}`, "utf8");

/** Every command of the page: its mark, its language, its text. */
const blocks = [...read("docs/deploy-supabase.md").matchAll(/(?:<!-- (account|test: \w+) -->\n)?```(\w+)\n([\s\S]*?)```/g)].map(
  ([, mark, language, text]) => ({ mark, language: language!, text: text! }),
);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  for (const file of ["cron-stand-in.sql", "platform-stand-ins.sql"]) await database.sql.unsafe(read(`supabase/tests/schedule/${file}`)).simple();
  await database.sql`insert into auth.users (id, email) values (gen_random_uuid(), 'you@example.org')`;
});
afterAll(() => database.drop());

test("each command is one that needs an account, or one that is run here", () => {
  expect(blocks.length).toBeGreaterThan(8);
  for (const { mark, language } of blocks) expect(mark !== undefined || language === "sh").toBe(true);
});

test.each(blocks.filter(({ mark }) => mark === undefined))("$text works", async ({ text }) => {
  const { stdout } = await promisify(execFile)("sh", ["-ec", text], { cwd: root });
  expect(stdout).not.toBe("");
});

test("the SQL works, in its order", async () => {
  const steps = blocks.filter(({ mark }) => mark?.startsWith("test: "));
  const answers: Record<string, Record<string, unknown>[]> = {};
  for (const { mark, text } of steps) {
    // The extensions themselves cannot be installed here: stand-ins with their functions are there instead.
    answers[mark!] = [...(await database.sql.unsafe(text.replaceAll(/^create extension .*$/gm, "")))];
  }
  expect(steps.map(({ mark }) => mark)).toEqual(["test: settings", "test: login", "test: schedule", "test: show", "test: unschedule"]);
  expect(await database.sql`select from private.operators`).toHaveLength(1);
  for (const answer of ["test: schedule", "test: show"]) {
    expect(answers[answer]!.length).toBeGreaterThan(3);
    for (const { problem } of answers[answer]!) expect(problem).toBeNull();
  }
  expect(await database.sql`select from cron.job`).toHaveLength(0);
});

test("plain-http links to other machines are refused unless they are switched on by name", async () => {
  const { sql } = database;
  const point = (name: "app_url" | "functions_url", url: string, allow = false) =>
    sql`update private.settings set ${sql({ [name]: url, allow_plaintext_links: allow })}`;
  for (const url of ["http://app.example.org", "http://localhost.example.org", "http://localhost:3000@example.org", "http://127.0.0.1.example.org/x", "ftp://localhost", "//x"]) {
    for (const name of ["app_url", "functions_url"] as const) {
      await expect(point(name, url), url).rejects.toMatchObject({ constraint_name: "settings_links_are_encrypted" });
    }
  }
  for (const url of ["https://app.example.org", "http://localhost:3000", "http://127.0.0.1:3000/functions/v1", "http://[::1]:3000"]) await point("app_url", url);
  await point("app_url", "http://kong:8000", true);
  await expect(sql`update private.settings set allow_plaintext_links = false`).rejects.toMatchObject({ code: "23514" });
  // The local stack, opened to others by HOST.
  await point("app_url", "http://localhost:3000");
  await setOrigin(sql, "http://laptop.lan:3000");
  expect((await sql`select app_url, allow_plaintext_links from private.settings`)[0]).toEqual({ app_url: "http://laptop.lan:3000", allow_plaintext_links: true });
});

test("the secrets it names are the settings of the functions", () => {
  const [, table] = /\| secret \| what \|\n([\s\S]*?)\n\n/.exec(read("docs/deploy-supabase.md"))!;
  const settings = read("packages/core/src/edge-settings.ts");
  const named = [...table!.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name!);
  for (const name of named) expect(settings).toContain(name);
  for (const [, name] of settings.matchAll(/"([A-Z][A-Z_]+) is missing"/g)) expect([...named, "SUPABASE_SECRET_KEYS"]).toContain(name);
});
