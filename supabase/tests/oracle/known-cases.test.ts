import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { knownCases } from "./known-cases.ts";
import { createScenarioRunner, type ScenarioRunner } from "./run-scenario.ts";

let database: TestDatabase;
let runner: ScenarioRunner;
beforeAll(async () => {
  database = await createTestDatabase();
  runner = await createScenarioRunner(database);
});
afterAll(() => database.drop());

test.each(knownCases)("%s", async (_name, scenario) => {
  for (const planner of ["", "hashjoin mergejoin"]) expect(await runner.run({ ...scenario, planner })).toEqual([]);
});
