import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { deliveryProperty } from "./model/delivery-property.ts";
import { createDeliverySystem, type DeliverySystem } from "./model/delivery-system.ts";

/**
 * MODEL_RUNS: how many stories; MODEL_SECONDS: at most how long. MODEL_SEED, MODEL_PATH, MODEL_REPLAY (seed, path and
 * replayPath of a failure's report): to see that one again.
 */
const { MODEL_RUNS = "40", MODEL_SECONDS = "15", MODEL_SEED, MODEL_PATH, MODEL_REPLAY } = process.env;

let database: TestDatabase;
let system: DeliverySystem;
beforeAll(async () => {
  database = await createTestDatabase();
  system = createDeliverySystem(database);
});
afterAll(() => database.drop());

test("whatever happens in whatever order, nothing is lost, doubled or moved backwards", { timeout: 24 * 60 * 60_000 }, async () => {
  const details = await fc.check(deliveryProperty(system, MODEL_REPLAY), {
    numRuns: Number(MODEL_RUNS),
    interruptAfterTimeLimit: Number(MODEL_SECONDS) * 1000,
    ...(MODEL_SEED === undefined ? {} : { seed: Number(MODEL_SEED) }),
    ...(MODEL_PATH === undefined ? {} : { path: MODEL_PATH }),
  });
  if (details.failed) throw new Error(fc.defaultReportMessage(details), { cause: details.errorInstance });
  expect(details.numRuns).toBeGreaterThan(0);
});
