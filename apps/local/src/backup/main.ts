import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseEnv } from "node:util";
import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { loadSecrets } from "../secrets.ts";
import { StartFailure } from "../start-failure.ts";
import { backupFolder } from "./archive.ts";
import { restoreBackup } from "./restore-backup.ts";
import { takeBackup } from "./take-backup.ts";

const USAGE = `Usage: npm run backup                        of the running local stack, into DATA_DIR/backups
       npm run restore [-- --to TIME]        of the stopped one, to a moment such as 2026-11-22T14:30:00Z`;

const [command, ...rest] = process.argv.slice(2);
const dataDir = path.resolve(process.env.DATA_DIR || ".data");
const folder = backupFolder(dataDir);
try {
  if (command === "take" && rest.length === 0) await take();
  else if (command === "restore" && (rest.length === 0 || (rest.length === 2 && rest[0] === "--to" && !Number.isNaN(Date.parse(rest[1]!))))) {
    await restore(rest.length === 0 ? null : new Date(rest[1]!));
  } else {
    console.error(USAGE);
    process.exitCode = 2;
  }
} catch (error) {
  console.error(error instanceof StartFailure ? error.message : (error as Error).message);
  process.exitCode = 1;
}

async function take(): Promise<void> {
  const { DATABASE_URL } = parseEnv(await readFile(path.join(dataDir, "local.env"), "utf8").catch(() => ""));
  if (!DATABASE_URL) throw new Error(`No local stack has run in ${dataDir}: npm start.`);
  const sql = postgres(DATABASE_URL, { max: 1, onnotice() {} });
  try {
    const [{ archiving } = { archiving: "off" }] = await sql<{ archiving: string }[]>`select current_setting('archive_mode') as archiving`;
    if (archiving !== "on") throw new Error("This database is not the local stack's own: back it up with its host's means (docs/operations.md).");
    console.log(`Complete: ${await takeBackup(sql, folder, new Date())}`);
    console.log("From now on WAL is archived beside it, at the latest after five minutes.");
  } finally {
    await sql.end();
  }
}

async function restore(to: Date | null): Promise<void> {
  const secrets = await loadSecrets(dataDir, (bytes) => randomBytes(bytes).toString("hex"));
  // Data that another account keeps lies where this file says.
  const pointer = await readFile(path.join(dataDir, "postgres.location"), "utf8").catch(() => null);
  const place = pointer?.trim() || path.join(dataDir, "postgres");
  const { base, setAside, skipped } = await restoreBackup({
    folder, dataDir: place, password: secrets.postgresPassword, to, outageAt: new Date(), log: () => {},
  });
  console.log(`Restored ${base} and its WAL${to === null ? " to the end" : ` to ${to.toISOString()}`}.`);
  console.log(`Not told, because it may have been told before the outage: ${JSON.stringify(skipped)}`);
  if (setAside !== null) console.log(`What was there before: ${setAside}`);
  console.log("npm start goes on from here; take a new backup then.");
}
