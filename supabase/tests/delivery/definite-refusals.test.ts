import { describe, expect } from "vitest";
import type { FaultSpec } from "../../../packages/resend-simulator/src/faults/parse-fault.ts";
import { createStage } from "./delivery-stage.ts";
import { test } from "./delivery-test.ts";

/** What nothing was accepted by, and when the provider can be asked again. */
const REFUSALS: [title: string, refusal: FaultSpec, over: string][] = [
  ["a 429 that asks for a long pause", { kind: "rate_limited", retryAfter: 60 }, "2030-01-15T12:01:00Z"],
  ["a used-up daily quota", { kind: "daily_quota" }, "2030-01-16T00:00:00Z"],
  ["a 401", { kind: "unauthorized" }, "2030-01-15T12:01:00Z"],
  ["a 403", { kind: "forbidden" }, "2030-01-15T12:01:00Z"],
];

describe.each(REFUSALS)("after %s", (_, refusal, over) => {
  test("letters are composed afresh under a new key with what is true when the provider can be asked again, not before", async ({ database }) => {
    const stage = await createStage(database, { readers: 3 });
    const { sql, people, event } = stage;
    const message = await stage.tell("alpha");
    stage.fault(refusal);
    await stage.pass();
    expect(await sql`select from private.dispatches`).toHaveLength(0);
    expect(await sql`select from public.emails`).toHaveLength(0);
    expect(await stage.fate(2)).toEqual(["pending"]);

    await sql`update public.chat_messages set body = 'changed' where id = ${message}`;
    await database.connectAs("authenticated", people[1]!, { max: 1 })`select mark_event_read(${event}, ${message})`;
    await sql`delete from public.event_participants where user_id = ${people[2]!}`;
    stage.waitUntil(new Date(Date.parse(over) - 1).toISOString());
    await stage.drain(stage.worker());
    expect(stage.requests).toHaveLength(1);
    stage.waitUntil(over);
    await stage.drain(stage.worker());

    expect(stage.requests).toHaveLength(2);
    expect(stage.requests[1]!.key).not.toBe(stage.requests[0]!.key);
    expect(stage.simulator.accepted.all().map(({ wire }) => [wire.to, /\b(alpha|changed)\b/.exec(wire.text!)?.[1]])).toEqual([[["user4@example.com"], "changed"]]);
    expect(await Promise.all([2, 3, 4].map((reader) => stage.fate(reader)))).toEqual([["skipped read"], ["skipped left_event"], ["sent / sent"]]);
  });
});

test("a monthly quota holds until the month's end; what became a day old by then goes into the next digest", async ({ database }) => {
  const stage = await createStage(database);
  await stage.tell("alpha");
  stage.fault({ kind: "monthly_quota" });
  await stage.pass();
  for (const moment of ["2030-01-16T00:00:00Z", "2030-01-31T23:59:59Z"]) {
    stage.waitUntil(moment);
    expect((await stage.pass()).permission).toMatchObject({ letters: 0, reason: "breaker_quota" });
  }
  stage.waitUntil("2030-02-01T00:00:00Z");
  expect(await stage.drain()).toBe(0);
  stage.waitUntil("2030-02-01T08:00:00Z");
  await stage.drain();
  expect(stage.requests).toHaveLength(2);
  expect(stage.letters()).toEqual({ user2: ["alpha"] });
});

const SHORT_PAUSES: [title: string, retryAfter: number | null][] = [["of 2 s", 2], ["without retry-after", null]];

test.for(SHORT_PAUSES)("a 429 with a short pause %s is waited out with the same letters under the same key", async ([, retryAfter], { database }) => {
  const stage = await createStage(database, { readers: 2 });
  await stage.tell("alpha");
  stage.fault({ kind: "rate_limited", retryAfter });
  await stage.pass();
  expect(await stage.fate(2)).toEqual(["processing / retrying"]);
  stage.wait((retryAfter ?? 1) - 0.001);
  expect((await stage.pass()).permission).toMatchObject({ letters: 0, reason: "rate_limited" });
  stage.wait(0.001);
  await stage.pass();
  expect(stage.requests).toHaveLength(2);
  expect(stage.requests[1]).toEqual(stage.requests[0]);
  expect(stage.letters()).toEqual({ user2: ["alpha"], user3: ["alpha"] });
});

test("a refused dispatch that waited for 23 hours while nothing ran was still refused: it is composed afresh, not given up", async ({ database }) => {
  const stage = await createStage(database);
  const message = await stage.tell("alpha");
  stage.fault({ kind: "rate_limited", retryAfter: 1 });
  await stage.pass();
  await stage.sql`update public.chat_messages set body = 'changed' where id = ${message}`;
  stage.wait(23 * 3600 + 60);
  await stage.drain();
  expect(stage.requests[1]!.key).not.toBe(stage.requests[0]!.key);
  expect(stage.simulator.accepted.all().map(({ wire }) => wire.text!.includes("changed"))).toEqual([true]);
  expect(await stage.fate(2)).toEqual(["sent / sent"]);
});

test("a refusal that comes after 23 hours is a refusal, too", async ({ database }) => {
  const stage = await createStage(database);
  await stage.tell("alpha");
  const slow = stage.worker();
  const [dispatch] = await slow.database.getPendingNotifications(100);
  await slow.database.beginAttempt(dispatch!, new Uint8Array(32));
  stage.wait(23 * 3600 + 1);
  const refused = { outcome: "unauthorized", reason: "invalid_api_key", letterIndex: null, retryAfterMs: null } as const;
  expect(await slow.database.markNotificationFailed(dispatch!, refused, "[]", 0.5)).toBe(true);
  expect(await stage.fate(2)).toEqual(["pending"]);
});

test("a key that may only send is no fault: reading refused with 401 opens no breaker and confirms nothing", async ({ database }) => {
  const stage = await createStage(database, { simulator: { apiKeys: { re_test: "sending_access" } } });
  await stage.tell("alpha");
  await stage.drain();
  expect(await stage.worker().provider.listEmails(new Date(0))).toBeNull();
  expect(await stage.worker().provider.readTags(stage.simulator.accepted.all()[0]!.id)).toBeNull();
  expect(await stage.sql`select from private.breakers where state <> 'closed' or failures > 0`).toHaveLength(0);
  expect(stage.letters()).toEqual({ user2: ["alpha"] });
});
