import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { expectLetters } from "./expected-letters.ts";
import { differences } from "./differences.ts";
import { stories } from "./story.ts";
import { createStoryTeller, type StoryTeller } from "./told-letters.ts";

/** RHYTHM_RUNS: how many stories. RHYTHM_SEED and RHYTHM_PATH: those of a failure's report, to see it again. */
const { RHYTHM_RUNS = "12", RHYTHM_MINUTES = "1", RHYTHM_SEED, RHYTHM_PATH } = process.env;

let database: TestDatabase;
let teller: StoryTeller;
beforeAll(async () => {
  database = await createTestDatabase();
  teller = await createStoryTeller(database);
});
afterAll(() => database.drop());

test("each reader gets exactly the letters, at exactly the moments, that their wishes and visits ask for", { timeout: 24 * 60 * 60_000 }, async () => {
  const run = await fc.check(
    fc.asyncProperty(stories, async (story) => {
      const told = await teller.tell(story);
      const wrong = told.flatMap((letters, who) => differences(letters, expectLetters(story, who)).map((line) => `reader ${who} ${line}`));
      expect(wrong.join("\n"), wrong.join("\n")).toBe("");
    }),
    {
      numRuns: Number(RHYTHM_RUNS),
      interruptAfterTimeLimit: Number(RHYTHM_MINUTES) * 60_000,
      ...(RHYTHM_SEED === undefined ? {} : { seed: Number(RHYTHM_SEED) }),
      ...(RHYTHM_PATH === undefined ? {} : { path: RHYTHM_PATH }),
    },
  );
  if (run.interrupted) console.warn(`Only ${run.numRuns} stories were told in ${RHYTHM_MINUTES} minutes.`);
  if (run.failed) throw new Error(`${run.errorInstance instanceof Error ? run.errorInstance.message : ""}\n${fc.defaultReportMessage(run)}`);
  expect(run.numRuns).toBeGreaterThan(0);
});
