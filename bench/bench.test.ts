import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { BenchmarkRun } from "./report.ts";

const MAIN = path.join(import.meta.dirname, "main.ts");

test("every benchmark runs through, with a figure for each of its variants", async () => {
  const { stdout } = await promisify(execFile)("npx", ["tsx", MAIN, "--quick", "--json"], { maxBuffer: 2 ** 24 });
  const run = JSON.parse(stdout.trim().split("\n").at(-1)!) as BenchmarkRun;
  expect(run.results.map(({ name }) => name)).toEqual(["insert", "fan-out", "claim", "render", "end-to-end", "latency", "growth", "operations", "what-if"]);
  for (const { name, figures } of run.results) {
    expect(new Set(figures.map(({ variant }) => variant)).size, name).toBeGreaterThan(1);
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
});

test("says what it knows when it is asked for something else", async () => {
  await expect(promisify(execFile)("npx", ["tsx", MAIN, "coffee"])).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("There is no benchmark coffee.") });
});
