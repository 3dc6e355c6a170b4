import { expect } from "vitest";
import { confirmDispatches } from "../../../packages/core/src/confirm-dispatches.ts";
import { deliverDispatch } from "../../../packages/core/src/deliver-dispatch.ts";
import type { TestDatabase } from "../harness/test-database.ts";
import { createStage, laterTemplates, type Stage } from "./delivery-stage.ts";
import { test } from "./delivery-test.ts";

const HOUR = 3600;
const LEASE = 121;

test("while the first request still runs, a second worker waits a moment and asks again under the same key; one letter each", async ({ database }) => {
  let goOn = () => {};
  const arrived = { at: () => {} };
  const untilArrived = new Promise<void>((resolve) => (arrived.at = resolve));
  const stage = await createStage(database, {
    readers: 3,
    simulator: {
      wait: () => {
        arrived.at();
        return new Promise((resolve) => (goOn = resolve));
      },
    },
  });
  await stage.tell("alpha");
  stage.fault({ kind: "slow" });
  const first = stage.pass();
  await untilArrived;
  stage.wait(LEASE);
  const second = stage.worker();
  await stage.pass(second);
  const [row] = await stage.sql`select status, outcome, last_error, extract(epoch from next_attempt_at - ${stage.now()})::float8 as in_s from private.dispatches`;
  expect(row).toEqual({ status: "retrying", outcome: "in_progress", last_error: "concurrent_idempotent_requests", in_s: 1.5 });
  expect(await stage.sql`select from private.breakers where failures > 0 or state <> 'closed'`).toHaveLength(0);
  goOn();
  await first;
  stage.wait(5);
  await stage.pass(second);
  expect(stage.letters()).toEqual({ user2: ["alpha"], user3: ["alpha"], user4: ["alpha"] });
  expect(await stage.fate(2)).toEqual(["sent / sent"]);
  expect(new Set(stage.requests.map(({ key, body }) => `${key} ${body}`)).size).toBe(1);
});

test("a worker whose lease was taken over sends nothing, and what it says of the dispatch counts for nothing", async ({ database }) => {
  const stage = await createStage(database, { readers: 2 });
  await stage.tell("alpha");
  const [slow, quick] = [stage.worker(), stage.worker()];
  const [held] = await slow.database.getPendingNotifications(100);
  stage.wait(LEASE);
  const [taken] = await quick.database.getPendingNotifications(100);
  expect([taken!.id, taken!.attempt]).toEqual([held!.id, 2]);
  expect(await deliverDispatch(held!, slow)).toBe("stale");
  expect(stage.requests).toEqual([]);
  const refused = { outcome: "unauthorized", reason: "invalid_api_key", letterIndex: null, retryAfterMs: null } as const;
  expect(await slow.database.markNotificationFailed(held!, refused, null, 0.5)).toBe(false);
  expect(await deliverDispatch(taken!, quick)).toBe("sent");
  expect(stage.letters()).toEqual({ user2: ["alpha"], user3: ["alpha"] });
});

test("a request that still runs may yet be accepted: a refusal after it dissolves nothing, and the bytes are kept", async ({ database }) => {
  const stage = await createStage(database);
  await stage.tell("alpha");
  const worker = stage.worker();
  const [dispatch] = await worker.database.getPendingNotifications(100);
  await worker.database.beginAttempt(dispatch!, new Uint8Array(32));
  const stillRuns = { outcome: "in_progress", reason: "concurrent_idempotent_requests", letterIndex: null, retryAfterMs: null } as const;
  await worker.database.markNotificationFailed(dispatch!, stillRuns, "[bytes]", 0.5);
  stage.wait(5);
  stage.fault({ kind: "unauthorized" });
  await stage.pass();
  expect(await stage.fate(2)).toEqual(["processing / retrying"]);
  expect(stage.requests.map(({ body }) => body)).toEqual(["[bytes]"]);
});

/** A worker has its letters accepted and dies; one with newer templates finds the key taken by other bytes. */
async function meetOtherBytes(database: TestDatabase, options: Parameters<typeof createStage>[1] = { readers: 3 }) {
  const stage = await createStage(database, options);
  await stage.tell("alpha");
  await acceptAndDie(stage);
  const newer = stage.worker({ createRenderer: laterTemplates(stage.worker()) });
  stage.wait(LEASE);
  await stage.pass(newer);
  expect(stage.requests).toHaveLength(2);
  expect(stage.requests[1]!.key).toBe(stage.requests[0]!.key);
  expect(stage.requests[1]!.body).not.toBe(stage.requests[0]!.body);
  return stage;
}

async function acceptAndDie(stage: Stage) {
  const dying = stage.worker();
  const { database } = dying;
  const [dispatch] = await database.getPendingNotifications(100);
  const dead = () => Promise.reject(new Error("The worker is gone."));
  await expect(deliverDispatch(dispatch!, { ...dying, database: { ...database, markNotificationSent: dead } })).rejects.toThrow("gone");
}

const unconfirmed = ({ asOperator }: Stage) => asOperator`select letter_count, last_error from unconfirmed_dispatches`;
const confirm = (stage: Stage) => confirmDispatches(stage.worker());

test("a key that was taken by other bytes is an earlier attempt that was accepted: sent, unconfirmed, for operators to see", async ({ database }) => {
  const stage = await meetOtherBytes(database);
  expect(stage.letters()).toEqual({ user2: ["alpha"], user3: ["alpha"], user4: ["alpha"] });
  expect(await stage.fate(2)).toEqual(["sent / sent"]);
  expect(await unconfirmed(stage)).toEqual([{ letter_count: 3, last_error: "invalid_idempotent_request" }]);
  expect(await database.connectAs("authenticated", stage.people[1]!, { max: 1 })`select * from unconfirmed_dispatches`).toEqual([]);
  await expect(database.connectAs("anon", null, { max: 1 })`select * from unconfirmed_dispatches`).rejects.toMatchObject({ code: "42501" });
});

test("a webhook for any of its letters confirms an unconfirmed dispatch", async ({ database }) => {
  const stage = await meetOtherBytes(database);
  const [letter] = await stage.sql<[{ id: string }]>`select id from public.emails order by position desc limit 1`;
  await stage.worker().database.receiveWebhookEvent({
    svixId: "msg_1", type: "email.delivered", occurredAt: stage.now().toISOString(), emailId: letter.id, providerId: "p", address: null, detail: null,
  });
  expect(await unconfirmed(stage)).toEqual([]);
  expect(await stage.sql`select outcome from private.dispatches`).toEqual([{ outcome: "accepted" }]);
});

test("the provider's list confirms an unconfirmed dispatch within an hour", async ({ database }) => {
  const stage = await meetOtherBytes(database);
  expect(await confirm(stage)).toBe(1);
  expect(await unconfirmed(stage)).toEqual([]);
  const [first] = await stage.sql<[{ address: string; provider_id: string }]>`
    select address, provider_id from public.emails where position = 0`;
  expect(stage.simulator.accepted.get(first.provider_id)!.wire.to).toEqual([first.address]);
});

test("after an hour the list is not asked any more: it stays with the operators until a webhook comes", async ({ database }) => {
  const stage = await meetOtherBytes(database);
  stage.wait(HOUR + 1);
  expect(await confirm(stage)).toBe(0);
  expect(await unconfirmed(stage)).toHaveLength(1);
});

test("the list of a key that may only send confirms nothing and harms nothing", async ({ database }) => {
  const stage = await meetOtherBytes(database, { readers: 3, simulator: { apiKeys: { re_test: "sending_access" } } });
  expect(await confirm(stage)).toBe(0);
  expect(await unconfirmed(stage)).toHaveLength(1);
  expect(await stage.sql`select from private.breakers where state <> 'closed'`).toHaveLength(0);
});

test("a later letter to the same people does not confirm one that was never accepted", async ({ database }) => {
  const stage = await createStage(database, { readers: 2 });
  await stage.tell("alpha");
  const worker = stage.worker();
  const [lost] = await worker.database.getPendingNotifications(100);
  await worker.database.beginAttempt(lost!, new Uint8Array(32));
  const otherBytes = { outcome: "unconfirmed", reason: "invalid_idempotent_request", letterIndex: null, retryAfterMs: null } as const;
  await worker.database.markNotificationFailed(lost!, otherBytes, null, 0.5);
  stage.wait(60);
  await stage.tell("bravo");
  await stage.drain();
  expect(stage.letters()).toEqual({ user2: ["bravo"], user3: ["bravo"] });
  expect(await confirm(stage)).toBe(0);
  expect(await unconfirmed(stage)).toHaveLength(1);
});

test("the answer that a slower worker gets after all confirms what a quicker one had by the key alone", async ({ database }) => {
  const stage = await createStage(database);
  await stage.tell("alpha");
  const slow = stage.worker();
  const [dispatch] = await slow.database.getPendingNotifications(100);
  await slow.database.beginAttempt(dispatch!, new Uint8Array(32));
  stage.wait(LEASE);
  const quick = stage.worker();
  const [taken] = await quick.database.getPendingNotifications(100);
  const otherBytes = { outcome: "unconfirmed", reason: "invalid_idempotent_request", letterIndex: null, retryAfterMs: null } as const;
  await quick.database.markNotificationFailed(taken!, otherBytes, null, 0.5);
  expect(await unconfirmed(stage)).toHaveLength(1);
  await slow.database.markNotificationSent(dispatch!, ["from-the-provider"]);
  expect(await unconfirmed(stage)).toEqual([]);
  expect(await stage.sql`select provider_id from public.emails`).toEqual([{ provider_id: "from-the-provider" }]);
});
