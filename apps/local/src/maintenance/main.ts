import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseEnv } from "node:util";
import { secureDatabaseUrl } from "@chat-notifications/core/secure-address.ts";
import postgres from "postgres";
import { runDrill } from "./run-drill.ts";
import { type Kind, KINDS, runMaintenance } from "./run-maintenance.ts";
import { printSections } from "./section.ts";

const USAGE = `Usage: npm run maintain -- ${KINDS.join("|")} [--dry-run]
DATABASE_URL: the owner's; without it the one of the running local stack (DATA_DIR, .data).`;

const [kind, ...flags] = process.argv.slice(2);
if (!KINDS.includes(kind as Kind) || flags.some((flag) => flag !== "--dry-run")) {
  console.error(USAGE);
  process.exit(2);
}
const local = path.join(process.env.DATA_DIR || ".data", "local.env");
const url = process.env.DATABASE_URL || parseEnv(await readFile(local, "utf8").catch(() => "")).DATABASE_URL;
if (!url) {
  console.error(`No DATABASE_URL, and no stack has run here (${local}).\n${USAGE}`);
  process.exit(2);
}
const address = secureDatabaseUrl(url, process.env.ALLOW_PLAINTEXT === "true");
if (!address.ok) {
  console.error(`DATABASE_URL ${address.problem}.`);
  process.exit(2);
}
const sql = postgres(address.url, { max: 1, onnotice() {}, connection: { application_name: "chat-notifications maintenance" } });
try {
  console.log(printSections(await runMaintenance(sql, kind as Kind, flags.length > 0, runDrill)));
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  console.error(code === "ECONNREFUSED" ? "The database does not answer: start it (npm start), or set DATABASE_URL." : message);
  process.exitCode = 1;
} finally {
  await sql.end();
}
