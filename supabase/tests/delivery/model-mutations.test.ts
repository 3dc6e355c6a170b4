import fc from "fast-check";
import { afterEach, beforeEach, test } from "vitest";
import { breakRule } from "../concurrency/break-rule.ts";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { deliveryProperty } from "./model/delivery-property.ts";
import { createDeliverySystem } from "./model/delivery-system.ts";

/** What the model must notice: the rule, where it stands, what stands there instead, and a seed whose first story shows it. */
const MUTATIONS: [rule: string, name: string, text: string, instead: string, seed: number][] = [
  ["a refusal after an ambiguous attempt keeps the dispatch", "public.mark_notification_failed", "or v_dispatch.ambiguous_at is not null\n    -- A short", "or false\n    -- A short", 2],
  ["a lease that ran out counts as ambiguous", "private.retake_dispatches", "when v_dispatch.status = 'sending' and d.first_attempt_at is not null then", "when false then", 4],
  ["a key is good for 23 hours", "private.is_too_late", "'23:00:00'", "'2300:00:00'", 4],
  ["a letter shows or counts each message", "private.gather_news", "where t.message_id in (", "where t.message_id % 3 <> 0 and t.message_id in (", 2],
  ["a webhook settles the whole dispatch", "private.hear_of_letter", "if email.status in ('sending', 'retrying') then", "if false then", 2],
];

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

test.for(MUTATIONS)("broken on purpose, the model notices: %s", { timeout: 10 * 60_000 }, async ([, name, text, instead, seed], { expect }) => {
  await breakRule(database.sql, name, text, instead);
  // Other stories follow, should a change of the commands make the seed tell another one.
  const { failed } = await fc.check(deliveryProperty(createDeliverySystem(database)), { seed, numRuns: 200, endOnFailure: true });
  expect(failed).toBe(true);
});
