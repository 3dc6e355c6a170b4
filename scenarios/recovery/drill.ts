import path from "node:path";
import postgres, { type Sql } from "postgres";
import { archiveSettings } from "../../apps/local/src/backup/archive.ts";
import { restoreBackup } from "../../apps/local/src/backup/restore-backup.ts";
import { takeBackup } from "../../apps/local/src/backup/take-backup.ts";
import { prepareDatabase } from "../../apps/local/src/prepare-database.ts";
import { startPostgres } from "../../apps/local/src/postgres-cluster.ts";
import { letEverythingOut } from "../../supabase/tests/harness/let-everything-out.ts";
import { createResendSimulator } from "../../packages/resend-simulator/src/simulator.ts";
import { addEvent, addPeople, createDelivery, drain, post, TEST_DEPLOYMENT } from "../../supabase/tests/harness/world.ts";

export interface DrillResult {
  /** Messages written in all, and how many the restored database has. */
  written: number;
  restored: number;
  /** How many it should have: those committed before the moment. */
  expected: number;
  letters: number;
  /** Recipient and message pairs that were told more than once: must be none. */
  toldTwice: string[];
  skipped: Record<string, number>;
  /** From the decision to restore to the first new letter. */
  rtoSeconds: number;
  /** Between the last moment that can be restored without the lost disk and the outage. */
  rpoSeconds: number;
}

const MIGRATIONS = path.join(import.meta.dirname, "../../supabase/migrations");
const PASSWORD = "drill";

/**
 * A server with traffic is backed up, lives on, and is lost in the middle of it, disk and all. It is brought back to a
 * random moment elsewhere; what was sent before the loss must not be sent again, and what is written now must be.
 * @param random 0 to 1: which moment
 */
export async function recoveryDrill(folder: string, rounds: number, random: () => number): Promise<DrillResult> {
  const backups = path.join(folder, "backups");
  const simulator = createResendSimulator({ requestsPerSecond: null });
  const source = await startPostgres({ dataDir: path.join(folder, "source"), password: PASSWORD, settings: archiveSettings(backups), log: () => {} });
  const sql = connect(source.url);
  const moments: { at: Date; written: number }[] = [];
  let written = 0;
  const say = async (on: Sql, event: string, author: string, beforeTelling = async () => {}) => {
    written += 1;
    await post(on, event, author, `message-${written}.`);
    await beforeTelling();
    await drain(createDelivery(on, soon, simulator).deps);
  };
  try {
    await prepareDatabase({ url: source.url, migrations: MIGRATIONS, embedded: true });
    await letEverythingOut(sql, TEST_DEPLOYMENT);
    const people = await addPeople(sql, 5);
    const event = await addEvent(sql, { participants: people, window: 0 });
    await say(sql, event, people[0]!);
    await takeBackup(sql, backups, new Date());
    for (let round = 0; round < rounds; round += 1) {
      // The worst moment of each message: it is there, and its letters, which left a moment later, are not.
      await say(sql, event, people[round % people.length]!, async () => {
        const [{ now } = { now: new Date() }] = await sql<{ now: Date }[]>`select clock_timestamp() + interval '1 millisecond' as now`;
        await sql`select pg_sleep(0.01)`;
        moments.push({ at: now, written });
      });
    }
    // One that is due and was not sent before the loss, and the end of what the archive has.
    written += 1;
    await post(sql, event, people[0]!, `message-${written}.`);
    await sql`select pg_switch_wal()`;
    await archived(sql);
    const archivedAt = Date.now();
    await say(sql, event, people[1]!);
    const outageAt = new Date();
    const rpoSeconds = (outageAt.getTime() - archivedAt) / 1000;
    await sql.end();
    await source.stop();

    const moment = moments[Math.floor(random() * moments.length)]!;
    const decidedAt = performance.now();
    const dataDir = path.join(folder, "restored");
    const { skipped } = await restoreBackup({ folder: backups, dataDir, password: PASSWORD, to: moment.at, outageAt, log: () => {} });
    const target = await startPostgres({ dataDir, password: PASSWORD, log: () => {} });
    const restoredSql = connect(target.url);
    try {
      const [{ count } = { count: 0 }] = await restoredSql<{ count: number }[]>`select count(*)::int as count from public.chat_messages`;
      await drain(createDelivery(restoredSql, soon, simulator).deps);
      const before = simulator.accepted.all().length;
      // Of an event of its own: about the old one its readers may have had letters enough.
      await say(restoredSql, await addEvent(restoredSql, { title: "After", participants: people, window: 0 }), people[2]!);
      const rtoSeconds = (performance.now() - decidedAt) / 1000;
      const letters = simulator.accepted.all();
      if (letters.length === before) throw new Error("Nothing was told after the restore.");
      return { written, restored: count, expected: moment.written, letters: letters.length, toldTwice: toldTwice(letters), skipped, rtoSeconds, rpoSeconds };
    } finally {
      await restoredSql.end();
      await target.stop();
    }
  } finally {
    await sql.end();
    await source.stop();
  }
}

/** What is due now is due a second from now, whatever the clocks' last digits are. */
const soon = () => new Date(Date.now() + 1000);

const connect = (url: string): Sql => postgres(url, { max: 4, onnotice() {} }) as unknown as Sql;

async function archived(sql: Sql): Promise<void> {
  for (;;) {
    const [row] = await sql`
      select last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 1) as done, last_failed_time > coalesce(last_archived_time, '-infinity') as failing
      from pg_stat_archiver`;
    if (row!.done) return;
    if (row!.failing) throw new Error("WAL is not archived: see Postgres' log.");
    await sql`select pg_sleep(0.1)`;
  }
}

function toldTwice(letters: readonly { wire: { to: string | readonly string[]; text?: string | null } }[]): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { wire } of letters) {
    for (const [message] of new Set((wire.text ?? "").match(/message-\d+\./g) ?? []).entries()) {
      const told = `${[wire.to].flat().join()} ${message}`;
      if (seen.has(told)) twice.add(told);
      seen.add(told);
    }
  }
  return [...twice];
}
