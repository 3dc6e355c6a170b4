import { chmod, copyFile, cp, mkdir, readdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import postgres from "postgres";
import { giveUpOwnership, takeOwnership } from "../postgres-owner.ts";
import { startPostgres } from "../postgres-cluster.ts";
import { StartFailure } from "../start-failure.ts";
import { restoreSettings } from "./archive.ts";

export interface RestoreOptions {
  /** Of backups and archived WAL. */
  folder: string;
  /** Where the server's files shall lie; what is there is moved aside. */
  dataDir: string;
  password: string;
  /** null: the latest moment that is archived, or still in the old files. */
  to: Date | null;
  /** When the outage was, as late as it may have been: what was due before may have been told. */
  outageAt: Date;
  log: (line: string) => void;
}

export interface Restored {
  base: string;
  /** Where the files that were there are now; null: none were. */
  setAside: string | null;
  /** What `after_restore()` skipped. */
  skipped: Record<string, number>;
}

/**
 * Brings the server's files to a moment, and its notifications into a state in which nothing is told twice. Afterwards
 * it may be started as always. Throws StartFailure: data_directory_in_use, backup_missing, postgres_start_failed.
 */
export async function restoreBackup({ folder, dataDir, password, to, outageAt, log }: RestoreOptions): Promise<Restored> {
  const base = await findBase(folder, to);
  await mkdir(dataDir, { recursive: true });
  await takeOwnership(dataDir);
  const setAside = await moveAside(dataDir, folder, outageAt).finally(() => giveUpOwnership(dataDir));
  await cp(path.join(folder, base), dataDir, { recursive: true, preserveTimestamps: true });
  // Postgres refuses files that others may enter.
  await chmod(dataDir, 0o700);
  await writeFile(path.join(dataDir, "recovery.signal"), "");
  const server = await startPostgres({ dataDir, password, settings: restoreSettings(folder, to), log });
  const sql = postgres(server.url, { max: 1, onnotice() {} });
  try {
    const [row] = await sql<[{ skipped: Record<string, number> }]>`select public.after_restore(${outageAt}) as skipped`;
    return { base, setAside, skipped: row.skipped };
  } finally {
    await sql.end();
    await server.stop();
  }
}

/** The newest complete one that is not younger than the moment. */
async function findBase(folder: string, to: Date | null): Promise<string> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^base-.*Z$/.test(name)).sort();
  const limit = to === null ? "~" : `base-${to.toISOString().replaceAll(/[:.]/g, "-")}`;
  const base = names.filter((name) => name <= limit).at(-1);
  if (base !== undefined) return base;
  throw new StartFailure("backup_missing", `There is no backup in ${folder}${to === null ? "" : ` from before ${to.toISOString()}`}: npm run backup takes one.`);
}

/** WAL that was not archived yet is the newest of all: it goes into the archive first. */
async function moveAside(dataDir: string, folder: string, at: Date): Promise<string | null> {
  if ((await readdir(dataDir)).length === 0) return null;
  const archived = new Set(await readdir(path.join(folder, "wal")).catch(() => []));
  for (const name of await readdir(path.join(dataDir, "pg_wal")).catch(() => [])) {
    if (/^[0-9A-F]{24}$|\.history$/.test(name) && !archived.has(name)) {
      await copyFile(path.join(dataDir, "pg_wal", name), path.join(folder, "wal", name));
    }
  }
  const setAside = `${dataDir}.before-${at.toISOString().replaceAll(/[:.]/g, "-")}`;
  await rename(dataDir, setAside);
  await mkdir(dataDir, { mode: 0o700 });
  return setAside;
}
