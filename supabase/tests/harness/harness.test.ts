import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestDatabase, createTestDatabase } from "./test-database.ts";

const ALICE = "00000000-0000-4000-8000-00000000a11c";
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test("a test database has our migrations, schema auth and pg_stat_statements", async () => {
  const [row] = await database.sql`
    select to_regclass('public.notifications') is not null as notifications,
      to_regprocedure('auth.uid()') is not null as uid,
      (select count(*) >= 0 from pg_stat_statements) as statements
  `;
  expect(row).toEqual({ notifications: true, uid: true, statements: true });
});

test("what one copy changes, another does not see", async () => {
  await database.sql`insert into auth.users (id, email) values (${ALICE}, 'alice@example.com')`;
  const other = await createTestDatabase();
  try {
    expect(await other.sql`select id from auth.users`).toHaveLength(0);
  } finally {
    await other.drop();
  }
});

test("a connection as somebody has their role and claims, in and outside transactions", async () => {
  const sql = database.connectAs("authenticated", ALICE);
  const ask = (on: typeof sql) => on`select auth.uid()::text as uid, auth.jwt() ->> 'sub' as sub, current_user::text as role`;
  const expected = [{ uid: ALICE, sub: ALICE, role: "authenticated" }];
  expect([...(await ask(sql))]).toEqual(expected);
  expect([...(await sql.begin((transaction) => ask(transaction as unknown as typeof sql)))]).toEqual(expected);
});

test("a connection as nobody has no user", async () => {
  const [row] = await database.connectAs("anon")`select auth.uid() as uid, current_user::text as role`;
  expect(row).toEqual({ uid: null, role: "anon" });
});
