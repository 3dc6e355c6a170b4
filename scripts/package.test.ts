import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildInitialMigration, TRIGGERS_MARK } from "./build-migrations.ts";
import { bundleFunction } from "./bundle-function.ts";
import { EDGE_FUNCTIONS } from "./edge-functions.ts";
import { writePackage } from "./package.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "chat-notifications-package-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a function with all its packages stays small: the platform takes 20 MB, starting costs by size", async () => {
  for (const name of EDGE_FUNCTIONS) {
    const bundle = await bundleFunction(name, { packages: "inside" });
    const kilobytes = gzipSync(bundle).length / 1024;
    expect(kilobytes, `${name}, compressed, in KB`).toBeLessThan(name === "send-chat-notifications" ? 150 : 60);
    expect(bundle, name).not.toMatch(/react/i);
    // Nothing but the platform's own modules is left to find.
    for (const [, specifier] of bundle.matchAll(/^import [^;]*? from "([^"]+)";$/gm)) expect(specifier, name).toMatch(/^node:/);
  }
});

test("packaging again replaces the package and never anything else", async () => {
  const out = path.join(folder, "package");
  const files = await writePackage({ out });
  expect((await writePackage({ out })).sort()).toEqual(files.sort());
  expect(files).toEqual(expect.arrayContaining(["LICENSE", "uninstall.sql", "deploy-supabase.md", "supabase/config.functions.toml", "worker/worker.mjs"]));
  // Alone in a folder, where nothing is installed, the worker gets as far as its settings.
  const worker = promisify(execFile)(process.execPath, ["worker.mjs"], { cwd: path.join(out, "worker"), env: {} });
  await expect(worker).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("DATABASE_URL") });
  expect(await readFile(path.join(out, "deploy-supabase.md"), "utf8")).not.toMatch(/\]\((?!https?:)/);
  // An adapter that is none leaves what was there.
  await expect(writePackage({ out, adapter: "select 1;" })).rejects.toThrow("nothing would call the engine");
  expect(await readFile(path.join(out, "uninstall.sql"), "utf8")).toContain("drop schema if exists private cascade");
  const foreign = path.join(folder, "foreign");
  await mkdir(foreign);
  await writeFile(path.join(foreign, "precious"), "mine");
  await expect(writePackage({ out: foreign })).rejects.toThrow("was not written by this command");
  expect(await readFile(path.join(foreign, "precious"), "utf8")).toBe("mine");
});

test("with an adapter the migration has it in place of our chat", () => {
  const migration = buildInitialMigration(`-- an app's own adapter\nselect 1;\n${TRIGGERS_MARK}\nselect 2;\n`);
  expect(migration).toContain("-- The host adapter\n\n-- an app's own adapter\nselect 1;");
  for (const table of ["events", "organizations", "chat_messages", "profiles"]) expect(migration).not.toContain(`create table public.${table} (`);
  expect(migration).toContain("create table private.bursts (");
  expect(migration).toMatch(/-- The host's triggers\n\nselect 2;\n$/);
  expect(() => buildInitialMigration("select 1;")).toThrow("nothing would call the engine");
});
