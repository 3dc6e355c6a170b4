import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { createTestDatabase } from "./test-database.ts";

const STORIES = path.join(import.meta.dirname, "..");
const files = (await readdir(STORIES)).filter((file) => file.endsWith(".sql")).sort();

// A story is plain SQL: it passes when every statement does (`assert` in a `do` block raises), in a copy of its own.
for (const file of files) {
  test(`${file.replace(/\.sql$/, "").replaceAll(/[-_]/g, " ")}`, async () => {
    const text = await readFile(path.join(STORIES, file), "utf8");
    expect(text, "a story without an assertion cannot fail").toMatch(/\bassert\b/);
    const database = await createTestDatabase();
    try {
      await database.sql.unsafe(text).simple();
    } catch (error) {
      throw located(error, file, text);
    } finally {
      await database.drop();
    }
  });
}

/** Postgres tells a character position for syntax errors, and the line within the `do` block for the rest. */
function located(error: unknown, file: string, text: string): unknown {
  if (!(error instanceof Error) || !("severity" in error)) return error;
  const { position, where, detail, hint } = error as { position?: string; where?: string; detail?: string; hint?: string };
  const line = position ? `:${text.slice(0, Number(position)).split("\n").length}` : "";
  const notes = [detail, hint, where].filter((note) => note).join("\n");
  return new Error(`${file}${line}: ${error.message}\n${notes}`);
}
