/**
 * `npm run lint:migrations [-- FILE …]`: what would block or break a running system – a lock that waits, an index built
 * inside a transaction, a column dropped under a worker of the version before – by squawk. Ends with 1 when it finds any.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { MIGRATION_NAME } from "./build-migrations.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MIGRATIONS = path.join(ROOT, "supabase/migrations");

/** Small numbers are counts, seconds, lanes; keys are bigint or uuid already. */
const NEVER = ["prefer-bigint-over-int", "prefer-bigint-over-smallint"];

/** Squawk's words, a line a finding; empty: nothing to say. */
export function lintMigrations(files: string[]): string[] {
  const binary = path.join(path.dirname(createRequire(import.meta.url).resolve("squawk-cli/package.json")), "js/bin/squawk");
  // The first one creates everything: there is nobody yet who could wait.
  const [first, later] = [files.filter((file) => path.basename(file) === MIGRATION_NAME), files.filter((file) => path.basename(file) !== MIGRATION_NAME)];
  return [...run(binary, ["require-lock-timeout", "require-statement-timeout"], first), ...run(binary, [], later)];
}

function run(binary: string, exclude: string[], files: string[]): string[] {
  if (files.length === 0) return [];
  const config = path.join(ROOT, ".squawk.toml");
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [binary, `--config=${config}`, "--reporter=gcc", `--exclude=${[...NEVER, ...exclude].join()}`, ...files], { encoding: "utf8" });
  if (status === 0) return [];
  const found = stdout.split("\n").filter((line) => line !== "");
  if (status !== 1 || found.length === 0) throw new Error(`squawk could not be run: ${error?.message ?? stderr}`);
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const named = process.argv.slice(2);
  const found = lintMigrations(named.length > 0 ? named : readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql")).map((name) => path.join(MIGRATIONS, name)));
  console.log(found.length === 0 ? "Nothing in these migrations would block or break a running system." : found.join("\n"));
  process.exitCode = found.length === 0 ? 0 : 1;
}
