import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";

/** What casts name: a domain of that name whose check says as whom it runs. */
const TYPES = ["uuid", "text", "jsonb", "int4", "int8", "bool", "timestamptz", "interval", "float8", "bytea", "name", "regclass"];

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** As whom the planted checks ran while the role called everything it may, apart from itself. */
async function ranAs(role: "notifier" | "authenticated"): Promise<string[]> {
  const heard = new Set<string>();
  const sql = database.connectAs(role, null, { max: 1, onnotice: ({ message }) => message?.startsWith("planted: ") && heard.add(message.slice(9)) });
  try {
    await sql.unsafe(`
      create function pg_temp.planted(anyelement) returns boolean language plpgsql as $$
      begin
        raise notice 'planted: %', current_user;
        return true;
      end $$;
      create table pg_temp.settings (only_row boolean);
      ${TYPES.map((type) => `create domain pg_temp.${type} as pg_catalog.${type} check (pg_temp.planted(value));`).join("\n")}`).simple();
    await sql`select public.get_pending_notifications(10)`.catch(() => {});
    for (const call of [
      "private.settle_bursts()", "private.continue_fan_out()", "private.permit_sending('http://x', 10)", "private.next_due_at()",
      "private.receive_webhook_event('a', 'email.bounced', now(), gen_random_uuid(), 'x', 'x@example.com', 'y')",
      "private.my_event_ids()", "private.shares_a_room(gen_random_uuid())", "private.switch_delivery('x')", "private.set_read_mark(gen_random_uuid(), 1)",
    ]) await sql.unsafe(`select ${call}`).catch(() => {});
  } finally {
    await sql.end();
  }
  heard.delete(role);
  return [...heard];
}

test("whoever plants temporary types and tables runs nothing with the owner's rights", async () => {
  expect(await ranAs("notifier")).toEqual([]);
  expect(await ranAs("authenticated")).toEqual([]);
  expect(await database.sql`
    select p.oid::regprocedure::text from pg_proc p
    where p.pronamespace::regnamespace::text in ('public', 'private')
      and p.prosecdef
      and not coalesce('search_path=pg_catalog, pg_temp' = any(p.proconfig), false)`, "name it in supabase/schemas/97_search_path.sql").toEqual([]);
});

test("which an empty search_path alone would not prevent", async () => {
  await database.sql`alter function private.permit_sending(text, integer, timestamptz) set search_path = ''`;
  await database.sql`alter function private.receive_webhook_event(text, text, timestamptz, uuid, text, text, text, timestamptz) set search_path = ''`;
  await database.sql`alter function private.settle_bursts(integer, timestamptz) set search_path = ''`;
  expect(await ranAs("notifier")).toContain("postgres");
});
