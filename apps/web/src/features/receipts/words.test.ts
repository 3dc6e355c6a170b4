import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { ar } from "./words.ar.ts";
import { de } from "./words.de.ts";
import { en } from "./words.en.ts";

/** The codes of a section's table in docs/receipts.md. */
async function codesOf(heading: string): Promise<string[]> {
  const page = await readFile(path.join(import.meta.dirname, "../../../../../docs/receipts.md"), "utf8");
  const section = page.split(/^## /m).find((part) => part.startsWith(heading))!;
  return [...section.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, code]) => code!);
}

test.each([["en", en], ["de", de], ["ar", ar]] as const)("in %s every step, reason and cause of docs/receipts.md has its words", async (_language, words) => {
  const [steps, reasons, causes] = await Promise.all([codesOf("Steps"), codesOf("Reasons"), codesOf("Causes")]);
  expect(steps.length).toBeGreaterThan(20);
  expect(Object.keys(words.steps).sort()).toEqual(steps.sort());
  expect(Object.keys(words.reasons).sort()).toEqual(reasons.sort());
  expect(Object.keys(words.causes).sort()).toEqual(causes.sort());
});

test("a step says when and why in the reader's words", () => {
  const clock = () => "08:00";
  expect(en.steps.waited!({ until: new Date(0), cause: "quiet_hours" }, clock)).toBe("It waited until 08:00: you have quiet hours.");
  expect(de.steps.skipped!({ reason: "read" }, clock)).toBe("Kein Brief: du hattest sie gelesen.");
  expect(en.steps.failed!({ reason: "validation_error" }, clock)).toBe("The letter was not sent: validation_error.");
});
