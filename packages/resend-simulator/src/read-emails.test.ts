import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scheduledFate } from "./fate.ts";
import { createLedger } from "./ledger.ts";
import { pageOfEmails } from "./page-of-emails.ts";
import { letter, startSimulator } from "./testing/start-simulator.ts";

async function withLetters(count: number) {
  const started = await startSimulator();
  const { data } = await started.resend.batch.send(
    Array.from({ length: count }, (_, index) => ({ ...letter, subject: `n${index}` })),
  );
  return { ...started, ids: data?.data.map(({ id }) => id) ?? [] };
}

describe("retrieving one e-mail", () => {
  it("gives it in Resend’s shape", async () => {
    const { resend } = await startSimulator();
    const sent = await resend.emails.send({ ...letter, cc: "c@d.co", tags: [{ name: "kind", value: "digest" }] });
    const id = sent.data?.id ?? "";
    expect((await resend.emails.get(id)).data).toEqual({
      object: "email",
      id,
      message_id: `<${id}@email.amazonses.com>`,
      from: letter.from,
      to: ["guest@demo.test"],
      cc: ["c@d.co"],
      bcc: [],
      reply_to: [],
      subject: "Hello",
      html: "<p>Hi</p>",
      text: "Hi",
      created_at: "2026-11-22T12:00:00.000000+00:00",
      last_event: "sent",
      scheduled_at: null,
      tags: [{ name: "kind", value: "digest" }],
      topic_id: null,
    });
  });

  it("says that a scheduled one is scheduled", async () => {
    const { resend } = await startSimulator();
    const { data } = await resend.emails.send({ ...letter, scheduledAt: "in 1 hour" });
    expect((await resend.emails.get(data?.id ?? "")).data).toMatchObject({ last_event: "scheduled", scheduled_at: "in 1 hour" });
  });

  it("answers 404 to an unknown id and 422 to what is no id", async () => {
    const { resend } = await startSimulator();
    expect((await resend.emails.get("6fe4c710-0e8a-4c58-8e72-706633f3c1e0")).error).toMatchObject({
      statusCode: 404,
      name: "not_found",
    });
    expect((await resend.emails.get("42")).error).toMatchObject({ statusCode: 422, name: "invalid_parameter" });
  });
});

describe("listing e-mails", () => {
  it("gives the newest twenty first", async () => {
    const { resend, ids } = await withLetters(21);
    const { data } = await resend.emails.list();
    expect(data?.data.map(({ id }) => id)).toEqual(ids.slice(1).reverse());
    expect(data?.has_more).toBe(true);
    expect(data?.data[0]).toMatchObject({ subject: "n20", cc: null, bcc: null, reply_to: null, last_event: "queued" });
    expect(data?.data[0]).not.toHaveProperty("html");
  });

  it("walks through everything with after, and back with before", async () => {
    const { resend, ids } = await withLetters(7);
    const forward: string[] = [];
    for (let after: string | undefined; ; ) {
      const { data } = await resend.emails.list(after ? { limit: 3, after } : { limit: 3 });
      forward.push(...(data?.data.map(({ id }) => id) ?? []));
      if (!data?.has_more) break;
      after = forward.at(-1);
    }
    expect(forward).toEqual(ids.toReversed());
    const back = await resend.emails.list({ limit: 3, before: ids[1] ?? "" });
    expect(back.data?.data.map(({ id }) => id)).toEqual([ids[4], ids[3], ids[2]]);
    expect(back.data?.has_more).toBe(true);
  });

  it.each(["limit=0", "limit=101", "limit=x", "limit=1.5", "after=nothing", "after=1&before=2"])("refuses ?%s", async (query) => {
    const { url } = await startSimulator();
    const response = await fetch(`${url}/emails?${query}`, { headers: { authorization: "Bearer re_test" } });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ name: "validation_error" });
  });

  it("pages through any ledger without losing or doubling an e-mail, whatever was dropped", () => {
    fc.assert(
      fc.property(fc.nat(40), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 7 }), (count, maxEmails, limit) => {
        const ledger = createLedger({ maxEmails, maxBytes: 1e9 });
        for (let index = 0; index < count; index += 1) {
          ledger.add([
            {
              id: `${index}`,
              acceptedAt: 0,
              wire: letter,
              idempotencyKey: null,
              batch: null,
              bytes: 1,
              about: null,
              fate: scheduledFate,
            },
          ]);
        }
        const even = ({ sequence }: { sequence: number }) => sequence % 2 === 0;
        const wanted = ledger
          .all()
          .filter(even)
          .map(({ sequence }) => sequence)
          .reverse();
        const older: number[] = [];
        for (
          let page = pageOfEmails(ledger, { limit }, even);
          ;
          page = pageOfEmails(ledger, { limit, after: older.at(-1) ?? 0 }, even)
        ) {
          older.push(...page.emails.map(({ sequence }) => sequence));
          expect(page.hasNewer).toBe(older.length > page.emails.length);
          if (!page.hasOlder) break;
        }
        expect(older).toEqual(wanted);
        const last = wanted.at(-1);
        if (last === undefined) return;
        const newer = [last];
        for (
          let page = pageOfEmails(ledger, { limit, before: last }, even);
          ;
          page = pageOfEmails(ledger, { limit, before: newer[0] ?? 0 }, even)
        ) {
          newer.unshift(...page.emails.map(({ sequence }) => sequence));
          if (!page.hasNewer) break;
        }
        expect(newer).toEqual(wanted);
      }),
    );
  });
});
