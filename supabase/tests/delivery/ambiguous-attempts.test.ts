import { describe, expect } from "vitest";
import type { FaultSpec } from "../../../packages/resend-simulator/src/faults/parse-fault.ts";
import { createStage, laterTemplates, type Stage } from "./delivery-stage.ts";
import { test } from "./delivery-test.ts";

const HOUR = 3600;
/** What could be different if the letters were composed again. */
async function changeEverything({ sql, people, event }: Stage, message: string) {
  await sql`update public.chat_messages set body = 'changed' where id = ${message}`;
  await sql`delete from public.event_participants where user_id = ${people[1]!} and event_id = ${event}`;
  await sql`update public.events set title = 'Another Title'`;
  await sql`update private.settings set app_url = 'https://elsewhere.example'`;
}

describe.each(["drop_before", "drop_after", "error_before", "error_after", "unavailable", "malformed_answer"] as const)("after %s", (kind) => {
  test("another worker with other templates sends the same bytes under the same key until they are accepted, once", async ({ database }) => {
    const stage = await createStage(database, { readers: 3 });
    const message = await stage.tell("alpha");
    stage.fault({ kind, times: 3 });
    await stage.pass();
    expect(await stage.fate(2)).toEqual(["processing / retrying"]);
    await changeEverything(stage, message);
    const other = stage.worker({ createRenderer: laterTemplates(stage.worker()) });
    for (let attempt = 2; attempt <= 4; attempt += 1) {
      stage.wait(HOUR);
      await stage.pass(other);
    }
    expect(stage.requests).toHaveLength(4);
    expect(new Set(stage.requests.map(({ key, body }) => `${key} ${body}`)).size).toBe(1);
    expect(stage.letters()).toEqual({ user2: ["alpha"], user3: ["alpha"], user4: ["alpha"] });
    expect(await stage.fate(2)).toEqual(["sent / sent"]);
    expect(await stage.drain(other)).toBe(0);
  });
});

/** By kind of refusal: what the attempt before it was. The 422s are given at validation, which no accepted request reaches again. */
const REFUSALS: [title: string, first: FaultSpec["kind"], refusal: FaultSpec][] = [
  ["a short 429", "error_after", { kind: "rate_limited", retryAfter: 2 }],
  ["a long 429", "error_after", { kind: "rate_limited", retryAfter: 60 }],
  ["a used-up daily quota", "drop_after", { kind: "daily_quota" }],
  ["a 401", "error_after", { kind: "unauthorized" }],
  ["a 403", "malformed_answer", { kind: "forbidden" }],
  ["a 422 that names a letter", "drop_before", { kind: "invalid_named" }],
  ["a 422 that names none", "error_before", { kind: "invalid_unnamed" }],
];

test.for(REFUSALS)("%s after an ambiguous attempt (%s) says nothing of that one: the same letters go again", async ([, first, refusal], { database }) => {
  const stage = await createStage(database, { readers: 3 });
  const message = await stage.tell("alpha");
  stage.fault({ kind: first });
  await stage.pass();
  stage.fault(refusal);
  await changeEverything(stage, message);
  stage.wait(HOUR);
  await stage.pass();
  expect(stage.simulator.faults.list(), "both struck").toEqual([]);
  expect(await stage.fate(3)).toEqual(["processing / retrying"]);
  stage.wait(13 * HOUR);
  await stage.drain();
  expect(stage.requests).toHaveLength(3);
  expect(new Set(stage.requests.map(({ key, body }) => `${key} ${body}`)).size).toBe(1);
  expect(stage.letters()).toEqual({ user2: ["alpha"], user3: ["alpha"], user4: ["alpha"] });
  expect(await stage.fate(3)).toEqual(["sent / sent"]);
});

test("a webhook for one of its letters settles a whole dispatch of unknown outcome: nothing is sent again", async ({ database }) => {
  const stage = await createStage(database, { readers: 3 });
  await stage.tell("alpha");
  stage.fault({ kind: "drop_after" });
  await stage.pass();
  const [letter] = await stage.sql<[{ id: string }]>`select id from public.emails where position = 1`;
  await stage.worker().database.receiveWebhookEvent({
    svixId: "msg_1", type: "email.sent", occurredAt: stage.now().toISOString(), emailId: letter.id, providerId: "p", address: null, detail: null,
  });
  expect(await Promise.all([2, 3, 4].map((reader) => stage.fate(reader)))).toEqual(Array(3).fill(["sent / sent"]));
  stage.wait(HOUR);
  await stage.drain();
  expect(stage.requests).toHaveLength(1);
});

test("attempts go on without a limit until 23 hours after the first by the database's clock, then a person decides", async ({ database }) => {
  const stage = await createStage(database);
  const message = await stage.tell("alpha");
  stage.fault({ kind: "error_before", probability: 1 });
  await stage.pass();
  for (let hour = 1; hour < 23; hour += 1) {
    stage.wait(HOUR);
    await stage.pass();
  }
  expect(stage.requests).toHaveLength(23);
  stage.wait(HOUR - 1);
  await stage.pass();
  expect(stage.requests).toHaveLength(24);
  await changeEverything(stage, message);
  stage.wait(HOUR);
  expect((await stage.pass()).letters).toBe(0);
  expect(stage.requests).toHaveLength(24);
  expect(await stage.fate(2)).toEqual(["failed outcome_unknown / failed"]);
  expect(await stage.asOperator`select code, reason, attempts, last_error from dead_letters`).toMatchObject([
    { code: "outcome_unknown", reason: "outcome_unknown", attempts: 24, last_error: "application_error" },
  ]);
});

test("an attempt that ends without an answer after the 23 hours is not followed by another", async ({ database }) => {
  const stage = await createStage(database);
  await stage.tell("alpha");
  const slow = stage.worker();
  const [dispatch] = await slow.database.getPendingNotifications(100);
  expect(await slow.database.beginAttempt(dispatch!, new Uint8Array(32))).toBe(true);
  stage.wait(23 * HOUR + 1);
  const noAnswer = { outcome: "ambiguous", reason: "no_answer", letterIndex: null, retryAfterMs: null } as const;
  expect(await slow.database.markNotificationFailed(dispatch!, noAnswer, "[]", 0.5)).toBe(true);
  expect(await stage.fate(2)).toEqual(["failed outcome_unknown / failed"]);
  expect(await stage.asOperator`select last_error from dead_letters`).toMatchObject([{ last_error: "no_answer" }]);
});
