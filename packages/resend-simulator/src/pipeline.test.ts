import { describe, expect, it, onTestFinished, vi } from "vitest";
import { refused } from "./answer.ts";
import { letter, startSimulator } from "./testing/start-simulator.ts";

const broken = refused(500, "application_error", "Planted.");

describe("the places for faults", () => {
  it("can refuse before anything is accepted; the key stays free", async () => {
    let plant = true;
    const { resend, simulator } = await startSimulator({ faults: { beforeAccept: () => (plant ? broken : undefined) } });
    expect((await resend.emails.send(letter, { idempotencyKey: "k" })).error).toMatchObject({ statusCode: 500 });
    expect(simulator.accepted.totals.emails).toBe(0);
    plant = false;
    expect((await resend.emails.send(letter, { idempotencyKey: "k" })).error).toBeNull();
    expect(simulator.accepted.totals.emails).toBe(1);
  });

  it("can lose the answer after accepting; a retry with the key gets the original one", async () => {
    let plant = true;
    const { resend, simulator } = await startSimulator({ faults: { beforeAnswer: () => (plant ? broken : undefined) } });
    expect((await resend.emails.send(letter, { idempotencyKey: "k" })).error).toMatchObject({ statusCode: 500 });
    plant = false;
    const { data } = await resend.emails.send(letter, { idempotencyKey: "k" });
    expect(data?.id).toBe(simulator.accepted.all()[0]?.id);
    expect(simulator.accepted.totals.emails).toBe(1);
  });

  it("sees which call it is and what would be answered", async () => {
    const seen: unknown[] = [];
    const { resend } = await startSimulator({
      faults: { beforeAnswer: (call, answer) => void seen.push([call.endpoint, call.idempotencyKey, answer.status]) },
    });
    await resend.batch.send([letter], { idempotencyKey: "k" });
    await resend.emails.list();
    expect(seen).toEqual([
      ["POST /emails/batch", "k", 200],
      ["GET /emails", null, 200],
    ]);
  });

  it("reports a bug and frees the key when something throws", async () => {
    const reported = vi.spyOn(console, "error").mockImplementation(() => {});
    onTestFinished(() => reported.mockRestore());
    let plant = true;
    const { post } = await startSimulator({
      faults: {
        beforeAccept() {
          if (plant) throw new Error("Planted.");
        },
      },
    });
    expect((await post("/emails", letter, { "idempotency-key": "k" })).status).toBe(500);
    expect(reported).toHaveBeenCalledOnce();
    plant = false;
    expect((await post("/emails", letter, { "idempotency-key": "k" })).status).toBe(200);
  });
});

describe("latency", () => {
  it("passes before a request is accepted, without real time in tests", async () => {
    const waited: number[] = [];
    let acceptedMeanwhile = -1;
    const { resend, simulator } = await startSimulator({
      latencyMs: 250,
      wait: async (ms) => {
        waited.push(ms);
        acceptedMeanwhile = simulator.accepted.totals.emails;
      },
    });
    await resend.emails.send(letter);
    expect({ waited, acceptedMeanwhile }).toEqual({ waited: [250], acceptedMeanwhile: 0 });
  });
});
