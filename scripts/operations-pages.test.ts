import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DATABASE_METRICS } from "../apps/worker/src/metrics.ts";
import { buildConfigurationPage, CONFIGURATION_PAGE } from "./build-configuration.ts";

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), "utf8");
const runbook = read("docs/operations.md");

test("docs/configuration.md is what the code says", () => {
  expect(readFileSync(CONFIGURATION_PAGE, "utf8"), "run npm run build:configuration").toBe(buildConfigurationPage());
});

test("the runbook has a section for each alert", () => {
  const names = [...read("supabase/schemas/90_alerts.sql").matchAll(/^ {2}\('(\w+)', '/gm)].map(([, name]) => name!);
  expect(names).toHaveLength(10);
  for (const name of names) expect(runbook).toContain(`\n### ${name}\n`);
});

test("the runbook names each metric and each reason of health", () => {
  for (const name of Object.keys(DATABASE_METRICS)) expect(runbook).toContain(`\`${name}\``);
  const code = read("supabase/schemas/91_health.sql") + read("packages/core/src/health.ts");
  const reasons = ["database_read_only", "no_processor", "delivery_off", "paused", "processing_delay", "quota", "schema_version", "database_slow", "database_unreachable", "no_connections"];
  for (const reason of reasons) {
    expect(code).toContain(reason);
    expect(runbook).toContain(`\`${reason}\``);
  }
});

test("the runbook lists each event that is logged, at its level", () => {
  const folders = ["packages/core/src", "apps/worker/src", "supabase/functions"];
  const code = folders.flatMap((folder) =>
    readdirSync(new URL(`../${folder}`, import.meta.url), { recursive: true, encoding: "utf8" }).filter((file) => /(?<!\.test)\.ts$/.test(file)).map((file) => read(`${folder}/${file}`)),
  ).join("\n");
  const logged = new Set([...code.matchAll(/\blog\("(error|warn|info)", "(\w+)"/g)].map(([, level, event]) => `${level} ${event}`));
  // The one place that decides by the outcome.
  expect(code).toContain('log(told ? "info" : "warn", told ? "alert_told" : "alert_not_told"');
  for (const line of ["info alert_told", "warn alert_not_told"]) logged.add(line);
  const listed = [...runbook.matchAll(/^\| `(error|warn|info)` \| [^|]+ \| (.+) \|$/gm)].flatMap(([, level, cell]) =>
    [...cell!.replaceAll(/\([^)]*\)/g, "").matchAll(/`(\w+)`/g)].map(([, event]) => `${level} ${event}`));
  expect(listed.sort()).toEqual([...logged].sort());
});
