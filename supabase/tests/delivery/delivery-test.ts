import type { Sql } from "postgres";
import { test as base } from "vitest";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { emptyDatabase } from "./empty-database.ts";

/** Tests that share their file's database, emptied for each: they change rows only. What one connects is closed after it. */
export const test = base.extend<{ shared: TestDatabase; database: TestDatabase }>({
  shared: [
    async ({}, use) => {
      const database = await createTestDatabase();
      await use(database);
      await database.drop();
    },
    { scope: "file" },
  ],
  database: async ({ shared }, use) => {
    const opened: Sql[] = [];
    const track = (sql: Sql): Sql => {
      opened.push(sql);
      return sql;
    };
    const settings = await shared.sql`select * from private.settings`;
    await use({
      ...shared,
      connect: (...options) => track(shared.connect(...options)),
      connectAs: (...options) => track(shared.connectAs(...options)),
    });
    await Promise.all(opened.map((sql) => sql.end({ timeout: 0 })));
    await emptyDatabase(shared.sql);
    await shared.sql`update private.settings set ${shared.sql(settings[0]!)}`;
  },
});
