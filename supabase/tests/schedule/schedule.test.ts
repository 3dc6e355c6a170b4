import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";

const URL = "https://abcdefgh.supabase.co";
const KEY = "sb_secret_of_the_schedule";
const jwt = (role: string) => `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(JSON.stringify({ iss: "supabase", role })).toString("base64url")}.c2lnbmF0dXJl`;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const install = async (file: string) => database.sql.unsafe(await readFile(path.join(import.meta.dirname, file), "utf8")).simple();
const schedule = (url: string | null = null, key: string | null = null) =>
  database.sql<{ job: string; schedule: string | null; problem: string | null }[]>`select * from private.schedule_notifications(${url}, ${key})`;
const show = () => database.sql<{ job: string; problem: string | null; last_run_status: string | null }[]>`select * from private.show_schedule()`;
const tickProblem = async () => (await show()).find(({ job }) => job === "process-chat-notifications")!.problem;

test("what is missing is reported and nothing fails", async () => {
  expect([...(await schedule(URL, KEY))]).toEqual([
    { job: "process-chat-notifications", schedule: null, problem: "pg_cron is not there: create extension pg_cron, or run the worker." },
  ]);
  await install("cron-stand-in.sql");
  const rows = await schedule(URL, KEY);
  expect(rows[0]).toEqual({
    job: "process-chat-notifications", schedule: null, problem: "pg_net is not there: create extension pg_net, or run the worker.",
  });
  // The upkeep needs neither address nor key.
  expect(rows.slice(1).every(({ schedule, problem }) => schedule !== null && problem === null)).toBe(true);
  await database.sql`select private.unschedule_notifications()`;
});

test("the tick is not scheduled before there are an address and a secret key", async () => {
  await install("platform-stand-ins.sql");
  expect((await schedule())[0]?.problem).toBe("Address or key is missing: call private.schedule_notifications(project_url, secret_key).");
  for (const url of ["http://abcdefgh.supabase.co", "abcdefgh", `${URL}/functions/v1`, "https://a b"]) {
    await expect(schedule(url, KEY)).rejects.toMatchObject({ code: "CN090" });
  }
  for (const key of ["sb_publishable_x", jwt("anon"), "secret", "sb_secret_", ""]) {
    await expect(schedule(URL, key)).rejects.toMatchObject({ code: "CN091" });
  }
  expect(await database.sql`select from cron.job where jobname = 'process-chat-notifications'`).toHaveLength(0);
  expect(await database.sql`select from vault.secrets`).toHaveLength(0);
});

test("it is scheduled once, however often it is asked for, in place of the specification's own job", async () => {
  await database.sql`
    select cron.schedule('process-chat-notifications', '*/5 * * * *', 'SELECT net.http_post(
      url := ''https://<project>.supabase.co/functions/v1/process-notifications-cron'', headers := ''{}''::jsonb, body := ''{}''::jsonb);')`;
  await database.sql`select cron.schedule('somebody-elses', '* * * * *', 'select 1'), cron.schedule('chat-notifications-old', '* * * * *', 'select 1')`;
  expect(await tickProblem()).toMatch(/^Address or key is missing/);
  await schedule(`${URL}/`, jwt("service_role"));
  const jobs = () => database.sql`select jobid, jobname, schedule, command from cron.job order by jobname`;
  const first = [...(await jobs())];
  expect(first.map(({ jobname }) => jobname)).toEqual([
    "chat-notifications-cron-history", "chat-notifications-vacuum", "chat-notifications-vacuum-queues", "process-chat-notifications", "somebody-elses",
  ]);
  expect(first.find(({ jobname }) => jobname === "process-chat-notifications")).toMatchObject({
    schedule: "* * * * *", command: "select private.call_cron_function()",
  });
  for (const row of await schedule(null, KEY)) expect(row.problem).toBeNull();
  expect([...(await jobs())]).toEqual(first);
  // No key is in what others may read: the jobs.
  expect(JSON.stringify(first)).not.toContain("secret_of");
});

test("the upkeep does what it is scheduled for", async () => {
  await database.sql`insert into cron.job_run_details (jobid, status, start_time, end_time) select 1, 'succeeded', at, at from (values (now()), (now() - interval '8 days')) v (at)`;
  const upkeep = await database.sql<{ command: string }[]>`select command from private.schedule_jobs() where job <> 'process-chat-notifications'`;
  // As pg_cron does: each on its own, since VACUUM runs in no transaction.
  for (const { command } of upkeep) await database.sql.unsafe(command);
  const vacuumed = await database.sql`select relname from pg_stat_user_tables where vacuum_count > 0`;
  expect(vacuumed.map(({ relname }) => relname)).toEqual(expect.arrayContaining(["untold_messages", "bursts", "dispatches", "notifications", "emails", "recipient_states", "chat_messages"]));
  expect(await database.sql`select from cron.job_run_details`).toHaveLength(1);
});

test("pg_cron 1.5 and newer ticks every 30 seconds, versions are compared as numbers", async () => {
  for (const [version, expected] of [["1.4-1", "* * * * *"], ["1.5", "30 seconds"], ["1.6.4", "30 seconds"], ["1.10", "30 seconds"]] as const) {
    await database.sql.begin(async (sql) => {
      await sql`set local allow_system_table_mods = on`;
      await sql`
        insert into pg_catalog.pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
        select 99999, 'pg_cron', 10, 'cron'::regnamespace, false, ${version}`;
      expect((await sql`select schedule from private.schedule_jobs() where job = 'process-chat-notifications'`)[0]).toEqual({ schedule: expected });
      await sql`delete from pg_catalog.pg_extension where extname = 'pg_cron'`;
    });
  }
});

test("a tick calls the function with the key in the header apikey, for callers who own the schedule only", async () => {
  const [job] = await database.sql<[{ command: string }]>`select command from cron.job where jobname = 'process-chat-notifications'`;
  await database.sql.unsafe(job.command);
  const [request] = await database.sql`select method, url, headers, body, timeout_milliseconds from net.http_request_queue`;
  expect(request).toEqual({
    method: "POST", url: `${URL}/functions/v1/process-notifications-cron`, body: {}, timeout_milliseconds: 5000,
    headers: { apikey: KEY, "Content-Type": "application/json" },
  });
  for (const role of ["anon", "authenticated", "service_role", "notifier"] as const) {
    await expect(database.connectAs(role, null, { max: 1 }).unsafe(job.command)).rejects.toMatchObject({ code: "42501" });
  }
});

test("the schedule shows runs that failed, answers that refuse, and what others changed", async () => {
  const { sql } = database;
  expect(await tickProblem()).toBeNull();
  const answer = (status: number | null, content: string) => sql`
    insert into net._http_response (id, status_code, content) select last_request_id, ${status}, ${content} from private.schedule_state`;
  await answer(401, '{"message":"This key is not a secret key of this project."}');
  expect(await tickProblem()).toBe('The edge function answered 401: {"message":"This key is not a secret key of this project."}');
  await sql`select private.call_cron_function()`;
  // It works longer than pg_net listens: no answer, and the one before still counts.
  await answer(null, "");
  expect(await tickProblem()).toMatch(/answered 401/);
  await sql`select private.call_cron_function()`;
  await answer(200, "{}");
  expect(await tickProblem()).toBeNull();

  const [{ jobid }] = await sql<[{ jobid: string }]>`select jobid from cron.job where jobname = 'process-chat-notifications'`;
  await sql`
    insert into cron.job_run_details (jobid, status, return_message, start_time, end_time)
    values (${jobid}, 'failed', 'connection lost', now(), now())`;
  expect(await tickProblem()).toBe("Its last run failed: connection lost");
  await sql`update cron.job set active = false where jobid = ${jobid}`;
  expect(await tickProblem()).toBe(`It is switched off: select cron.alter_job(${jobid}, active := true).`);
  await sql`update cron.job set command = 'select 1' where jobid = ${jobid}`;
  expect(await tickProblem()).toBe("It runs another command than ours: call private.schedule_notifications().");

  const [seen] = await database.connectAs("service_role", null, { max: 1 })`select problem from private.show_schedule() limit 1`;
  expect(seen).toEqual({ problem: "It runs another command than ours: call private.schedule_notifications()." });
});

test("the weekly review hears how old the schedule's secrets are, where Vault says", async () => {
  const ages = () => database.sql`select key, days from private.key_ages('2027-01-11') order by key`;
  const [key, url] = ["Vault secret chat_notifications_key", "Vault secret chat_notifications_url"];
  expect([...(await ages())]).toEqual([{ key, days: null }, { key: url, days: null }]);
  await database.sql`alter table vault.secrets add column updated_at timestamptz default '2027-01-01'`;
  expect([...(await ages())]).toEqual([{ key, days: 10 }, { key: url, days: 10 }]);
});

test("taking it away leaves other jobs and secrets alone", async () => {
  await database.sql`select vault.create_secret('other', 'somebody_elses')`;
  await database.sql`select private.unschedule_notifications()`;
  expect([...(await database.sql`select jobname from cron.job`)]).toEqual([{ jobname: "somebody-elses" }]);
  expect([...(await database.sql`select name from vault.secrets`)]).toEqual([{ name: "somebody_elses" }]);
});
