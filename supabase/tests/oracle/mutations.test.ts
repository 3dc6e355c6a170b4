import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { mutate, mutations } from "./mutations.ts";
import { createScenarioRunner, type ScenarioRunner } from "./run-scenario.ts";
import { scenarios } from "./scenario.ts";

/** Each is found after about 5, the rare ones after about 20. */
const MOST_RUNS = 200;
const isLongRun = process.env.ORACLE_RUNS !== undefined;

let database: TestDatabase;
let runner: ScenarioRunner;
beforeAll(async () => {
  database = await createTestDatabase();
  runner = await createScenarioRunner(database);
});
afterAll(() => database.drop());

for (const mutation of mutations) {
  test.skipIf(mutation.rare && !isLongRun)(`the oracle notices a system that ${mutation.breaks}`, { timeout: 600_000 }, async () => {
    const mend = await mutate(database.sql, mutation);
    try {
      const finding = await fc.check(
        fc.asyncProperty(scenarios, async (scenario) => (await runner.run(scenario)).length === 0),
        { numRuns: MOST_RUNS, seed: 1, endOnFailure: true },
      );
      expect(finding.failed).toBe(true);
    } finally {
      await mend();
    }
  });
}
