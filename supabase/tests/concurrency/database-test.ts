import { test as base } from "vitest";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";

/** A test with a database of its own, dropped afterwards: what one breaks on purpose, no other sees. */
export const test = base.extend<{ database: TestDatabase }>({
  // vitest reads the fixtures a fixture needs from this pattern; this one needs none.
  // eslint-disable-next-line no-empty-pattern
  database: async ({}, use) => {
    const database = await createTestDatabase();
    await use(database);
    await database.drop();
  },
});
