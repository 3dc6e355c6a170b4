import fc from "fast-check";
import { expect, test } from "vitest";
import { createResendSimulator } from "../../resend-simulator/src/simulator.ts";
import { classifyAnswer, createResendProvider } from "./resend-provider.ts";

const error = (statusCode: number, name: string, message = "") => JSON.stringify({ statusCode, name, message });
const classify = (status: number, body: string, headers: Record<string, string> = {}, letters = 3) =>
  classifyAnswer(status, new Headers(headers), body, letters);

test("200 with an id for every letter is acceptance, in their order", () => {
  expect(classify(200, JSON.stringify({ data: [{ id: "a" }, { id: "b" }, { id: "c" }] }))).toEqual({ ok: true, ids: ["a", "b", "c"], requestsPerSecond: null });
});

test.each([
  ["200 that cannot be read", 200, "<html>", "ambiguous", "unreadable_answer"],
  ["200 with too few ids", 200, JSON.stringify({ data: [{ id: "a" }] }), "ambiguous", "unreadable_answer"],
  ["500", 500, error(500, "application_error"), "ambiguous", "application_error"],
  ["503 without a body", 503, "", "ambiguous", "http_503"],
  ["408", 408, "", "ambiguous", "http_408"],
  ["a redirect", 302, "", "ambiguous", "http_302"],
  ["409 while the first request runs", 409, error(409, "concurrent_idempotent_requests"), "in_progress", "concurrent_idempotent_requests"],
  ["409 locked", 409, error(409, "resource_locked"), "in_progress", "resource_locked"],
  ["409 with other bytes", 409, error(409, "invalid_idempotent_request"), "unconfirmed", "invalid_idempotent_request"],
  ["429 rate", 429, error(429, "rate_limit_exceeded"), "rate_limited", "rate_limit_exceeded"],
  ["429 quota", 429, error(429, "daily_quota_exceeded"), "quota_exceeded", "daily_quota_exceeded"],
  ["401", 401, error(401, "restricted_api_key"), "unauthorized", "restricted_api_key"],
  ["403", 403, error(403, "validation_error"), "unauthorized", "validation_error"],
  ["422", 422, error(422, "missing_required_field"), "rejected", "missing_required_field"],
  ["an unknown 4xx", 451, error(451, "security_error"), "rejected", "security_error"],
] as const)("%s is %s %s → %s", (_what, status, body, outcome, reason) => {
  expect(classify(status, body)).toMatchObject({ ok: false, outcome, reason });
});

test("a named letter is found, one that does not exist is not", () => {
  expect(classify(422, error(422, "validation_error", "Invalid `emails[1].to` field."))).toMatchObject({ letterIndex: 1 });
  expect(classify(422, error(422, "validation_error", "Invalid `emails[7].to` field."))).toMatchObject({ letterIndex: null });
  expect(classify(422, error(422, "validation_error", "Invalid `to` field."))).toMatchObject({ letterIndex: null });
});

test("retry-after is taken in seconds, nonsense is not", () => {
  expect(classify(429, error(429, "rate_limit_exceeded"), { "retry-after": "2" })).toMatchObject({ retryAfterMs: 2000 });
  expect(classify(429, error(429, "rate_limit_exceeded"), { "retry-after": "soon" })).toMatchObject({ retryAfterMs: null });
});

test("whatever is answered, there is an outcome, and its reason is a code without the answer's text", () => {
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, body) => {
      const outcome = classify(status, body);
      if (!outcome.ok) expect(outcome.reason).toMatch(/^[a-z0-9_]{1,64}$/);
    }),
  );
});

test("a batch is accepted once, however often it is sent under its key", async () => {
  const simulator = createResendSimulator({ requestsPerSecond: null });
  const provider = createResendProvider({
    apiKey: "re_test",
    baseUrl: "http://resend.test",
    fetch: async (input, init) => simulator.fetch(new Request(input, init)),
  });
  const body = JSON.stringify([{ from: "a@example.com", to: ["b@example.com"], subject: "s", html: "<p>h</p>", text: "t" }]);
  const first = await provider.sendBatch(body, "key", 1);
  expect(first).toMatchObject({ ok: true });
  expect(await provider.sendBatch(body, "key", 1)).toEqual(first);
  expect(await provider.sendBatch(body.replace("<p>h", "<p>i"), "key", 1)).toMatchObject({ outcome: "unconfirmed" });
  expect(simulator.accepted.totals.emails).toBe(1);
});

test("the provider's own limit is passed on", () => {
  expect(classify(200, JSON.stringify({ data: [{ id: "a" }] }), { "ratelimit-limit": "4" }, 1)).toMatchObject({ ok: true, requestsPerSecond: 4 });
});

test("the list is read page by page back to a moment, and a key that may not read is no fault", async () => {
  const clock = { now: 1_800_000_000_000 };
  const simulator = createResendSimulator({ requestsPerSecond: null, now: () => clock.now, apiKeys: { re_full: "full_access", re_send: "sending_access" } });
  const connect = (apiKey: string) =>
    createResendProvider({ apiKey, baseUrl: "http://resend.test", fetch: async (input, init) => simulator.fetch(new Request(input, init)) });
  const batch = (from: number, count: number) =>
    JSON.stringify(Array.from({ length: count }, (_, i) => ({ from: "a@example.com", to: [`b${from + i}@example.com`], subject: "s", text: "t" })));
  await connect("re_send").sendBatch(batch(0, 50), "early", 50);
  clock.now += 60_000;
  const since = new Date(clock.now);
  for (const key of [100, 200, 300]) await connect("re_send").sendBatch(batch(key, 100), `late-${key}`, 100);
  const listed = await connect("re_full").listEmails(since);
  expect(new Set(listed!.flatMap(({ to }) => to))).toEqual(new Set(Array.from({ length: 300 }, (_, i) => `b${100 + i}@example.com`)));
  expect(await connect("re_send").listEmails(since)).toBeNull();
});

test("no answer is ambiguous", async () => {
  const provider = createResendProvider({ apiKey: "re_test", fetch: () => Promise.reject(new TypeError("fetch failed")) });
  expect(await provider.sendBatch("[]", "key", 1)).toMatchObject({ ok: false, outcome: "ambiguous", reason: "no_answer" });
});
