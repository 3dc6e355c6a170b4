import { afterAll, beforeAll, expect, test } from "vitest";
import { rebuildIndexes } from "../../../apps/local/src/maintenance/rebuild-indexes.ts";
import { runMaintenance } from "../../../apps/local/src/maintenance/run-maintenance.ts";
import { printSections } from "../../../apps/local/src/maintenance/section.ts";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, createDelivery, drain, later, post } from "../harness/world.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const people = await addPeople(database.sql, 3);
  await database.sql`insert into private.operators (user_id) values (${people[0]!})`;
  await post(database.sql, await addEvent(database.sql, { participants: people }), people[0]!, "Hello.");
  await drain(createDelivery(database.sql, () => later(130)).deps);
  await database.sql`update public.notifications set updated_at = now() - interval '31 days', created_at = now() - interval '31 days'`;
});
afterAll(() => database.drop());

const run = async (kind: "daily" | "weekly" | "monthly", dryRun = false) => printSections(await runMaintenance(database.connect({ max: 1 }), kind, dryRun));

test("daily names metrics, errors, schedule and quota", async () => {
  await database.sql`select private.beat('test', 'worker', '1', now())`;
  await database.sql`select private.note_failure('quota', gen_random_uuid(), 'daily_quota_exceeded', now() + interval '1 hour', now())`;
  const report = await run("daily");
  for (const line of ["Metrics", "Errors", "Schedule", "Quota", "no dead letters", "circuit breaker quota is OPEN", "worker test: last word", "letters, no limit set"]) {
    expect(report).toContain(line);
  }
});

test("weekly archives, rebuilds and reviews; a dry run only says what it would do", async () => {
  expect(await run("weekly", true)).toContain("would archive 3 notifications");
  expect(await database.sql`select from public.notifications`).toHaveLength(3);
  const notifier = database.connectAs("notifier", null, { max: 1 });
  for (const times of [2, 3]) await notifier`select private.note_refusals('resend-webhook', ${times})`;
  await database.sql`insert into private.signing_keys values ('aaaa', now() - interval '12 days', now()), ('bbbb', now() - interval '400 days', now()), ('gone', now() - interval '400 days', now() - interval '31 days')`;
  const report = await run("weekly");
  expect(report).toContain("refused in a week: 5 × resend-webhook");
  expect(report).toContain("links' signing key aaaa: 12 days old, links' signing key bbbb: 400 days old, ROTATE IT\n");
  expect(report).toContain("notifications archived: 3");
  expect(report).toContain("every table has row-level security");
  expect(report).toContain("nothing is granted to anon or public");
  expect(report).toContain("operators: user1@example.com since");
  expect(await database.sql`select from public.notifications`).toHaveLength(0);
  await database.sql`create table public.left_open (id int)`;
  expect(await run("weekly", true)).toContain("WITHOUT ROW-LEVEL SECURITY: left_open");
  await database.sql`drop table public.left_open`;
});

test("an index that is bloated is rebuilt, what an interrupted rebuild left is dropped, others stay", async () => {
  const sql = database.connect({ max: 1 });
  const rebuild = async (dryRun: boolean) => (await rebuildIndexes(sql, dryRun, 1_000_000)).lines;
  await sql`create table public.crowd (id int)`;
  await sql`create index crowd_idx on public.crowd (id)`;
  await sql`create index crowd_of_now_idx on public.crowd (id) where id % 100 = 0`;
  await sql`insert into public.crowd select generate_series(1, 100000)`;
  await sql`delete from public.crowd where id % 100 <> 0`;
  await sql`vacuum analyze public.crowd`;
  await expect(sql`create unique index concurrently crowd_idx_ccnew on public.crowd ((1))`).rejects.toMatchObject({ code: "23505" });
  const left = "crowd_idx_ccnew, left by an interrupted rebuild";
  expect(await rebuild(true)).toEqual([`would drop ${left}`, expect.stringMatching(/^would rebuild crowd_idx: 2 MB, [\d.]+ times what it needs$/)]);
  expect(await rebuild(false)).toEqual([`dropped ${left}`, expect.stringMatching(/^rebuilt crowd_idx: /)]);
  expect(await rebuild(true)).toEqual(["none is bloated"]);
  await sql`drop table public.crowd`;
});

test("monthly looks ahead and vacuums", async () => {
  const report = await run("monthly");
  for (const line of ["Capacity", "too little history for a trend", "Templates", "Preferences", "vacuumed and analyzed"]) expect(report).toContain(line);
});

test("monthly rehearses recovery and says aloud when that fails; a dry run does not", async () => {
  const sql = database.connect({ max: 1 });
  let drills = 0;
  const drill = (passed: boolean) => async () => ({ passed, lines: [`drill ${(drills += 1)}`] });
  expect(printSections(await runMaintenance(sql, "monthly", true, drill(true)))).toContain("would run the recovery drill");
  expect(drills).toBe(0);
  expect(printSections(await runMaintenance(sql, "monthly", false, drill(true)))).toContain("Recovery\n  drill 1");
  expect(printSections(await runMaintenance(sql, "monthly", false, drill(false)))).toContain("Recovery\n  THE RECOVERY DRILL FAILED\n  drill 2");
  const runs = await sql`select report, problem from private.maintenance_runs where kind = 'recovery_drill' order by id`;
  expect([...runs]).toEqual([{ report: ["drill 1"], problem: null }, { report: ["drill 2"], problem: "The recovery drill failed." }]);
});

test("every run is recorded, and so is one that fails", async () => {
  const { sql } = database;
  const before = await sql`select kind, dry_run, finished_at is not null as finished, problem from private.maintenance_runs where kind <> 'recovery_drill' order by id`;
  expect(before.at(-1)).toEqual({ kind: "monthly", dry_run: false, finished: true, problem: null });
  await sql`alter function private.template_version() rename to template_version_of_before`;
  await expect(run("monthly", true)).rejects.toThrow(/template_version/);
  await sql`alter function private.template_version_of_before() rename to template_version`;
  const [last] = await sql`select problem from private.maintenance_runs order by id desc limit 1`;
  expect(last!.problem).toContain("template_version");
});
