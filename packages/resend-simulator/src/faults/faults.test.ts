import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inProcess } from "../testing/in-process.ts";
import { createGate, letter, startSimulator } from "../testing/start-simulator.ts";
import { faultKinds, type FaultKindName } from "./fault-kinds.ts";
import { parseFault, type FaultSpec } from "./parse-fault.ts";

/** What a sender sees: kind of fault, status (null: no answer), error name, and whether the letter was accepted. */
const seen: readonly (readonly [FaultKindName, number | null, string, boolean])[] = [
  ["drop_before", null, "application_error", false],
  ["drop_after", null, "application_error", true],
  ["error_before", 500, "application_error", false],
  ["error_after", 500, "application_error", true],
  ["unavailable", 503, "service_unavailable", false],
  ["rate_limited", 429, "rate_limit_exceeded", false],
  ["daily_quota", 429, "daily_quota_exceeded", false],
  ["monthly_quota", 429, "monthly_quota_exceeded", false],
  ["unauthorized", 401, "restricted_api_key", false],
  ["forbidden", 403, "invalid_api_key", false],
  ["invalid_named", 422, "validation_error", false],
  ["invalid_unnamed", 422, "validation_error", false],
];

describe("a fault over a real port", () => {
  it.each(seen)("%s is answered %s %s; accepted: %s", async (kind, statusCode, name, accepted) => {
    const { resend, simulator } = await startSimulator({ faults: [{ kind }] });
    const options = { idempotencyKey: "k" };
    const { error } = await resend.batch.send([letter], options);
    expect(error).toMatchObject({ statusCode, name });
    expect(simulator.accepted.totals.emails).toBe(accepted ? 1 : 0);
    expect(simulator.faults.list()).toEqual([]);
    // Once over, the same request under the same key goes through, and is sent once.
    const again = await resend.batch.send([letter], options);
    expect(again.data?.data.map(({ id }) => id)).toEqual(simulator.accepted.all().map(({ id }) => id));
    expect(simulator.accepted.totals.emails).toBe(1);
  });

  it("malformed_answer is a 200 that is no JSON; the letter is accepted", async () => {
    const { post, simulator } = await startSimulator({ faults: [{ kind: "malformed_answer" }] });
    const response = await post("/emails", letter);
    expect(response.status).toBe(200);
    await expect(response.json()).rejects.toThrow(SyntaxError);
    expect(simulator.accepted.totals.emails).toBe(1);
  });

  it("rate_limited comes with retry-after, another one, or none", async () => {
    const faults: FaultSpec[] = [
      { kind: "rate_limited" },
      { kind: "rate_limited", retryAfter: 7 },
      { kind: "rate_limited", retryAfter: null },
    ];
    const { post } = await startSimulator({ faults });
    const headers = [];
    for (let index = 0; index < 3; index += 1) headers.push((await post("/emails", letter)).headers.get("retry-after"));
    expect(headers).toEqual(["1", "7", null]);
  });

  it("breaks the connection of nobody else", async () => {
    const gate = createGate();
    const { post, simulator } = await startSimulator({
      faults: { beforeAccept: ({ idempotencyKey }) => (idempotencyKey === "held" ? gate.pass() : undefined) },
    });
    const held = post("/emails", letter, { "idempotency-key": "held" });
    await gate.reached;
    simulator.faults.add({ kind: "drop_before", match: { idempotencyKey: "dropped" } });
    await expect(post("/emails", letter, { "idempotency-key": "dropped" })).rejects.toThrow("fetch failed");
    gate.open();
    expect((await held).status).toBe(200);
  });
});

describe("a fault inside this process", () => {
  it("drops as fetch does", async () => {
    const { post, simulator } = inProcess({ faults: [{ kind: "drop_before" }, { kind: "drop_after" }] });
    await expect(post("/emails", letter)).rejects.toThrow(new TypeError("fetch failed"));
    expect(simulator.accepted.totals.emails).toBe(0);
    await expect(post("/emails", letter)).rejects.toThrow(new TypeError("fetch failed"));
    expect(simulator.accepted.totals.emails).toBe(1);
  });

  it("slow takes its time before accepting, slow_answer after it; others with the key are told to wait meanwhile", async () => {
    const gate = createGate();
    const waited: [number, number][] = [];
    const { post, simulator } = inProcess({
      faults: [
        { kind: "slow", ms: 250 },
        { kind: "slow_answer", ms: 750 },
      ],
      wait: async (ms) => {
        waited.push([ms, simulator.accepted.totals.emails]);
        if (ms === 250) await gate.pass();
      },
    });
    const first = post("/emails", letter, { "idempotency-key": "k" });
    await gate.reached;
    expect((await post("/emails", letter, { "idempotency-key": "k" })).status).toBe(409);
    gate.open();
    expect((await first).status).toBe(200);
    expect(waited).toEqual([
      [250, 0],
      [750, 1],
    ]);
  });

  it("strikes replays too where nothing was looked at yet: an ambiguous attempt can meet a 429", async () => {
    const { post, simulator } = inProcess({ faults: [{ kind: "drop_after" }] });
    const send = () => post("/emails", letter, { "idempotency-key": "k" });
    await expect(send()).rejects.toThrow("fetch failed");
    simulator.faults.add({ kind: "rate_limited" });
    expect((await send()).status).toBe(429);
    simulator.faults.add({ kind: "error_after" });
    expect((await send()).status).toBe(500);
    expect((await send()).status).toBe(200);
    expect(simulator.accepted.totals.emails).toBe(1);
  });

  it("invalid_named names the place of the address it is for, and leaves others alone", async () => {
    const { post } = inProcess({ faults: [{ kind: "invalid_named", probability: 1, match: { to: "bad@demo.test" } }] });
    const batch = (...to: string[]) =>
      post(
        "/emails/batch",
        to.map((address) => ({ ...letter, to: address })),
      );
    const message = async (response: Response) => ((await response.json()) as { message: string }).message;
    expect(await message(await batch("a@demo.test", "b@demo.test", "Bad <BAD@demo.test>"))).toContain("`emails[2].to`");
    expect((await batch("a@demo.test", "b@demo.test")).status).toBe(200);
    expect(await message(await post("/emails", { ...letter, to: [], cc: "x@y.co" }))).toContain("Missing");
    expect(await message(await post("/emails", { ...letter, cc: "bad@demo.test" }))).not.toContain("emails[");
  });

  it("strikes so many times, or with a probability, only where it is meant", async () => {
    const { post, request, simulator } = inProcess({ seed: 5 });
    const statuses = async (count: number, path = "/emails") => {
      const all: number[] = [];
      for (let index = 0; index < count; index += 1)
        all.push((path === "/emails" ? await post(path, letter) : await request("GET", "/emails")).status);
      return all;
    };
    simulator.faults.add({ kind: "unavailable", times: 2 });
    expect(await statuses(1, "read")).toEqual([200]);
    expect(await statuses(3)).toEqual([503, 503, 200]);
    simulator.faults.add({ kind: "unauthorized", probability: 1, match: { endpoint: "GET /emails" } });
    expect([await statuses(1), await statuses(2, "read")]).toEqual([[200], [401, 401]]);
    const { id } = simulator.faults.add({ kind: "error_before", probability: 0.3 });
    const failed = (await statuses(400)).filter((status) => status === 500).length;
    expect(failed).toBeGreaterThan(80);
    expect(failed).toBeLessThan(160);
    expect(simulator.faults.list().find((rule) => rule.id === id)?.struck).toBe(failed);
    expect([simulator.faults.remove(id), simulator.faults.remove(id)]).toEqual([true, false]);
    expect(new Set(await statuses(20))).toEqual(new Set([200]));
  });

  it("strikes no more often than it may when slow requests come to it together", async () => {
    const gate = createGate();
    const { post, simulator } = inProcess({
      faults: [
        { kind: "slow", times: 2 },
        { kind: "invalid_unnamed", times: 1 },
      ],
      wait: gate.pass,
    });
    const both = [post("/emails", letter), post("/emails", letter)];
    await gate.reached;
    gate.open();
    const statuses = (await Promise.all(both)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 422]);
    expect(simulator.accepted.totals.emails).toBe(1);
  });

  it("accepts each key at most once, and what it answered 200 for certain, whatever faults and retries happen", async () => {
    const kinds = Object.keys(faultKinds) as FaultKindName[];
    const step = fc.record({
      key: fc.constantFrom("a", "b", "c"),
      endpoint: fc.constantFrom("/emails", "/emails/batch"),
      changed: fc.boolean(),
    });
    const rules = fc.array(
      fc.record({ kind: fc.constantFrom(...kinds), probability: fc.double({ min: 0, max: 0.6, noNaN: true }) }),
      { maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        rules,
        fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 15 }),
        async (seed, faults, rounds) => {
          const { post, simulator } = inProcess({ seed, faults, wait: async () => {} });
          const acknowledged = new Set<string>();
          for (const round of rounds) {
            // The requests of a round run at the same time.
            await Promise.all(
              round.map(async ({ key, endpoint, changed }) => {
                const email = { ...letter, subject: changed ? "changed" : "first" };
                const answer = await post(endpoint, endpoint === "/emails" ? email : [email], { "idempotency-key": key }).catch(
                  () => null,
                );
                if (answer?.status === 200) acknowledged.add(`${endpoint} ${key}`);
              }),
            );
          }
          const accepted = simulator.accepted
            .all()
            .map(({ batch, idempotencyKey }) => `${batch ? "/emails/batch" : "/emails"} ${idempotencyKey}`);
          expect(new Set(accepted).size).toBe(accepted.length);
          for (const request of acknowledged) expect(accepted).toContain(request);
        },
      ),
    );
  });
});

describe("reading a fault", () => {
  it.each([
    [{ kind: "drop_after" }],
    [{ kind: "slow", times: 3, ms: 10 }],
    [
      {
        kind: "rate_limited",
        probability: 0.5,
        retryAfter: null,
        match: { endpoint: "POST /emails/batch", to: "A@b.co", idempotencyKey: "k" },
      },
    ],
  ])("takes %j", (value) => {
    expect(parseFault(value)).toMatchObject({ ok: true });
  });

  it.each([
    [null],
    ["drop_after"],
    [{}],
    [{ kind: "toString" }],
    [{ kind: "slow", ms: -1 }],
    [{ kind: "slow", time: 1 }],
    [{ kind: "slow", times: 0 }],
    [{ kind: "slow", times: 1.5 }],
    [{ kind: "slow", times: 1, probability: 1 }],
    [{ kind: "slow", probability: 1.1 }],
    [{ kind: "slow", match: [] }],
    [{ kind: "slow", match: { from: "x" } }],
    [{ kind: "slow", match: { to: 7 } }],
    [{ kind: "slow", match: { endpoint: "POST /nothing" } }],
  ])("answers %j with one sentence", (value) => {
    const parsed = parseFault(value);
    expect(parsed.ok).toBe(false);
    expect(!parsed.ok && parsed.message).toMatch(/^[^\n]+\.$/);
  });
});
