import { spawn } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";
import { STEPS } from "./steps.ts";

const ROOT = path.join(import.meta.dirname, "../..");

/** What `npm run chaos` runs, to its end; `output` is for the reader of a failure. */
function runChaos(...args: string[]) {
  const child = spawn(process.execPath, ["scripts/run.mjs", "scenarios/chaos/main.ts", "--quick", ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let result = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (result += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  return new Promise<{ code: number | null; result: Record<string, unknown>; output: string }>((resolve) => {
    child.once("close", (code) => resolve({ code, result: result === "" ? {} : (JSON.parse(result) as Record<string, unknown>), output }));
  });
}

test("processes die in every step, Postgres crashes, and nothing is lost or doubled", { timeout: 300_000 }, async () => {
  const { code, result, output } = await runChaos("--kills", "24", "--seed", "1");
  expect(result, output).toMatchObject({ kills: 24, lost: 0, doubled: 0, unexpected: 0 });
  expect(result["emails_accepted"]).toBe(result["emails_expected"]);
  expect(result["emails_expected"]).toBeGreaterThan(100);
  expect(result["db_restarts"]).toBeGreaterThan(0);
  const killsByStep = result["kills_by_step"] as Record<string, number>;
  expect(STEPS.filter((step) => killsByStep[step] === 0)).toEqual([]);
  expect(code).toBe(0);
});

test.each(["key", "lock-before-read"])("a run without the rule %s is caught", { timeout: 300_000 }, async (rule) => {
  const { code, result, output } = await runChaos("--kills", "60", "--seed", "1", "--break", rule);
  expect(result, output).toMatchObject({ broken: rule, caught: true });
  expect(result["doubled"]).toBeGreaterThan(0);
  expect(code).toBe(1);
});
