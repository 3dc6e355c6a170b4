import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import postgres from "postgres";
import { openNotifierDatabase } from "../../apps/worker/src/notifier-database.ts";
import { startProcessor } from "../../apps/worker/src/start-processor.ts";
import { createNotifierLogin, withLogin } from "../../apps/local/src/login-roles.ts";
import { startPostgres, type PostgresCluster } from "../../apps/local/src/postgres-cluster.ts";
import { prepareDatabase } from "../../apps/local/src/prepare-database.ts";
import { reportHealth } from "../../packages/core/src/health.ts";
import { createResendSimulator } from "../../packages/resend-simulator/src/simulator.ts";
import { letEverythingOut } from "../../supabase/tests/harness/let-everything-out.ts";
import { addEvent, addPeople, post, TEST_DEPLOYMENT, TEST_KEYS } from "../../supabase/tests/harness/world.ts";
import { until } from "../harness/until.ts";

export interface FullDiskResult {
  /** SQLSTATEs and codes with which writers were refused, and with which the processor failed. */
  refusals: string[];
  failures: string[];
  /** What health said while the disk was full and nobody had been able to speak. */
  reasons: string[];
  /** Whether Postgres itself had to be started again, as whoever runs it does. */
  restarts: number;
  messages: number;
  /** Of recipient and message: told never, or more than once. */
  lost: number;
  doubled: number;
  /** From room on the disk to the last letter. */
  recoveredSeconds: number;
  alerts: string[];
}

const MIGRATIONS = path.join(import.meta.dirname, "../../supabase/migrations");
const PASSWORD = "faults";
const LISTENERS = 4;
/** Their notifications need room. */
const CROWD = 3000;

/**
 * A server whose disk fills up while people write and a processor sends, and which gets room again half a minute later.
 * @param disk a folder on a disk of some 400 MB of its own
 */
export async function fillDisk(disk: string): Promise<FullDiskResult> {
  const simulator = createResendSimulator({ requestsPerSecond: null, keepAll: true });
  const failures = new Set<string>();
  const refusals = new Set<string>();
  let restarts = 0;
  let stopping = false;
  const start = (port?: number): Promise<PostgresCluster> =>
    startPostgres({ dataDir: path.join(disk, "postgres"), password: PASSWORD, log: () => {}, ...(port !== undefined && { port }), settings: { max_wal_size: "64MB", min_wal_size: "32MB" } });
  let cluster = await start();
  const { port, url } = cluster;
  // Whoever runs Postgres starts it again when it ends: a full disk under its WAL ends it.
  void (async () => {
    for (;;) {
      await cluster.exited;
      if (stopping) return;
      for (;;) {
        await wait(1000);
        const again = await start(port).catch(() => null);
        if (again === null) continue;
        cluster = again;
        restarts += 1;
        break;
      }
    }
  })();

  const sql = postgres(url, { max: 2, onnotice() {} });
  await prepareDatabase({ url, migrations: MIGRATIONS, embedded: true });
  await letEverythingOut(sql, TEST_DEPLOYMENT);
  await sql`update private.settings set silent_after_seconds = 30, lease_seconds = 10`;
  await createNotifierLogin(sql, PASSWORD);
  const notifier = openNotifierDatabase(withLogin(url, "notifier", PASSWORD), TEST_DEPLOYMENT, TEST_KEYS.signingId);
  const processor = startProcessor({
    database: notifier.database,
    mail: { apiKey: "re_test", baseUrl: "http://resend.test", fetch: (input, init) => simulator.fetch(new Request(input, { ...init, headers: { "user-agent": "drill", ...init?.headers } })) },
    unsubscribeKeys: TEST_KEYS,
    log: (level, _event, fields) => void (level === "error" && failures.add(String(fields?.code))),
    watch: { operations: notifier.operations, processor: { id: "drill", kind: "worker", version: "drill" }, post: async () => true, reportAlive: null },
  });
  const people = await addPeople(sql, CROWD + 1);
  const committed: string[] = [];
  const owed = new Map<string, number>();
  const say = async (listeners = LISTENERS, window = 0) => {
    const token = `drill-${committed.length + 1}.`;
    const event = await addEvent(sql, { title: token, participants: people.slice(0, listeners + 1), window });
    await post(sql, event, people[0]!, token);
    committed.push(token);
    owed.set(token, listeners);
  };
  const told = (token: string) => simulator.accepted.all().filter(({ wire }) => (wire.text ?? "").includes(token)).length;
  const everythingTold = () => committed.every((token) => told(token) >= owed.get(token)!);

  await say();
  await until("the first letters", everythingTold);
  // Due while there is no room, for many.
  await say(CROWD, 2);
  const ballast = path.join(disk, "ballast");
  await fill(ballast);
  const fullAt = performance.now();
  while (performance.now() - fullAt < 45_000) {
    // Some still fit into pages that are there: they are owed, and those that are refused are not.
    await say().catch((error: { code?: string }) => void refusals.add(error.code ?? "unknown"));
    await fill(ballast);
    await wait(500);
  }
  const report = await reportHealth({ operations: notifier.operations, now: () => performance.now(), sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => {}) });
  await rm(ballast);
  const freeAt = performance.now();
  const soon = await until("messages to be taken again", () => say().then(() => true, () => false), 60_000);
  await until("everything to be told", () => soon && everythingTold(), 120_000);
  const recoveredSeconds = (performance.now() - freeAt) / 1000;
  await until("health to be well", async () => (await notifier.operations.health().catch(() => null))?.reasons.includes("no_processor") === false, 60_000);
  const alerts = await until("the outage to be an alert", async () => {
    const rows = await sql<{ name: string }[]>`select distinct name from private.alerts`;
    return rows.length > 0 && rows.map(({ name }) => name);
  }, 60_000);
  const counts = committed.map((token) => told(token) - owed.get(token)!);
  stopping = true;
  await processor.stop();
  await notifier.close();
  await sql.end();
  await cluster.stop();
  return {
    refusals: [...refusals], failures: [...failures], reasons: report.reasons, restarts, messages: committed.length,
    lost: counts.reduce((sum, count) => sum + Math.max(0, -count), 0), doubled: counts.reduce((sum, count) => sum + Math.max(0, count), 0),
    recoveredSeconds, alerts,
  };
}

/** Writes until nothing more fits. */
async function fill(file: string): Promise<void> {
  const stream = createWriteStream(file, { flags: "a" });
  const failed = once(stream, "error").catch((error: unknown) => [error]);
  for (const size of [1_048_576, 8192]) {
    for (;;) {
      const written = new Promise<boolean>((resolve) => stream.write(Buffer.alloc(size), (error) => resolve(!error)));
      if (!(await written)) break;
    }
    if (stream.destroyed) break;
  }
  stream.destroy();
  await Promise.race([failed, wait(0)]);
}
