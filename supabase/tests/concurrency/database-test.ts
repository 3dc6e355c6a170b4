import { test as base } from "vitest";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";

/** A test with a database of its own, dropped afterwards: what one breaks on purpose, no other sees. */
export const test = base.extend<{ database: TestDatabase }>({
  // vitest reads from this pattern which fixtures a fixture needs; this one needs none.
  database: async ({}, use) => {
    const database = await createTestDatabase();
    await use(database);
    await database.drop();
  },
});
