/**
 * Writes supabase/migrations/ from supabase/schemas/, the source of truth. Until the first release there is one
 * migration, the schemas in their order. `--check` only compares, and fails when they differ.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const supabase = fileURLToPath(new URL("../supabase/", import.meta.url));
export const MIGRATION_NAME = "20261122000000_chat_notifications.sql";
const target = `${supabase}migrations/${MIGRATION_NAME}`;

/** Our own chat, what its web app asks, and how the engine sees it. An app that has a chat leaves them out and brings its own adapter. */
export const HOST_SCHEMAS = [
  "10_events_and_people.sql", "15_profiles.sql", "20_chat.sql", "25_host_adapter.sql", "92_me.sql", "93_inbox.sql", "94_invitations.sql", "94_organizing.sql", "94_people_of_events.sql", "98_host_triggers.sql",
];
/** In an adapter: what comes after this line is run last, when the engine's functions are there for triggers to call. */
export const TRIGGERS_MARK = "-- Triggers, after the engine:";

/**
 * The one migration's text: every schema file under its name.
 * @param adapter SQL in place of HOST_SCHEMAS
 */
export function buildInitialMigration(adapter?: string): string {
  const files = readdirSync(`${supabase}schemas`).filter((name) => name.endsWith(".sql")).sort();
  const parts: (readonly [string, string])[] = files.filter((name) => adapter === undefined || !HOST_SCHEMAS.includes(name) || name === "25_host_adapter.sql")
    .map((name) => [name, readFileSync(`${supabase}schemas/${name}`, "utf8")] as const);
  if (adapter !== undefined) {
    const [functions, triggers] = splitAdapter(adapter);
    parts[parts.findIndex(([name]) => name === "25_host_adapter.sql")] = ["The host adapter", functions];
    parts.push(["The host's triggers", triggers]);
  }
  const texts = parts.map(([name, text]) => `-- ${name}\n\n${text.trim()}\n`);
  return `-- Generated from supabase/schemas by npm run build:migrations. Do not edit.\n\n${texts.join("\n")}`;
}

/** What an adapter says before and after the engine. */
function splitAdapter(adapter: string): [string, string] {
  const [functions, triggers, ...more] = adapter.split(TRIGGERS_MARK);
  if (triggers === undefined || more.length > 0) throw new Error(`An adapter has the line “${TRIGGERS_MARK}” once: nothing would call the engine.`);
  return [functions!, triggers];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const built = buildInitialMigration();
  if (!process.argv.includes("--check")) {
    writeFileSync(target, built);
  } else if (readFileSync(target, "utf8") !== built) {
    console.error("supabase/migrations differs from supabase/schemas: run npm run build:migrations.");
    process.exit(1);
  }
}
