import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TEMPLATE_VERSION } from "../packages/emails/src/template-version.ts";
import { buildInitialMigration } from "./build-migrations.ts";

const root = new URL("../", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), "utf8");
const documents = ["README.md", "ARCHITECTURE.md", ...readdirSync(new URL("docs/", root)).map((file) => `docs/${file}`)].filter((file) => file.endsWith(".md"));

test.each(documents)("%s links only to what exists", (file) => {
  const text = read(file).replaceAll(/```[\s\S]*?```/g, "");
  for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:|^#/.test(target!)) continue;
    expect(existsSync(new URL(target!.split("#")[0]!, new URL(file, root))), `${file}: ${target}`).toBe(true);
  }
});

test("docs/errors.md lists the codes that the schema raises, with their messages' beginnings and hints", () => {
  const raised = readdirSync(new URL("supabase/schemas/", root)).flatMap((file) => [
    ...read(`supabase/schemas/${file}`).matchAll(/errcode = '(CN\d{3})',\s*message = (?:format\()?'((?:[^']|'')*)'[^;]*?hint = '((?:[^']|'')*)'/g),
  ]);
  const inSchema = new Map(raised.map(([, code, message, hint]) => [code!, [message!, hint!].map((text) => text.replaceAll("''", "'"))]));
  const rows = [...read("docs/errors.md").matchAll(/^\| `(CN\d{3})` \| (.+?) \| (.+?) \|$/gm)];
  expect(rows.map(([, code]) => code)).toEqual([...inSchema.keys()].sort());
  for (const [, code, message, hint] of rows) {
    expect(message!.replaceAll("…", "%s"), code).toBe(inSchema.get(code!)![0]);
    expect(hint!.replaceAll("`", ""), code).toBe(inSchema.get(code!)![1]);
  }
});

test("the database freezes the version of the templates that are compiled", () => {
  const [, inSql] = /private\.template_version\(\)[^;]*?return (\d+);/.exec(read("supabase/schemas/72_claiming.sql"))!;
  expect(Number(inSql)).toBe(TEMPLATE_VERSION);
});

test("the migration is what the schemas say", () => {
  expect(read("supabase/migrations/20261122000000_chat_notifications.sql")).toBe(buildInitialMigration());
});

test("the README's commands are scripts of package.json", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  for (const [, script] of read("README.md").matchAll(/npm run ([a-z:]+)/g)) expect(Object.keys(scripts)).toContain(script);
});
