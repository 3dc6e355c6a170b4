import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import postgres, { type Sql } from "postgres";
import { createNotifierLogin, withLogin } from "../apps/local/src/login-roles.ts";
import { startPostgres } from "../apps/local/src/postgres-cluster.ts";
import { prepareDatabase } from "../apps/local/src/prepare-database.ts";
import { letEverythingOut } from "../supabase/tests/harness/let-everything-out.ts";
import { TEST_DEPLOYMENT } from "../supabase/tests/harness/world.ts";

/** Migrated once, copied for each benchmark. */
const TEMPLATE = "bench_template";
const MIGRATIONS = path.join(import.meta.dirname, "../supabase/migrations");

const NOTIFIER_PASSWORD = "bench";

export interface BenchDatabase {
  /** The owner's. */
  url: string;
  /** As processors log in. */
  notifierUrl: string;
  sql: Sql;
  drop(): Promise<void>;
}

export interface BenchServer {
  /** A database with our migrations, delivery on, nothing limited; or an empty one for a peer. */
  createDatabase(kind?: "ours" | "empty"): Promise<BenchDatabase>;
  stop(): Promise<void>;
}

/**
 * The embedded Postgres with its default durability, on a folder of its own.
 * @param quick nobody reads the figures: without durability
 */
export async function startBenchServer(quick: boolean): Promise<BenchServer> {
  const folder = await mkdtemp(path.join(tmpdir(), "chat-notifications-bench-"));
  await chmod(folder, 0o755);
  const cluster = await startPostgres({
    dataDir: path.join(folder, "postgres"), password: "bench", log() {},
    // As much memory as a small hosted instance has; durability stays as it is.
    settings: { max_connections: "200", shared_buffers: "512MB", max_wal_size: "4GB", ...(quick && { fsync: "off" }) },
  });
  const owner = postgres(cluster.url, { max: 1, onnotice() {} });
  const urlOf = (database: string) => Object.assign(new URL(cluster.url), { pathname: `/${database}` }).href;
  let number = 0;
  let hasTemplate = false;
  return {
    async createDatabase(kind = "ours") {
      const name = `bench_${(number += 1)}`;
      if (kind === "ours" && !hasTemplate) {
        await owner.unsafe(`create database ${TEMPLATE}`);
        await prepareDatabase({ url: urlOf(TEMPLATE), migrations: MIGRATIONS, embedded: true });
        await createNotifierLogin(owner, NOTIFIER_PASSWORD);
        hasTemplate = true;
      }
      await owner.unsafe(`create database ${name} template ${kind === "ours" ? TEMPLATE : "template1"}`);
      const url = urlOf(name);
      const sql = postgres(url, { max: 40, onnotice() {}, connection: { application_name: "bench" } });
      if (kind === "ours") await letEverythingOut(sql, TEST_DEPLOYMENT);
      return {
        url,
        notifierUrl: withLogin(url, "notifier", NOTIFIER_PASSWORD),
        sql,
        async drop() {
          await sql.end();
          await owner.unsafe(`drop database ${name} with (force)`);
        },
      };
    },
    async stop() {
      await owner.end();
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
