import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PostgresCluster, startPostgres } from "../../../apps/local/src/postgres-cluster.ts";
import { prepareDatabase } from "../../../apps/local/src/prepare-database.ts";
import { until } from "../../../scenarios/harness/until.ts";
import { letEverythingOut } from "../harness/let-everything-out.ts";
import { addEvent, addPeople, createDelivery, drain, later, post, TEST_DEPLOYMENT } from "../harness/world.ts";
import { DEBIAN_POSTGRES, hasPgCron } from "./debian.ts";

const SKIPPED = hasPgCron ? "" : " – SKIPPED: needs Debian's postgresql-15 and postgresql-15-cron";

describe.skipIf(!hasPgCron)(`Postgres 15 with the real pg_cron${SKIPPED}`, () => {
  let folder: string;
  let cluster: PostgresCluster;
  let sql: Sql;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "chat-notifications-debian-"));
    await chmod(folder, 0o755);
    cluster = await startPostgres({
      dataDir: path.join(folder, "postgres"), password: "test", log() {}, binaries: DEBIAN_POSTGRES,
      settings: {
        fsync: "off", shared_preload_libraries: "pg_stat_statements,pg_cron", "cron.database_name": "postgres",
        // Jobs as background workers: pg_cron's own connections would need a password file.
        "cron.use_background_workers": "on", max_worker_processes: "20",
      },
    });
    await prepareDatabase({ url: cluster.url, migrations: path.join(import.meta.dirname, "../../migrations"), embedded: true });
    sql = postgres(cluster.url, { max: 3, onnotice() {} }) as unknown as Sql;
  });
  afterAll(async () => {
    await sql?.end();
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test("one message becomes letters there, too", async () => {
    await letEverythingOut(sql, TEST_DEPLOYMENT);
    const people = await addPeople(sql, 5);
    const event = await addEvent(sql, { participants: people, window: 0 });
    await post(sql, event, people[0]!, "Fifteen is still common.");
    const { deps, simulator } = createDelivery(sql, () => later(60));
    expect(await drain(deps)).toBe(4);
    expect(simulator.accepted.all()).toHaveLength(4);
  });

  test("the tick runs by itself every minute and calls the function", async () => {
    await sql`create extension pg_cron`;
    await sql.unsafe(await readFile(path.join(import.meta.dirname, "../schedule/platform-stand-ins.sql"), "utf8")).simple();
    const rows = await sql`select * from private.schedule_notifications('https://abcdefgh.supabase.co', 'sb_secret_of_the_schedule')`;
    for (const row of rows) expect(row.problem).toBeNull();
    expect(rows.find(({ job }) => job === "process-chat-notifications")?.schedule).toBe("* * * * *");
    await sql`select * from private.schedule_notifications()`;
    const [{ jobs }] = await sql<[{ jobs: number }]>`select count(*)::int as jobs from cron.job where jobname = 'process-chat-notifications'`;
    expect(jobs).toBe(1);
    const url = await until("the tick", async () => (await sql<{ url: string }[]>`select url from net.http_request_queue`)[0]?.url, 150_000);
    expect(url).toBe("https://abcdefgh.supabase.co/functions/v1/process-notifications-cron");
    const [tick] = await until("its record", async () => {
      const shown = await sql`select last_run_status, problem from private.show_schedule() where job = 'process-chat-notifications'`;
      return shown[0]?.last_run_status === null ? undefined : shown;
    });
    expect(tick).toEqual({ last_run_status: "succeeded", problem: null });
    await sql`select private.unschedule_notifications()`;
    expect(await sql`select from cron.job`).toHaveLength(0);
  });
});
