import { describe, expect, it } from "vitest";
import { letter, startSimulator } from "./testing/start-simulator.ts";

describe("rate limit", () => {
  it("lets ten requests through in a second, refuses the eleventh and opens again with the next second", async () => {
    const { resend, simulator, clock } = await startSimulator({ requestsPerSecond: 10 });
    clock.now += 400;
    for (let request = 1; request <= 10; request += 1) {
      const { error, headers } = await resend.emails.send(letter);
      expect(error).toBeNull();
      expect(headers).toMatchObject({
        "ratelimit-limit": "10",
        "ratelimit-remaining": String(10 - request),
        "ratelimit-reset": "1",
      });
    }
    const limited = await resend.emails.send(letter);
    expect(limited.error).toMatchObject({ statusCode: 429, name: "rate_limit_exceeded" });
    expect(limited.headers).toMatchObject({ "ratelimit-remaining": "0", "retry-after": "1" });
    expect(simulator.accepted.totals.emails).toBe(10);
    clock.now += 600;
    expect((await resend.emails.send(letter)).error).toBeNull();
  });

  it("counts a batch as one request, and reads and replays too", async () => {
    const { resend } = await startSimulator({ requestsPerSecond: 3 });
    await resend.batch.send(
      Array.from({ length: 100 }, () => letter),
      { idempotencyKey: "k" },
    );
    await resend.batch.send(
      Array.from({ length: 100 }, () => letter),
      { idempotencyKey: "k" },
    );
    expect((await resend.emails.list()).headers?.["ratelimit-remaining"]).toBe("0");
    expect((await resend.emails.list()).error?.name).toBe("rate_limit_exceeded");
  });

  it("shows its headers on refusals of any kind", async () => {
    const { post } = await startSimulator({ requestsPerSecond: 3 });
    expect((await post("/emails", "{")).headers.get("ratelimit-remaining")).toBe("2");
  });

  it("says nothing when it is switched off", async () => {
    const { resend } = await startSimulator({ requestsPerSecond: null });
    expect(Object.keys((await resend.emails.send(letter)).headers ?? {}).filter((name) => name.startsWith("ratelimit"))).toEqual(
      [],
    );
  });
});
