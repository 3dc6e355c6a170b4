import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PostgresCluster, startPostgres } from "./postgres-cluster.ts";
import { spawnStack } from "./spawned-stack.ts";

let folder: string;
let cluster: PostgresCluster;
let sql: Sql;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "external-database-"));
  cluster = await startPostgres({ dataDir: path.join(folder, "postgres"), password: "test", log() {}, settings: { fsync: "off" } });
  sql = postgres(cluster.url, { max: 1, onnotice() {} });
  await sql.unsafe("create database app");
});
afterAll(async () => {
  await sql.end();
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
});

function urlFor(user: string, password: string, database = "app"): string {
  const url = new URL(cluster.url);
  return Object.assign(url, { username: user, password, pathname: `/${database}` }).href;
}

async function refusal(DATABASE_URL: string): Promise<string> {
  const { code, output } = await spawnStack({ DATA_DIR: path.join(folder, "refused"), DATABASE_URL }).ended;
  expect(code).toBe(1);
  expect(output.trim().split("\n")).toHaveLength(1);
  return output.trim();
}

test("a wrong password is named, without repeating it", async () => {
  const sentence = await refusal(urlFor("postgres", "not-the-password"));
  expect(sentence).toMatch(/refuses the login \(.+\): check user, password and database in DATABASE_URL\.$/);
  expect(sentence).not.toContain("not-the-password");
});

test("a database that does not exist is named", async () => {
  expect(await refusal(urlFor("postgres", "test", "nowhere"))).toContain('database "nowhere" does not exist');
});

test("missing rights are named", async () => {
  await sql.unsafe("create role visitor login password 'visitor'");
  expect(await refusal(urlFor("visitor", "visitor"))).toMatch(/^DATABASE_URL lacks rights \(user visitor may not create roles.+\): use /);
});

test("a Supabase project is refused, since it has its own sign-in", async () => {
  await sql.unsafe("create database project");
  const project = postgres(urlFor("postgres", "test", "project"), { max: 1 });
  await project.unsafe("create schema auth; create table auth.schema_migrations (version text)").simple();
  await project.end();
  expect(await refusal(urlFor("postgres", "test", "project"))).toContain("leads to a Supabase project");
});

test("an empty database of one's own is used, twice, without demo accounts", async () => {
  const env = { DATA_DIR: path.join(folder, "own"), DATABASE_URL: urlFor("postgres", "test"), BATCH_WINDOW_SECONDS: "7" };
  for (let round = 0; round < 2; round += 1) {
    const stack = spawnStack(env);
    expect((await stack.ready).DATABASE_URL).toBe(env.DATABASE_URL);
    expect((await stack.stop()).code).toBe(0);
  }
  const own = postgres(env.DATABASE_URL, { max: 1 });
  const [row] = await own`
    select (select count(*)::int from auth.users) as people, (select batch_window_seconds from private.settings) as window
  `;
  await own.end();
  expect(row).toEqual({ people: 0, window: 7 });
});
