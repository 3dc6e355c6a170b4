import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { createScenarioRunner, type ScenarioRunner } from "./run-scenario.ts";
import { scenarios } from "./scenario.ts";

/** ORACLE_RUNS: how many conversations. ORACLE_SEED and ORACLE_PATH: those of a failure's report, to see it again. */
const { ORACLE_RUNS = "40", ORACLE_MINUTES = "4", ORACLE_SEED, ORACLE_PATH } = process.env;

let database: TestDatabase;
let runner: ScenarioRunner;
beforeAll(async () => {
  database = await createTestDatabase();
  runner = await createScenarioRunner(database);
});
afterAll(() => database.drop());

test("in any conversation everybody is told exactly what they must be, once", { timeout: 24 * 60 * 60_000 }, async () => {
  const run = await fc.check(
    fc.asyncProperty(scenarios, async (scenario) => {
      const complaints = (await runner.run(scenario)).join("\n");
      expect(complaints, complaints).toBe("");
    }),
    {
      numRuns: Number(ORACLE_RUNS),
      // Shrinking ends with the smallest case found in this time; a busy machine tries fewer conversations.
      interruptAfterTimeLimit: Number(ORACLE_MINUTES) * 60_000,
      ...(ORACLE_SEED === undefined ? {} : { seed: Number(ORACLE_SEED) }),
      ...(ORACLE_PATH === undefined ? {} : { path: ORACLE_PATH }),
    },
  );
  if (run.interrupted) console.warn(`Only ${run.numRuns} conversations were tried in ${ORACLE_MINUTES} minutes.`);
  if (run.failed) throw new Error(`${run.errorInstance instanceof Error ? run.errorInstance.message : ""}\n${fc.defaultReportMessage(run)}`);
  expect(run.numRuns).toBeGreaterThan(0);
});
