import path from "node:path";

/** Where base backups and archived WAL lie; there is none until the first `npm run backup`. */
export function backupFolder(dataDir: string): string {
  return path.join(dataDir, "backups");
}

/**
 * Server settings that archive WAL continuously once the folder exists, so that the first backup needs no restart. A
 * segment goes under its name only when it is whole; five minutes are the most that a lost disk can cost.
 */
export function archiveSettings(folder: string): Record<string, string> {
  const wal = quote(path.join(folder, "wal"));
  const command = `test ! -d ${wal} || test -f ${wal}/%f || { cp "%p" ${wal}/%f.part && mv ${wal}/%f.part ${wal}/%f; }`;
  return { archive_mode: "on", archive_timeout: "300", archive_command: command };
}

/** What a server that recovers fetches it with. */
export function restoreSettings(folder: string, to: Date | null): Record<string, string> {
  return {
    restore_command: `cp ${quote(path.join(folder, "wal"))}/%f "%p"`,
    recovery_target_action: "promote",
    ...(to === null ? {} : { recovery_target_time: to.toISOString().replace("T", " ").replace("Z", "+00") }),
  };
}

/** For the shell that Postgres starts, in which % is Postgres' own sign. */
function quote(file: string): string {
  return `'${file.replaceAll("'", `'\\''`).replaceAll("%", "%%")}'`;
}
