import fc from "fast-check";
import { test } from "vitest";
import { createTestDatabase } from "../harness/test-database.ts";
import { mutate, mutations } from "./mutations.ts";
import { createScenarioRunner } from "./run-scenario.ts";
import { scenarios } from "./scenario.ts";
for (const m of mutations) test(m.breaks, { timeout: 600000 }, async () => {
  const db = await createTestDatabase();
  const runner = await createScenarioRunner(db);
  await mutate(db.sql, m);
  const t = Date.now();
  for (const seed of [1, 2]) {
  let last: any; 
  const d = await fc.check(fc.asyncProperty(scenarios, async (s) => { const w = await runner.run(s); last = w[0]; return w.length === 0; }), { numRuns: Number(process.env.MUT_RUNS ?? 40), seed, endOnFailure: true });
  console.log("MUT", m.breaks, seed, d.failed ? "found after " + d.numRuns : "NOT FOUND", Date.now() - t, last, d.errorInstance && String(d.errorInstance).slice(0, 200));
  }
  await db.drop();
});
