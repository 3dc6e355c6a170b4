/**
 * Writes supabase/migrations/ from supabase/schemas/, the source of truth. Until the first release there is one
 * migration, the schemas in their order. `--check` only compares, and fails when they differ.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const supabase = fileURLToPath(new URL("../supabase/", import.meta.url));
const target = `${supabase}migrations/20261122000000_chat_notifications.sql`;

/** The one migration's text: every schema file under its name. */
export function buildInitialMigration(): string {
  const files = readdirSync(`${supabase}schemas`).filter((name) => name.endsWith(".sql")).sort();
  const parts = files.map((name) => `-- ${name}\n\n${readFileSync(`${supabase}schemas/${name}`, "utf8").trim()}\n`);
  return `-- Generated from supabase/schemas by npm run build:migrations. Do not edit.\n\n${parts.join("\n")}`;
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
