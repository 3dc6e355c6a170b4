import path from "node:path";
import { createWriteStream } from "node:fs";
import { archiveSettings, backupFolder } from "./backup/archive.ts";
import { checkDatabase } from "./check-database.ts";
import type { LocalConfig } from "./config.ts";
import { startPostgres } from "./postgres-cluster.ts";
import type { Secrets } from "./secrets.ts";

export interface OpenDatabase {
  /** The owner's URL. */
  url: string;
  embedded: boolean;
  /** Resolves when the embedded Postgres has ended, wanted or not; never for one of your own. */
  exited: Promise<void>;
  close(): Promise<void>;
}

/** The embedded Postgres under DATA_DIR/postgres, or the one of DATABASE_URL once it has proved fit. */
export async function openDatabase(config: LocalConfig, secrets: Secrets): Promise<OpenDatabase> {
  if (config.databaseUrl !== null) {
    await checkDatabase(config.databaseUrl);
    return { url: config.databaseUrl, embedded: false, exited: new Promise(() => {}), close: async () => {} };
  }
  const log = createWriteStream(path.join(config.dataDir, "postgres.log"), { mode: 0o600 });
  const cluster = await startPostgres({
    dataDir: path.join(config.dataDir, "postgres"),
    password: secrets.postgresPassword,
    settings: process.platform === "win32" ? {} : archiveSettings(backupFolder(config.dataDir)),
    log: (line) => log.write(`${line}\n`),
  });
  const close = async (): Promise<void> => {
    await cluster.stop();
    log.end();
  };
  return { url: cluster.url, embedded: true, exited: cluster.exited, close };
}
