import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { mutate } from "../oracle/mutations.ts";
import { busyWeek } from "./busy-week.ts";
import { differences } from "./differences.ts";
import { expectLetters, type Letter } from "./expected-letters.ts";
import { mutations } from "./mutations.ts";
import { createStoryTeller, type StoryTeller } from "./told-letters.ts";

let database: TestDatabase;
let teller: StoryTeller;
let expected: Letter[][];
beforeAll(async () => {
  database = await createTestDatabase();
  teller = await createStoryTeller(database);
  expected = busyWeek.readers.map((_, who) => expectLetters(busyWeek, who));
});
afterAll(() => database.drop());

const wrongIn = (told: Letter[][]) => told.flatMap((letters, who) => differences(letters, expected[who]!).map((line) => `reader ${who} ${line}`));

test("in a busy week each reader gets exactly the letters that their wishes and visits ask for", async () => {
  expect(wrongIn(await teller.tell(busyWeek))).toEqual([]);
});

for (const mutation of mutations) {
  test.skipIf(mutation.rare && process.env.RHYTHM_RUNS === undefined)(`the simulation notices a system that ${mutation.breaks}`, async () => {
    const mend = await mutate(database.sql, mutation);
    try {
      expect(wrongIn(await teller.tell(busyWeek))).not.toEqual([]);
    } finally {
      await mend();
    }
  });
}
