import { chown, copyFile, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Sql } from "postgres";

/** Postgres makes them anew, or they belong to the running server only. */
const EMPTY_FOLDERS = ["pg_wal", "pg_replslot", "pg_stat_tmp", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_subtrans"];
const LEFT_OUT = /^(postmaster\.(pid|opts)|backup_label|tablespace_map|recovery\.signal|standby\.signal)$|^pgsql_tmp/;

/**
 * A physical backup of the running server: files copied between pg_backup_start and pg_backup_stop, whole only together
 * with the WAL that is archived beside it. Returns its folder, which has its name only when it is complete.
 * @param sql superuser, one connection
 */
export async function takeBackup(sql: Sql, folder: string, at: Date): Promise<string> {
  const [{ data_directory: source } = { data_directory: "" }] = await sql<{ data_directory: string }[]>`show data_directory`;
  const name = `base-${at.toISOString().replaceAll(/[:.]/g, "-")}`;
  const unfinished = path.join(folder, `${name}.unfinished`);
  await mkdir(path.join(folder, "wal"), { recursive: true, mode: 0o700 });
  await mkdir(unfinished, { mode: 0o700 });
  // Archived segments are written by the server's own account.
  const owner = await stat(source);
  for (const place of [folder, path.join(folder, "wal")]) await chown(place, owner.uid, owner.gid);
  try {
    await sql`select pg_backup_start(${name}, true)`;
    await copyFolder(source, unfinished, true);
    const [stopped] = await sql<[{ labelfile: string }]>`select labelfile from pg_backup_stop(true)`;
    await writeFile(path.join(unfinished, "backup_label"), stopped.labelfile, { mode: 0o600 });
    const finished = path.join(folder, name);
    await rename(unfinished, finished);
    return finished;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}

async function copyFolder(from: string, to: string, top: boolean): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (LEFT_OUT.test(entry.name)) continue;
    if (entry.isDirectory()) {
      await mkdir(target, { mode: 0o700 });
      if (!(top && EMPTY_FOLDERS.includes(entry.name))) await copyFolder(source, target, false);
    } else if (entry.isFile()) {
      // Tables come and go while we copy: the WAL knows.
      await copyFile(source, target).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
      });
    }
  }
}
