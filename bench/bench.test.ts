import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startProcess } from "../scenarios/harness/start-process.ts";
import type { JudgedGoal } from "./goals.ts";
import { awaitWork } from "./processes/await-work.ts";
import type { Result } from "./results.ts";

const MAIN = path.join(import.meta.dirname, "main.ts");

test("every benchmark runs through, and each goal is measured", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", MAIN, "--quick", "--json"], { maxBuffer: 2 ** 24 });
  const { results, goals } = JSON.parse(stdout.trim().split("\n").at(-1)!) as { results: Result[]; goals: JudgedGoal[] };
  expect(results.map(({ name }) => name)).toEqual(["insert", "fan-out", "claim", "render", "end-to-end", "latency", "growth", "operations", "what-if"]);
  for (const { name, figures } of results) {
    expect(figures, name).not.toEqual([]);
    for (const { variant, figure, unit, values } of figures) {
      const what = `${name}, ${variant}, ${figure}`;
      expect(unit, what).not.toBe("");
      for (const value of values) {
        if (figure === "doubled") expect(value, what).toBe(0);
        // What is worked out of two sizes or two variants may be on either side of nothing.
        else if (unit === "exponent" || figure.startsWith("extra ")) expect(value, what).toSatisfy(Number.isFinite);
        else expect(value, what).toBeGreaterThan(0);
      }
    }
  }
  expect(goals.filter(({ measured, verdict }) => measured === null || verdict === "not run")).toEqual([]);
});

test("does not wait for a process that has ended", async () => {
  const sender = startProcess({ what: "A sender", script: "packages/resend-simulator/src/main.ts", args: ["--help"] });
  await expect(awaitWork("letters", [sender], async () => false)).rejects.toThrow(/^A sender ended by itself \(code 0\)/);
});
