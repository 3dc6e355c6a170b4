import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AcceptedEmail } from "./ledger.ts";
import { createResendSimulator, type ResendSimulatorOptions } from "./simulator.ts";
import { letter, noon } from "./testing/start-simulator.ts";

function inProcess(options: ResendSimulatorOptions = {}) {
  const told: AcceptedEmail[] = [];
  let ids = 0;
  const simulator = createResendSimulator({
    requestsPerSecond: null,
    now: () => noon,
    randomUUID: () => `00000000-0000-4000-8000-${String((ids += 1)).padStart(12, "0")}`,
    onAccepted: (email) => told.push(email),
    ...options,
  });
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    simulator.fetch(
      new Request(`http://resend.test${path}`, {
        method: "POST",
        headers: { authorization: "Bearer re_test", "user-agent": "test", ...headers },
        body: JSON.stringify(body),
      }),
    );
  return { simulator, told, post };
}

describe("the ledger", () => {
  it("keeps the newest e-mails and goes on counting all", async () => {
    const { simulator, post, told } = inProcess({ maxEmails: 3 });
    for (let index = 0; index < 5; index += 1) await post("/emails", { ...letter, subject: `n${index}` });
    expect(simulator.accepted.all().map(({ wire }) => wire.subject)).toEqual(["n2", "n3", "n4"]);
    expect(simulator.accepted.totals).toEqual({ emails: 5, recipients: 5, requests: 5 });
    expect(simulator.accepted.get(told[0]?.id ?? "")).toBeUndefined();
    expect(simulator.accepted.get(told[4]?.id ?? "")?.sequence).toBe(4);
    expect(told).toHaveLength(5);
  });

  it("keeps within its bytes, but always the newest e-mail", async () => {
    const { simulator, post } = inProcess({ maxBytes: 10_000 });
    for (let index = 0; index < 20; index += 1) await post("/emails", { ...letter, text: "x".repeat(2000) });
    const kept = simulator.accepted.all();
    expect(kept.length).toBe(4);
    expect(kept.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(10_000);
    await post("/emails", { ...letter, text: "x".repeat(20_000) });
    expect(simulator.accepted.all().map(({ sequence }) => sequence)).toEqual([20]);
  });

  it("forgets HTML and text of all but the first few, and nothing else", async () => {
    const { simulator, post } = inProcess({ keepContentOf: 1 });
    for (let index = 0; index < 2; index += 1) await post("/emails", { ...letter, html: "<p>Hello</p>", text: "Hello" });
    const [first, second] = simulator.accepted.all().map(({ wire }) => wire);
    expect(first).toMatchObject({ html: "<p>Hello</p>", text: "Hello" });
    const { html: _html, text: _text, ...rest } = first!;
    expect(second).toEqual(rest);
  });

  it("stays in order over many thousands", async () => {
    const { simulator, post } = inProcess({ maxEmails: 250 });
    for (let index = 0; index < 60; index += 1)
      await post(
        "/emails/batch",
        Array.from({ length: 100 }, () => letter),
      );
    const kept = simulator.accepted.all();
    expect(kept.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 250 }, (_, index) => 5750 + index));
    expect(
      kept.every((email) => simulator.accepted.at(email.sequence) === email && simulator.accepted.get(email.id) === email),
    ).toBe(true);
  });

  it("is as new after reset, and replays nothing", async () => {
    const { simulator, post } = inProcess({ dailyQuota: 1 });
    await post("/emails", letter, { "idempotency-key": "k" });
    simulator.reset();
    expect(simulator.accepted.totals).toEqual({ emails: 0, recipients: 0, requests: 0 });
    expect((await post("/emails", letter, { "idempotency-key": "k" })).status).toBe(200);
    expect(simulator.accepted.all().map(({ sequence }) => sequence)).toEqual([0]);
  });

  it("holds exactly the accepted e-mails in order, after any mix of requests", async () => {
    const item = fc.record({ good: fc.boolean(), subject: fc.string({ minLength: 1 }).filter((text) => !/[\r\n]/.test(text)) });
    const call = fc.record({
      items: fc.array(item, { minLength: 1, maxLength: 12 }),
      mode: fc.constantFrom("strict", "permissive", "single"),
      key: fc.option(fc.constantFrom("a", "b"), { nil: null }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 8 }), async (calls) => {
        const { simulator, post, told } = inProcess();
        const expected: string[] = [];
        const answered = new Map<string, { body: string; answer: string }>();
        for (const { items, mode, key } of calls) {
          const emails = items.map(({ good, subject }) => ({ ...letter, subject, to: good ? letter.to : "nobody" }));
          const path = mode === "single" ? "/emails" : "/emails/batch";
          const body = mode === "single" ? emails[0] : emails;
          const headers: Record<string, string> = { "x-batch-validation": mode === "single" ? "strict" : mode };
          const response = await post(path, body, key ? { ...headers, "idempotency-key": key } : headers);
          const answer = await response.text();
          const considered = mode === "single" ? items.slice(0, 1) : items;
          const earlier = key ? answered.get(path + key) : undefined;
          if (earlier) {
            const same = earlier.body === JSON.stringify(body);
            expect(response.status).toBe(same ? 200 : 409);
            if (same) expect(answer).toBe(earlier.answer);
          } else if (mode !== "permissive" && considered.some(({ good }) => !good)) {
            expect(response.status).toBe(422);
          } else {
            expect(response.status).toBe(200);
            expected.push(...considered.filter(({ good }) => good).map(({ subject }) => subject));
            if (key) answered.set(path + key, { body: JSON.stringify(body), answer });
          }
        }
        expect(simulator.accepted.all().map(({ wire }) => wire.subject)).toEqual(expected);
        expect(told.map(({ wire }) => wire.subject)).toEqual(expected);
        expect(told.map(({ sequence }) => sequence)).toEqual(expected.map((_, index) => index));
      }),
    );
  });
});
