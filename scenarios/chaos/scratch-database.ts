import { chmod, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Sql } from "postgres";
import { createNotifierLogin, withLogin } from "../../apps/local/src/login-roles.ts";
import { type PostgresCluster, startPostgres } from "../../apps/local/src/postgres-cluster.ts";
import { prepareDatabase } from "../../apps/local/src/prepare-database.ts";
import { identifyProcess } from "../../apps/local/src/process-identity.ts";
import { letEverythingOut } from "../../supabase/tests/harness/let-everything-out.ts";
import { createSturdyConnection, isBrokenConnection } from "./sturdy-connection.ts";

const MIGRATIONS = path.join(import.meta.dirname, "../../supabase/migrations");
const PASSWORD = "chaos";
const PREFIX = "chat-notifications-chaos-";
/** Connections of this name are spared when connections drop. */
const OWN_NAME = "chaos judge";

/** The deployment for which the scratch database has delivery switched on. */
export const DEPLOYMENT = "http://chaos.test";

/** A Postgres of its own with default durability: what it acknowledged must survive every crash. */
export interface ScratchDatabase {
  /** Superuser's and owner's. */
  url: string;
  notifierUrl: string;
  /** Does something as the owner that may be done twice, again and again until no connection breaks under it. */
  persist<T>(act: (sql: Sql) => Promise<T>): Promise<T>;
  /** Immediate shutdown (no checkpoint, no goodbye), then recovery at the same address. */
  crash(): Promise<void>;
  /** Ends connections of others: of those in the middle of something first, else any. */
  dropConnections(count: number, random: () => number): Promise<number>;
  stop(): Promise<void>;
}

export async function startScratchDatabase(): Promise<ScratchDatabase> {
  await removeLeftovers();
  const folder = await mkdtemp(path.join(tmpdir(), `${PREFIX}${process.pid}-`));
  // As root, Postgres runs as somebody else, who must be able to enter.
  await chmod(folder, 0o755);
  const dataDir = path.join(folder, "postgres");
  let cluster = await startPostgres({ dataDir, password: PASSWORD, log() {} });
  const { url, port } = cluster;
  const connections = Array.from({ length: 3 }, () => createSturdyConnection(url, OWN_NAME));
  let turn = 0;
  const database: ScratchDatabase = {
    url,
    notifierUrl: withLogin(url, "notifier", PASSWORD),
    async persist(act) {
      const connection = connections[(turn += 1) % connections.length]!;
      for (let failures = 0; ; failures += 1) {
        try {
          return await connection.run(act);
        } catch (error) {
          if (failures === 100 || !isBrokenConnection(error)) throw error;
          await wait(100);
        }
      }
    },
    async crash() {
      const postmaster = Number((await readFile(path.join(dataDir, "postmaster.pid"), "utf8")).split("\n")[0]);
      process.kill(postmaster, "SIGQUIT");
      await cluster.exited;
      await cluster.stop();
      cluster = await restart(dataDir, port);
    },
    dropConnections: (count, random) =>
      database.persist(async (sql) => {
        const backends = await sql<{ pid: number }[]>`
          select pid
          from pg_stat_activity
          where backend_type = 'client backend' and application_name <> ${OWN_NAME}
          order by state in ('active', 'idle in transaction') desc, pid`;
        const within = Math.min(backends.length, count * 3);
        const chosen = Array.from({ length: Math.min(count, within) }, () => backends[Math.floor(random() * within)]!.pid);
        await sql`select pg_terminate_backend(pid) from unnest(${chosen}::int[]) pid`;
        return chosen.length;
      }),
    async stop() {
      await Promise.all(connections.map((connection) => connection.end()));
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await prepareDatabase({ url, migrations: MIGRATIONS, embedded: true });
    await database.persist((sql) => createNotifierLogin(sql, PASSWORD));
    // Short times, so that a run of minutes sees what otherwise takes days; the lease cannot be shorter.
    await database.persist((sql) => sql`
      update private.settings
      set lease_seconds = 10, batch_window_seconds = 1, mention_grace_seconds = 1`);
    await database.persist((sql) => letEverythingOut(sql, DEPLOYMENT));
  } catch (error) {
    await database.stop();
    throw error;
  }
  return database;
}

/** Everybody knows the old address, and another process may have taken its port for a moment. */
async function restart(dataDir: string, port: number): Promise<PostgresCluster> {
  for (let attempts = 1; ; attempts += 1) {
    const cluster = await startPostgres({ dataDir, password: PASSWORD, log() {}, port });
    if (cluster.port === port) return cluster;
    await cluster.stop();
    if (attempts === 50) throw new Error(`Port ${port} does not become free again.`);
    await wait(100);
  }
}

/** A run that is itself killed takes Postgres with it and leaves the files behind. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]);
    if (!pid || (await identifyProcess(pid))) continue;
    await rm(path.join(tmpdir(), name), { recursive: true, force: true }).catch(() => {});
  }
}
