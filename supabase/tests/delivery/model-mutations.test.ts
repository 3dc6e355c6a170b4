import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { breakRule } from "../concurrency/break-rule.ts";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { deliveryProperty } from "./model/delivery-property.ts";
import { createDeliverySystem } from "./model/delivery-system.ts";

/** What the model must notice: the rule, where it stands, and what stands there instead. */
const MUTATIONS: [rule: string, name: string, text: string, instead: string][] = [
  ["a refusal after an ambiguous attempt keeps the dispatch", "public.mark_notification_failed", "or v_dispatch.ambiguous_at is not null\n    -- A short", "or false\n    -- A short"],
  ["a lease that ran out counts as ambiguous", "private.retake_dispatches", "when v_dispatch.status = 'sending' and d.first_attempt_at is not null then", "when false then"],
  ["a key is good for 23 hours", "private.begin_attempt", "and not private.is_too_late(d.first_attempt_at, as_of)", ""],
  ["whoever lost the lease does not send", "private.begin_attempt", "and d.attempt = begin_attempt.attempt", ""],
  ["a webhook settles the whole dispatch", "private.hear_of_letter", "if email.status in ('sending', 'retrying') then", "if false then"],
];

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

/** All of them with MODEL_MUTATIONS=all; the first is found within seconds. */
const chosen = process.env.MODEL_MUTATIONS === "all" ? MUTATIONS : MUTATIONS.slice(0, 1);

test.for(chosen)("broken on purpose, the model notices: %s", { timeout: 10 * 60_000 }, async ([, name, text, instead]) => {
  await breakRule(database.sql, name, text, instead);
  const { failed } = await fc.check(deliveryProperty(createDeliverySystem(database)), { numRuns: 2000, endOnFailure: true });
  expect(failed).toBe(true);
});
