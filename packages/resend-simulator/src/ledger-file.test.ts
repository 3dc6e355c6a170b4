import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { lastEventOf } from "./fate.ts";
import { openLedgerFile } from "./ledger-file.ts";
import type { ResendSimulatorOptions } from "./simulator.ts";
import { inProcess } from "./testing/in-process.ts";
import { receiving, secret } from "./testing/start-receiver.ts";
import { letter } from "./testing/start-simulator.ts";

function ledgerPath(): string {
  const folder = mkdtempSync(join(tmpdir(), "ledger-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "ledger.ndjson");
}

/** Runs a simulator on the file; a killed process closes nothing properly either. */
function start(path: string, options: ResendSimulatorOptions = {}) {
  const ledgerFile = openLedgerFile(path);
  return { ...inProcess({ keepAll: true, ledgerFile, ...options }), kill: () => ledgerFile.close() };
}

const keyed = (key: string) => ({ "idempotency-key": key });

describe("a simulator that is started again on its ledger file", () => {
  it("still has its letters and answers replays as before", async () => {
    const path = ledgerPath();
    const first = start(path);
    const batch = [letter, { ...letter, to: "b@demo.test" }];
    const single = await (await first.post("/emails", letter, keyed("one"))).text();
    const double = await (await first.post("/emails/batch", batch, keyed("two"))).text();
    first.kill();
    const second = start(path);
    expect(second.simulator.accepted.all()).toEqual(first.simulator.accepted.all());
    expect(second.simulator.accepted.totals).toEqual({ emails: 3, recipients: 3, requests: 2 });
    expect(await (await second.post("/emails", letter, keyed("one"))).text()).toBe(single);
    expect(await (await second.post("/emails/batch", batch, keyed("two"))).text()).toBe(double);
    expect((await second.post("/emails", { ...letter, subject: "Other" }, keyed("one"))).status).toBe(409);
    expect(second.simulator.accepted.totals.emails).toBe(3);
  });

  it("remembers keys for their 24 h only, counts quotas on, and knows who is suppressed and what happened", async () => {
    const path = ledgerPath();
    const first = start(path, { dailyQuota: 5 });
    const { id } = (await (await first.post("/emails", { ...letter, to: "bounced@simulator.test" }, keyed("k"))).json()) as {
      id: string;
    };
    await first.post("/emails", letter);
    await first.settle();
    first.simulator.suppressions.add("ada@demo.test", "manual");
    first.simulator.suppressions.add("sam@demo.test", "manual");
    first.simulator.suppressions.remove("sam@demo.test");
    first.clock.now += 5000;
    first.simulator.happen(id, { type: "email.complained" });
    first.kill();

    const second = start(path, { dailyQuota: 5 });
    second.clock.now = first.clock.now;
    expect(second.simulator.suppressions.all()).toEqual(first.simulator.suppressions.all());
    const [bounced] = second.simulator.accepted.all();
    expect(bounced && lastEventOf(bounced, second.clock.now)).toBe("complained");
    expect((await second.request("GET", "/emails")).headers.get("x-resend-daily-quota")).toBe("2");
    second.kill();

    const third = start(path, { now: () => first.clock.now + 24 * 3_600_000 });
    expect((await third.post("/emails", letter, keyed("k"))).status).toBe(200);
    expect(third.simulator.accepted.totals.emails).toBe(3);
  });

  it("does not suppress again for an old bounce whom somebody took off the list", async () => {
    const path = ledgerPath();
    const first = start(path);
    await first.post("/emails", { ...letter, to: "bounced@simulator.test" });
    await first.settle();
    expect(first.simulator.suppressions.remove("bounced@simulator.test")).toBeDefined();
    first.kill();
    const second = start(path);
    await second.settle();
    expect(second.simulator.suppressions.size).toBe(0);
  });

  it("delivers the webhooks that were not delivered before, under the same ids, and no others", async () => {
    const path = ledgerPath();
    const endpoints = [{ url: "http://receiver.test", secrets: [secret] }];
    const run = (status: number) => {
      const ids: string[] = [];
      const take = receiving(({ headers, event }) => (ids.push(headers.id), event.type === "email.sent" ? 200 : status));
      return { ids, ...start(path, { fetch: take, webhooks: { endpoints, retryGapsMs: [] } }) };
    };
    const first = run(500);
    await first.post("/emails/batch", [letter, letter, letter]);
    await first.settle();
    first.kill();
    const second = run(200);
    await second.settle();
    expect(second.ids.sort()).toEqual(first.ids.slice(3).sort());
    second.kill();
    const third = run(200);
    await third.settle();
    expect(third.ids).toEqual([]);
  });

  it("forgets a line that was being written when it was killed, and goes on after it", async () => {
    const path = ledgerPath();
    const first = start(path);
    await first.post("/emails", letter, keyed("a"));
    first.kill();
    appendFileSync(path, readFileSync(path, "utf8").slice(0, -20));
    const second = start(path);
    expect(second.simulator.accepted.totals.emails).toBe(1);
    await second.post("/emails", letter, keyed("b"));
    second.kill();
    expect(
      start(path)
        .simulator.accepted.all()
        .map(({ idempotencyKey }) => idempotencyKey),
    ).toEqual(["a", "b"]);
  });

  it("is new after a reset", async () => {
    const path = ledgerPath();
    const first = start(path);
    await first.post("/emails", letter, keyed("a"));
    first.simulator.reset();
    await first.post("/emails", letter, keyed("b"));
    first.kill();
    expect(
      start(path)
        .simulator.accepted.all()
        .map(({ idempotencyKey, sequence }) => [idempotencyKey, sequence]),
    ).toEqual([["b", 0]]);
  });

  it("refuses a file that is something else and names the line", () => {
    const path = ledgerPath();
    writeFileSync(path, '{"reset":true}\nhello\n');
    expect(() => start(path)).toThrow(/^Line 2 of .* is not a ledger entry$/);
  });

  it("has each key’s letter exactly once, however often it is killed and the sender tries again", async () => {
    const rounds = fc.array(fc.array(fc.constantFrom("a", "b", "c", "d"), { minLength: 1, maxLength: 5 }), {
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(rounds, fc.nat(), async (runs, seed) => {
        const path = ledgerPath();
        for (const keys of runs) {
          const { post, kill } = start(path, {
            seed,
            faults: [
              { kind: "drop_after", probability: 0.4 },
              { kind: "drop_before", probability: 0.2 },
            ],
          });
          for (const key of keys) await post("/emails", letter, keyed(key)).catch(() => null);
          kill();
        }
        const last = start(path);
        const tried = new Set(runs.flat());
        for (const key of tried) expect((await last.post("/emails", letter, keyed(key))).status).toBe(200);
        expect(
          last.simulator.accepted
            .all()
            .map(({ idempotencyKey }) => idempotencyKey)
            .sort(),
        ).toEqual([...tried].sort());
        last.kill();
      }),
      { numRuns: 30 },
    );
  });
});
