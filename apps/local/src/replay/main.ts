import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { findConversation } from "./find-conversation.ts";
import { findStack } from "./find-stack.ts";
import { type ReplayArguments, help, parseArguments } from "./parse-arguments.ts";
import { parseConversation } from "./parse-conversation.ts";
import { createProgressReport } from "./progress-report.ts";
import { replay } from "./replay.ts";
import { ApiError } from "./sign-in.ts";

const DATA_FOLDER = path.join(import.meta.dirname, "../../../../scenarios/data/irc");

const parsed = parseArguments(process.argv.slice(2));
if (parsed.kind === "help") process.stdout.write(help);
else if (parsed.kind === "bad") fail(`${parsed.message} See --help.`);
else await run(parsed.settings);

async function run(settings: ReplayArguments): Promise<void> {
  const workingDirectory = process.env.INIT_CWD ?? process.cwd();
  const log = await findConversation(settings.file, { workingDirectory, dataFolder: DATA_FOLDER, readFile: textOf });
  if (log === undefined) return fail(`There is no file ${settings.file}, here or in scenarios/data/irc.`);
  const conversation = parseConversation(log);
  if (conversation.length === 0) return fail(`${settings.file} holds no message: lines look like "[HH:MM] <nick> text".`);
  const found = await findStack({ env: process.env, workingDirectory: process.cwd(), readFile: textOf, fetch });
  if (!found.ok) return fail(found.message);

  const sql = postgres(found.stack.databaseUrl, { max: 2, onnotice() {}, connection: { application_name: "chat-notifications replay" } });
  const report = createProgressReport((text) => process.stderr.write(text), process.stderr.isTTY);
  const title = `${path.basename(settings.file).slice(0, 100)}, replayed ${new Date().toISOString().slice(0, 16).replace("T", " ")}`;
  try {
    const result = await replay(conversation, settings, title, {
      stack: found.stack,
      sql,
      fetch,
      now: () => performance.now(),
      wait: (ms) => sleep(ms),
      report,
    });
    process.stdout.write(`${JSON.stringify(result)}\n`);
    if (result.missing > 0 || result.doubled > 0) process.exitCode = 1;
  } catch (error) {
    fail(error instanceof ApiError ? error.message : String(error));
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
}

function fail(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}
