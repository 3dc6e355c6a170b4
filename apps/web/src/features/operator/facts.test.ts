import { expect, test } from "vitest";
import { tellFacts } from "./facts.ts";

test("facts are told on one line, changes as what was and what became", () => {
  expect(tellFacts({ letters: 2, last_error: null, note: "", ids: ["a", "b"] })).toBe("letters: 2 · ids: a, b");
  expect(tellFacts({ name: "quota", changes: { level: { was: "all", became: null }, reason: "changed" } })).toBe("name: quota · changes: level all → null, reason changed");
  expect(tellFacts(null)).toBe("");
});
