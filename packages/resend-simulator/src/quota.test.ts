import { describe, expect, it } from "vitest";
import { letter, startSimulator } from "./testing/start-simulator.ts";

const HOUR = 3_600_000;

describe("quotas", () => {
  it("counts every address of to, cc and bcc and refuses what goes over, whole", async () => {
    const { resend, simulator } = await startSimulator({ dailyQuota: 5 });
    const first = await resend.emails.send({ ...letter, to: ["a@b.co", "c@d.co"], cc: "e@f.co", bcc: ["g@h.co"] });
    expect(first.headers?.["x-resend-daily-quota"]).toBe("4");
    const { error, headers } = await resend.batch.send([letter, letter]);
    expect(error).toMatchObject({ statusCode: 429, name: "daily_quota_exceeded" });
    expect(headers?.["x-resend-daily-quota"]).toBe("4");
    expect((await resend.emails.send(letter)).headers?.["x-resend-daily-quota"]).toBe("5");
    expect(simulator.accepted.totals).toEqual({ emails: 2, recipients: 5, requests: 2 });
  });

  it("begins again at midnight UTC", async () => {
    const { resend, clock } = await startSimulator({ dailyQuota: 1 });
    await resend.emails.send(letter);
    clock.now += 12 * HOUR - 1;
    expect((await resend.emails.send(letter)).error?.name).toBe("daily_quota_exceeded");
    clock.now += 1;
    expect((await resend.emails.send(letter)).error).toBeNull();
  });

  it("counts the month across its days and begins again with the next", async () => {
    const { resend, clock } = await startSimulator({ monthlyQuota: 2 });
    await resend.emails.send(letter);
    clock.now += 24 * HOUR;
    expect((await resend.emails.send(letter)).headers?.["x-resend-monthly-quota"]).toBe("2");
    expect((await resend.emails.send(letter)).error).toMatchObject({ statusCode: 429, name: "monthly_quota_exceeded" });
    clock.now = Date.UTC(2026, 11, 1);
    expect((await resend.emails.send(letter)).headers?.["x-resend-monthly-quota"]).toBe("1");
  });

  it("does not count replays or refusals, and shows no header when it is off", async () => {
    const { resend } = await startSimulator({ dailyQuota: 1 });
    await resend.emails.send({ ...letter, to: "nobody" });
    const first = await resend.emails.send(letter, { idempotencyKey: "k" });
    const again = await resend.emails.send(letter, { idempotencyKey: "k" });
    expect(again.data).toEqual(first.data);
    expect(again.headers?.["x-resend-daily-quota"]).toBe("1");
    expect(again.headers).not.toHaveProperty("x-resend-monthly-quota");
  });

  it("keeps the key of a request that the quota refused free", async () => {
    const { resend, clock } = await startSimulator({ dailyQuota: 0 });
    expect((await resend.emails.send(letter, { idempotencyKey: "k" })).error?.name).toBe("daily_quota_exceeded");
    clock.now += 1000;
    expect((await resend.emails.send({ ...letter, subject: "Composed again" }, { idempotencyKey: "k" })).error?.name).toBe(
      "daily_quota_exceeded",
    );
  });
});
