/**
 * Writes supabase/migrations/ from supabase/schemas/, the source of truth. Until the first release there is one
 * migration, the schemas in their order. `--check` only compares, and fails when they differ.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const supabase = fileURLToPath(new URL("../supabase/", import.meta.url));
export const MIGRATION_NAME = "20261122000000_chat_notifications.sql";
const target = `${supabase}migrations/${MIGRATION_NAME}`;

/** Our own chat, and how the engine sees it. An app that has a chat leaves them out and brings its own adapter. */
export const HOST_SCHEMAS = ["10_events_and_people.sql", "15_profiles.sql", "20_chat.sql", "25_host_adapter.sql"];

/**
 * The one migration's text: every schema file under its name.
 * @param adapter SQL in place of HOST_SCHEMAS
 */
export function buildInitialMigration(adapter?: string): string {
  const files = readdirSync(`${supabase}schemas`).filter((name) => name.endsWith(".sql")).sort();
  const parts = files.flatMap((name) => {
    if (adapter === undefined || !HOST_SCHEMAS.includes(name)) return [[name, readFileSync(`${supabase}schemas/${name}`, "utf8")] as const];
    return name === "25_host_adapter.sql" ? [["The host adapter", adapter] as const] : [];
  });
  const texts = parts.map(([name, text]) => `-- ${name}\n\n${text.trim()}\n`);
  return `-- Generated from supabase/schemas by npm run build:migrations. Do not edit.\n\n${texts.join("\n")}`;
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
