import { chmod, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import postgres from "postgres";
import type { PostgresBinaries } from "../../../apps/local/src/postgres-binaries.ts";
import { type PostgresCluster, startPostgres } from "../../../apps/local/src/postgres-cluster.ts";
import { prepareDatabase } from "../../../apps/local/src/prepare-database.ts";
import { letEverythingOut } from "./let-everything-out.ts";
import { TEST_DEPLOYMENT } from "./world.ts";
import { identifyProcess } from "../../../apps/local/src/process-identity.ts";

export const TEMPLATE_DATABASE = "chat_notifications_template";

/** Speed over durability, and no background work that would make two runs differ. */
const SETTINGS = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  autovacuum: "off",
  max_connections: "300",
  max_wal_size: "4GB",
};

const PREFIX = "chat-notifications-test-";
const MIGRATIONS = path.join(import.meta.dirname, "../../migrations");

export interface TestCluster {
  /** Superuser's URL of the maintenance database `postgres`. */
  url: string;
  stop(): Promise<void>;
}

/** A throw-away cluster with one template database, prepared exactly as `npm start` prepares its own. */
export async function startTestCluster(): Promise<TestCluster> {
  await removeLeftovers();
  const folder = await mkdtemp(path.join(tmpdir(), `${PREFIX}${process.pid}-`));
  await chmod(folder, 0o755);
  const cluster = await startPostgres({
    dataDir: path.join(folder, "postgres"),
    password: "test",
    settings: SETTINGS,
    log: () => {},
    ...otherPostgres(process.env.TEST_POSTGRES),
  });
  const stop = async (): Promise<void> => {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await createTemplate(cluster);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: cluster.url, stop };
}

async function createTemplate(cluster: PostgresCluster): Promise<void> {
  const sql = postgres(cluster.url, { max: 1, onnotice() {} });
  await sql.unsafe(`create database ${TEMPLATE_DATABASE}`);
  const url = new URL(cluster.url);
  url.pathname = `/${TEMPLATE_DATABASE}`;
  await prepareDatabase({ url: url.href, migrations: MIGRATIONS, embedded: true });
  const owner = postgres(url.href, { max: 1 });
  await owner.unsafe(await readFile(path.join(import.meta.dirname, "lifecycle-guard.sql"), "utf8")).simple();
  await letEverythingOut(owner, TEST_DEPLOYMENT);
  await owner.end();
  await sql.unsafe(`alter database ${TEMPLATE_DATABASE} with allow_connections false`);
  await sql.end();
}

/** TEST_POSTGRES: the folder of another Postgres, such as /usr/lib/postgresql/15, to run the same tests on. */
function otherPostgres(root: string | undefined): { binaries?: PostgresBinaries } {
  return root === undefined ? {} : { binaries: { root, version: path.basename(root) } };
}

/** Clusters die with a killed test run, their folders do not. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]);
    if (!pid || (await identifyProcess(pid))) continue;
    await rm(path.join(tmpdir(), name), { recursive: true, force: true }).catch(() => {});
  }
}
