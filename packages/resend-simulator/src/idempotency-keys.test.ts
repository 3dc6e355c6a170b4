import { describe, expect, it } from "vitest";
import { createIdempotencyKeys } from "./idempotency-keys.ts";
import { createGate, letter, startSimulator } from "./testing/start-simulator.ts";

const HOUR = 3_600_000;

describe("idempotency keys", () => {
  it("answers a replay with the original ids and sends nothing", async () => {
    const { resend, simulator } = await startSimulator();
    const options = { idempotencyKey: "dispatch-1" };
    const first = await resend.batch.send([letter, letter], options);
    const again = await resend.batch.send([letter, letter], options);
    expect(again.data).toEqual(first.data);
    expect(simulator.accepted.totals).toEqual({ emails: 2, recipients: 2, requests: 1 });
    expect(simulator.accepted.all()[0]?.idempotencyKey).toBe("dispatch-1");
  });

  it("answers 409 invalid_idempotent_request to another body", async () => {
    const { resend, simulator } = await startSimulator();
    await resend.emails.send(letter, { idempotencyKey: "k" });
    const { error } = await resend.emails.send({ ...letter, subject: "Other" }, { idempotencyKey: "k" });
    expect(error).toMatchObject({ statusCode: 409, name: "invalid_idempotent_request" });
    expect(simulator.accepted.totals.emails).toBe(1);
  });

  it("keeps the keys of the two endpoints apart", async () => {
    const { resend, simulator } = await startSimulator();
    await resend.emails.send(letter, { idempotencyKey: "k" });
    expect((await resend.batch.send([letter], { idempotencyKey: "k" })).error).toBeNull();
    expect(simulator.accepted.totals.emails).toBe(2);
  });

  it("answers 409 concurrent_idempotent_requests while the first request runs, then replays it", async () => {
    const gate = createGate();
    const { resend, simulator } = await startSimulator({ faults: { beforeAccept: () => gate.pass() } });
    const first = resend.emails.send(letter, { idempotencyKey: "k" });
    await gate.reached;
    for (const subject of ["Hello", "Other"]) {
      const { error } = await resend.emails.send({ ...letter, subject }, { idempotencyKey: "k" });
      expect(error).toMatchObject({ statusCode: 409, name: "concurrent_idempotent_requests" });
    }
    gate.open();
    const { data } = await first;
    expect((await resend.emails.send(letter, { idempotencyKey: "k" })).data).toEqual(data);
    expect(simulator.accepted.totals.emails).toBe(1);
  });

  it("frees the key after a refusal, so that a mended request goes through", async () => {
    const { resend, simulator } = await startSimulator();
    expect((await resend.emails.send({ ...letter, to: "nobody" }, { idempotencyKey: "k" })).error?.statusCode).toBe(422);
    expect((await resend.emails.send(letter, { idempotencyKey: "k" })).error).toBeNull();
    expect(simulator.accepted.totals.emails).toBe(1);
  });

  it("replays a permissive batch with its errors", async () => {
    const { resend, simulator } = await startSimulator();
    const options = { idempotencyKey: "k", batchValidation: "permissive" } as const;
    const mixed = [letter, { ...letter, to: "nobody" }];
    const first = await resend.batch.send(mixed, options);
    expect((await resend.batch.send(mixed, options)).data).toEqual(first.data);
    expect(simulator.accepted.totals.emails).toBe(1);
  });

  it("remembers for 24 hours", async () => {
    const { resend, simulator, clock } = await startSimulator();
    const first = await resend.emails.send(letter, { idempotencyKey: "k" });
    clock.now += 24 * HOUR - 1;
    expect((await resend.emails.send(letter, { idempotencyKey: "k" })).data).toEqual(first.data);
    clock.now += 1;
    expect((await resend.emails.send(letter, { idempotencyKey: "k" })).data).not.toEqual(first.data);
    expect(simulator.accepted.totals.emails).toBe(2);
  });

  it.each([
    ["empty", ""],
    ["257 characters", "k".repeat(257)],
  ])("refuses a key that is %s", async (_title, key) => {
    const { post, simulator } = await startSimulator();
    const response = await post("/emails", letter, { "idempotency-key": key });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ name: "invalid_idempotency_key" });
    expect(simulator.accepted.totals.emails).toBe(0);
  });

  it("takes a key of 256 characters", async () => {
    const { resend } = await startSimulator();
    expect((await resend.emails.send(letter, { idempotencyKey: "k".repeat(256) })).error).toBeNull();
  });

  it("drops the oldest finished keys beyond its bound, never a running one", () => {
    const keys = createIdempotencyKeys(3, () => 0);
    const body = new Uint8Array();
    const begin = (key: string) => keys.begin("POST /emails", key, body);
    begin("running");
    for (const key of ["a", "b", "c", "d"]) {
      const begun = begin(key);
      if (begun.state === "first") begun.finish({ status: 200, body: key, contentType: "application/json" });
    }
    expect(keys.size).toBe(3);
    expect(begin("running")).toMatchObject({ state: "answered", answer: { status: 409 } });
    expect(begin("d")).toMatchObject({ state: "answered", answer: { body: "d" } });
    expect(begin("a").state).toBe("first");
  });
});
