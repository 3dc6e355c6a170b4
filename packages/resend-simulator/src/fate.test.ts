import { describe, expect, it } from "vitest";
import { lastEventOf } from "./fate.ts";
import { inProcess } from "./testing/in-process.ts";
import { letter, startSimulator } from "./testing/start-simulator.ts";

const MINUTE = 60_000;

describe("the fate of a letter", () => {
  it("is to be sent at once and delivered a second later, as the API shows", async () => {
    const { resend, clock } = await startSimulator();
    const { data } = await resend.emails.send(letter);
    const lastEvents = async () => [
      (await resend.emails.get(data?.id ?? "")).data?.last_event,
      (await resend.emails.list()).data?.data[0]?.last_event,
    ];
    expect(await lastEvents()).toEqual(["sent", "sent"]);
    clock.now += 1000;
    expect(await lastEvents()).toEqual(["delivered", "delivered"]);
  });

  it("begins queued when it came in a batch", async () => {
    const { resend, clock } = await startSimulator();
    await resend.batch.send([letter]);
    const lastEvent = async () => (await resend.emails.list()).data?.data[0]?.last_event;
    expect(await lastEvent()).toBe("queued");
    clock.now += 100;
    expect(await lastEvent()).toBe("sent");
    clock.now += 900;
    expect(await lastEvent()).toBe("delivered");
  });

  it.each([
    ["delivered@resend.dev", "delivered"],
    ["bounced@resend.dev", "bounced"],
    ["Ada <Bounced+label@Resend.dev>", "bounced"],
    ["complained+7@resend.dev", "complained"],
    ["suppressed@resend.dev", "suppressed"],
    ["delivered+x@simulator.test", "delivered"],
    ["bounced@simulator.test", "bounced"],
    ["complained@simulator.test", "complained"],
    ["suppressed@simulator.test", "suppressed"],
    ["delayed@simulator.test", "delivered"],
    ["failed@simulator.test", "failed"],
    ["delayed@resend.dev", "delivered"],
    ["bounced@demo.test", "delivered"],
    ["bounced@not-resend.dev", "delivered"],
    ["constructor@resend.dev", "delivered"],
  ])("of %s ends as %s", async (to, lastEvent) => {
    const { post, simulator, clock } = inProcess();
    await post("/emails", { ...letter, to });
    clock.now += MINUTE;
    expect(simulator.accepted.all().map((email) => lastEventOf(email, clock.now))).toEqual([lastEvent]);
  });

  it.each([
    ["bounced", "Permanent", "General"],
    ["bounced+noemail", "Permanent", "NoEmail"],
    ["bounced+mailboxfull", "Transient", "MailboxFull"],
    ["bounced+transient", "Transient", "General"],
    ["bounced+undetermined", "Undetermined", "Undetermined"],
    ["bounced+somebody", "Permanent", "General"],
  ])("of %s at the test domain is a bounce of type %s, %s", async (local, type, subType) => {
    const { post, simulator } = inProcess({ fate: { testDomain: "Mail.Example" } });
    await post("/emails", { ...letter, to: `${local}@mail.example` });
    expect(simulator.accepted.all()[0]?.fate.bounce).toEqual({ type, subType });
  });

  it("is decided by chance in the given shares, the same for the same seed", async () => {
    const rates = { bounceRate: 0.2, softBounceRate: 0.1, complaintRate: 0.1, delayRate: 0.1, failRate: 0.05 };
    const run = async (seed: number) => {
      const { post, simulator } = inProcess({ seed, fate: rates });
      for (let batch = 0; batch < 20; batch += 1) {
        await post(
          "/emails/batch",
          Array.from({ length: 100 }, (_, index) => ({ ...letter, to: `u${batch}-${index}@demo.test` })),
        );
      }
      return simulator.accepted.all().map(({ fate }) => `${fate.name} ${fate.bounce?.type ?? ""}`.trim());
    };
    const fates = await run(1);
    expect(await run(1)).toEqual(fates);
    expect(await run(2)).not.toEqual(fates);
    const expected = {
      "bounced Permanent": 0.2,
      "bounced Transient": 0.1,
      complained: 0.1,
      delayed: 0.1,
      failed: 0.05,
      delivered: 0.45,
    };
    for (const [name, share] of Object.entries(expected)) {
      expect(Math.abs(fates.filter((fate) => fate === name).length / fates.length - share)).toBeLessThan(0.03);
    }
  });

  it("can be taken another way by hand; what it still held is called off", async () => {
    const { post, simulator, clock, settle } = inProcess();
    await post("/emails", letter);
    clock.now += 500;
    const [email] = simulator.accepted.all();
    simulator.happen(email?.id ?? "", { type: "email.bounced", bounce: { type: "Transient", subType: "MailboxFull" } });
    await settle();
    clock.now += MINUTE;
    expect(email && lastEventOf(email, clock.now)).toBe("bounced");
    expect(simulator.happen("6fe4c710-0e8a-4c58-8e72-706633f3c1e0", { type: "email.delivered" })).toBeNull();
  });
});

describe("the suppression list", () => {
  it("gets who bounces for good and who complains; the next letter is accepted and suppressed", async () => {
    const { post, simulator, clock } = inProcess();
    const send = async (to: string) => {
      const { id } = (await (await post("/emails", { ...letter, to })).json()) as { id: string };
      clock.now += MINUTE;
      await post("/emails", letter); // any request brings about what is due
      const email = simulator.accepted.get(id);
      return email && lastEventOf(email, clock.now);
    };
    expect(await send("bounced@simulator.test")).toBe("bounced");
    expect(await send("Bounced <BOUNCED@simulator.test>")).toBe("suppressed");
    expect(await send("complained@simulator.test")).toBe("complained");
    expect(await send("complained@simulator.test")).toBe("suppressed");
    expect(await send("bounced+mailboxfull@simulator.test")).toBe("bounced");
    expect(await send("bounced+mailboxfull@simulator.test")).toBe("bounced");
    expect(await send("bounced@resend.dev")).toBe("bounced");
    expect(await send("bounced@resend.dev")).toBe("bounced");
    expect(simulator.suppressions.all().map(({ email, origin }) => [email, origin])).toEqual([
      ["complained@simulator.test", "complaint"],
      ["bounced@simulator.test", "bounce"],
    ]);
  });

  it("is kept over the API", async () => {
    const { resend, simulator } = await startSimulator();
    const added = await resend.suppressions.add({ email: "Ada@Demo.test" });
    const id = added.data?.id ?? "";
    expect((await resend.suppressions.add({ email: "ada@demo.test" })).data?.id).toBe(id);
    const entry = {
      id,
      email: "ada@demo.test",
      origin: "manual",
      source_id: null,
      created_at: "2026-11-22T12:00:00.000000+00:00",
    };
    for (const key of [id, "ada@demo.test"]) {
      expect((await resend.suppressions.get(key)).data).toEqual({ object: "suppression", ...entry });
    }
    expect((await resend.suppressions.list()).data).toEqual({ object: "list", has_more: false, data: [entry] });
    expect((await resend.suppressions.list({ origin: "bounce" })).data?.data).toEqual([]);
    expect((await resend.suppressions.remove("ada@demo.test")).data).toEqual({ object: "suppression", id, deleted: true });
    expect((await resend.suppressions.get(id)).error).toMatchObject({ statusCode: 404, name: "not_found" });
    expect(simulator.suppressions.size).toBe(0);
  });

  it("takes and gives up to a hundred at a time, and pages", async () => {
    const { resend, post } = await startSimulator();
    const emails = Array.from({ length: 45 }, (_, index) => `u${index}@demo.test`);
    expect((await resend.suppressions.batch.add({ emails })).data?.data).toHaveLength(45);
    const seen: string[] = [];
    for (let after: string | undefined; ; ) {
      const { data } = await resend.suppressions.list(after ? { limit: 20, after } : { limit: 20 });
      seen.push(...(data?.data.map(({ email }) => email) ?? []));
      if (!data?.has_more) break;
      after = data.data.at(-1)?.id;
    }
    expect(seen).toEqual(emails.toReversed());
    expect(
      (await resend.suppressions.batch.remove({ emails: [...emails.slice(0, 44), "nobody@demo.test"] })).data?.data,
    ).toHaveLength(44);
    expect((await resend.suppressions.list()).data?.data.map(({ email }) => email)).toEqual(["u44@demo.test"]);
    for (const body of [
      {},
      { emails: [] },
      { emails: ["nobody"] },
      { emails: [7] },
      { emails: Array.from({ length: 101 }, () => "a@b.co") },
    ]) {
      expect((await post("/suppressions/batch/add", body)).status).toBe(422);
    }
  });

  it.each([{}, { email: "" }, { email: "nobody" }, { email: 7 }, []])("refuses %j", async (body) => {
    const { post } = await startSimulator();
    expect((await post("/suppressions", body)).status).toBe(422);
  });

  it("is not for keys that may only send", async () => {
    const { resend } = await startSimulator({ apiKeys: { re_test: "sending_access" } });
    expect((await resend.suppressions.list()).error).toMatchObject({ statusCode: 401, name: "restricted_api_key" });
  });
});
