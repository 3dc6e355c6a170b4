import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { otherSecret, receiving, secret, startReceiver, type ReceivedWebhook } from "../testing/start-receiver.ts";
import { inProcess } from "../testing/in-process.ts";
import { letter, startSimulator } from "../testing/start-simulator.ts";
import { createSeededRandom } from "../random.ts";

const to = (address: string) => ({ ...letter, to: address });

describe("webhooks over a real port", () => {
  it("carry signatures that the official SDK accepts, one for each secret", async () => {
    const receiver = await startReceiver();
    const { resend, simulator, clock } = await startSimulator({
      webhooks: { endpoints: [{ url: receiver.url, secrets: [secret, otherSecret] }] },
    });
    // The SDK compares with the machine's clock.
    clock.now = Date.now();
    const { data } = await resend.emails.send({ ...letter, tags: [{ name: "email_id", value: "e-1" }] });
    await simulator.settle((at) => (clock.now = at));
    expect(receiver.received.map(({ event }) => event.type)).toEqual(["email.sent", "email.delivered"]);
    for (const { body, headers } of receiver.received) {
      for (const webhookSecret of [secret, otherSecret]) {
        const verified = resend.webhooks.verify({ payload: body, headers, webhookSecret });
        expect(verified).toMatchObject({ data: { email_id: data?.id, tags: { email_id: "e-1" }, to: ["guest@demo.test"] } });
      }
      const changed = body.replace("guest", "other");
      expect(() => resend.webhooks.verify({ payload: changed, headers, webhookSecret: secret })).toThrow("No matching signature");
    }
  });

  it("go to endpoints made over the API, as long as they are there, for the events they asked for", async () => {
    const receiver = await startReceiver();
    const { resend, simulator, clock } = await startSimulator();
    clock.now = Date.now();
    const settle = () => simulator.settle((at) => (clock.now = at));
    const made = await resend.webhooks.create({ endpoint: receiver.url, events: ["email.delivered", "email.opened"] });
    const id = made.data?.id ?? "";
    const webhookSecret = made.data?.signing_secret ?? "";
    await resend.emails.send(letter);
    await settle();
    const [only] = receiver.received;
    expect(receiver.received).toHaveLength(1);
    expect(only && resend.webhooks.verify({ payload: only.body, headers: only.headers, webhookSecret })).toMatchObject({
      type: "email.delivered",
    });
    expect((await resend.webhooks.get(id)).data).toMatchObject({
      id,
      endpoint: receiver.url,
      status: "enabled",
      signing_secret: webhookSecret,
    });
    expect((await resend.webhooks.list()).data?.data.map((webhook) => webhook.id)).toEqual([id]);
    expect((await resend.webhooks.remove(id)).data).toEqual({ object: "webhook", id, deleted: true });
    expect((await resend.webhooks.get(id)).error).toMatchObject({ statusCode: 404 });
    await resend.emails.send(letter);
    await settle();
    expect(receiver.received).toHaveLength(1);
  });

  it("are signed with the old and the new secret for a day after a rotation", async () => {
    const { resend, clock, simulator } = await startSimulator({
      webhooks: { endpoints: [{ url: "http://receiver.test", secrets: [secret] }] },
    });
    const [endpoint] = simulator.webhooks.endpoints.all();
    const rotated = await resend.webhooks.rotateSigningSecret(endpoint?.id ?? "");
    const fresh = rotated.data?.signing_secret;
    expect(endpoint && simulator.webhooks.endpoints.secretsOf(endpoint)).toEqual([fresh, secret]);
    clock.now += 24 * 3_600_000;
    expect(endpoint && simulator.webhooks.endpoints.secretsOf(endpoint)).toEqual([fresh]);
  });

  it.each([
    {},
    { endpoint: "nowhere", events: ["email.sent"] },
    { endpoint: "http://a.test" },
    { endpoint: "http://a.test", events: ["x y"] },
  ])("are refused an endpoint like %j", async (body) => {
    const { post } = await startSimulator();
    expect((await post("/webhooks", body)).status).toBe(422);
  });
});

describe("what webhooks tell", () => {
  async function eventsFor(emails: readonly object[], tags: "map" | "array" = "map") {
    const events: ReceivedWebhook["event"][] = [];
    const take = receiving(({ event }) => (events.push(event), 200));
    const { post, settle, simulator } = inProcess({
      fetch: take,
      webhooks: { endpoints: [{ url: "http://receiver.test", secrets: [secret] }], tags },
    });
    for (const email of emails) await post("/emails", email);
    await settle();
    return { events, post, settle, simulator, first: simulator.accepted.at(0)?.id ?? "" };
  }

  it("of a permanent bounce: the event with its type, then the suppression", async () => {
    const { events, first } = await eventsFor([to("Gone <bounced@simulator.test>")]);
    expect(events).toEqual([
      expect.objectContaining({ type: "email.sent", created_at: "2026-11-22T12:00:00.000Z" }),
      {
        type: "email.bounced",
        created_at: "2026-11-22T12:00:01.000Z",
        data: {
          email_id: first,
          message_id: `<${first}@email.amazonses.com>`,
          created_at: "2026-11-22T12:00:00.000000+00:00",
          from: letter.from,
          to: ["bounced@simulator.test"],
          subject: "Hello",
          bounce: {
            type: "Permanent",
            subType: "General",
            message: expect.any(String),
            diagnosticCode: [expect.stringContaining("550 5.1.1")],
          },
        },
      },
      {
        type: "suppression.added",
        created_at: "2026-11-22T12:00:01.000Z",
        data: {
          id: expect.any(String),
          email: "bounced@simulator.test",
          origin: "bounce",
          source_id: first,
          created_at: "2026-11-22T12:00:01.000000+00:00",
        },
      },
    ]);
  });

  it.each([
    [
      "bounced+mailboxfull",
      ["email.sent", "email.bounced"],
      { bounce: expect.objectContaining({ type: "Transient", subType: "MailboxFull" }) },
    ],
    ["complained", ["email.sent", "email.delivered", "email.complained", "suppression.added"], {}],
    ["delayed", ["email.sent", "email.delivery_delayed", "email.delivered"], {}],
    ["failed", ["email.failed"], { failed: { reason: "reached_daily_quota" } }],
    ["suppressed", ["email.suppressed"], { suppressed: { type: "OnAccountSuppressionList", message: expect.any(String) } }],
  ])("of %s@ is %j", async (local, types, extra) => {
    const { events } = await eventsFor([to(`${local}@simulator.test`)]);
    expect(events.map(({ type }) => type)).toEqual(types);
    expect(events.filter(({ type }) => type.startsWith("email.")).at(-1)?.data).toMatchObject(extra);
  });

  it("of a letter to several: all of them, or the one it is about", async () => {
    const both = ["a@demo.test", "Full <bounced+mailboxfull@simulator.test>"];
    const { events } = await eventsFor([
      { ...letter, to: ["a@demo.test", "b@demo.test"] },
      { ...letter, to: both },
    ]);
    expect(events.filter(({ type }) => type !== "email.sent").map(({ data }) => data["to"])).toEqual([
      ["a@demo.test", "b@demo.test"],
      ["bounced+mailboxfull@simulator.test"],
    ]);
  });

  it("has tags as a map, or as an array when that is asked for, and none where there are none", async () => {
    const tags = [
      { name: "kind", value: "digest" },
      { name: "email_id", value: "e-1" },
    ];
    const tagsIn = async (form: "map" | "array") =>
      (await eventsFor([{ ...letter, tags }], form)).events.map(({ data }) => data["tags"]);
    expect(await tagsIn("map")).toEqual([
      { kind: "digest", email_id: "e-1" },
      { kind: "digest", email_id: "e-1" },
    ]);
    expect(await tagsIn("array")).toEqual([tags, tags]);
    expect((await eventsFor([letter])).events[0]?.data).not.toHaveProperty("tags");
  });

  it("of the suppression list also what people do", async () => {
    const { events, simulator, settle } = await eventsFor([]);
    simulator.suppressions.add("ada@demo.test", "manual");
    simulator.suppressions.remove("ada@demo.test");
    await settle();
    expect(events.map(({ type, data }) => [type, data["email"], data["origin"]])).toEqual([
      ["suppression.added", "ada@demo.test", "manual"],
      ["suppression.removed", "ada@demo.test", "manual"],
    ]);
  });

  it("of a letter that comes to something later by hand", async () => {
    const { events, simulator, settle, first } = await eventsFor([letter]);
    simulator.happen(first, { type: "email.complained" });
    await settle();
    expect(events.at(-1)).toMatchObject({ type: "email.complained", data: { email_id: first } });
  });
});

describe("delivering webhooks", () => {
  const endpoint = { url: "http://receiver.test", secrets: [secret], events: ["email.delivered"] };

  it("retries after Resend's gaps with the same id, a fresh timestamp and the same body, then gives up", async () => {
    const attempts: ReceivedWebhook[] = [];
    const take = receiving((webhook) => (attempts.push(webhook), 500));
    const { post, settle, simulator } = inProcess({ fetch: take, webhooks: { endpoints: [endpoint] } });
    await post("/emails", letter);
    await settle();
    const seconds = attempts.map(({ headers }) => Number(headers.timestamp) - Number(attempts[0]?.headers.timestamp));
    expect(seconds).toEqual([0, 0, 5, 305, 2105, 9305, 27305, 63305, 99305]);
    expect(new Set(attempts.map(({ headers }) => headers.id)).size).toBe(1);
    expect(new Set(attempts.map(({ body }) => body)).size).toBe(1);
    expect(new Set(attempts.map(({ headers }) => headers.signature)).size).toBe(8);
    expect(simulator.webhooks.counts).toMatchObject({ pending: 0, attempts: 9, delivered: 0, failed: 1 });
  });

  it.each([[204], [302], [404], [503]])("takes a %i for a failure: only 200 is success", async (status) => {
    let attempts = 0;
    const take = receiving(() => ((attempts += 1) === 1 ? status : 200));
    const { post, settle, simulator } = inProcess({ fetch: take, webhooks: { endpoints: [endpoint] } });
    await post("/emails", letter);
    await settle();
    expect(simulator.webhooks.counts).toMatchObject({ attempts: 2, delivered: 1 });
  });

  it("never runs more attempts at once than it may", async () => {
    let running = 0;
    let most = 0;
    const slow: typeof fetch = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return new Response();
    };
    const { post, settle, simulator } = inProcess({ fetch: slow, webhooks: { endpoints: [endpoint], maxInFlight: 3 } });
    await post(
      "/emails/batch",
      Array.from({ length: 20 }, () => letter),
    );
    await settle();
    expect({ most, delivered: simulator.webhooks.counts.delivered }).toEqual({ most: 3, delivered: 20 });
  });

  it("only counts what goes beyond its bound", async () => {
    const { post, settle, simulator } = inProcess({
      fetch: receiving(() => 200),
      webhooks: { endpoints: [endpoint], maxPending: 5 },
    });
    await post(
      "/emails/batch",
      Array.from({ length: 8 }, () => letter),
    );
    await settle();
    expect(simulator.webhooks.counts).toMatchObject({ delivered: 5, dropped: 3 });
  });

  it("covers every accepted letter in spite of a receiver that fails at random, with duplicates and in any order", async () => {
    const settings = fc.record({
      seed: fc.nat(),
      letters: fc.integer({ min: 1, max: 60 }),
      failing: fc.double({ min: 0, max: 0.5, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(settings, async ({ seed, letters, failing }) => {
        const random = createSeededRandom(String(seed)).stream("receiver");
        const taken: { id: string; email: string }[] = [];
        const take = receiving(({ headers, event }) => {
          if (random() < failing) throw new TypeError("fetch failed");
          taken.push({ id: headers.id, email: String(event.data["email_id"]) });
          return random() < failing ? 500 : 200;
        });
        const webhooks = {
          endpoints: [endpoint],
          duplicateRate: 0.3,
          reorderRate: 0.5,
          retryGapsMs: Array.from({ length: 200 }, () => 1000),
        };
        const { post, settle, simulator } = inProcess({ seed, fetch: take, webhooks });
        await post(
          "/emails/batch",
          Array.from({ length: letters }, () => letter),
        );
        await settle();
        const accepted = simulator.accepted.all().map(({ id }) => id);
        expect(new Set(taken.map(({ email }) => email))).toEqual(new Set(accepted));
        // However often it came, one message has one id.
        expect(new Set(taken.map(({ id, email }) => `${id} ${email}`)).size).toBe(letters);
        expect(simulator.webhooks.counts).toMatchObject({ pending: 0, delivered: letters, failed: 0 });
      }),
      { numRuns: 40 },
    );
  });

  it("doubles and reorders as often as it is told, the same for the same seed", async () => {
    const run = async (seed: string) => {
      const order: string[] = [];
      const take = receiving(({ event }) => (order.push(String(event.data["email_id"])), 200));
      let ids = 0;
      const { post, settle, simulator } = inProcess({
        seed,
        fetch: take,
        randomUUID: () => `id-${(ids += 1)}`,
        webhooks: { endpoints: [endpoint], duplicateRate: 0.2, reorderRate: 0.5 },
      });
      await post(
        "/emails/batch",
        Array.from({ length: 100 }, () => letter),
      );
      await settle();
      return { order, repeats: simulator.webhooks.counts.repeats };
    };
    const once = await run("a");
    expect(await run("a")).toEqual(once);
    expect(once.order).toHaveLength(100 + once.repeats);
    expect(once.repeats).toBeGreaterThan(8);
    expect(once.repeats).toBeLessThan(35);
    const firsts = [...new Set(once.order)];
    expect(firsts).not.toEqual(Array.from({ length: 100 }, (_, index) => `id-${index + 1}`));
  });
});

describe("posting over a real port", () => {
  it.each([
    ["the default client", {}],
    ["a fetch of one’s own", { fetch: globalThis.fetch }],
  ])("%s: failures, redirects and nobody there are retried", async (_title, client) => {
    const statuses = [500, 302, 200];
    const receiver = await startReceiver(() => statuses[receiver.received.length - 1] ?? 200);
    const closed = "http://127.0.0.1:1/hook";
    const webhooks = {
      endpoints: [receiver.url, closed].map((url) => ({ url, secrets: [secret], events: ["email.delivered"] })),
      retryGapsMs: [0, 1000, 1000],
    };
    const { post, settle, simulator } = inProcess({ webhooks, ...client });
    await post("/emails", letter);
    await settle();
    expect(receiver.received).toHaveLength(3);
    expect(simulator.webhooks.counts).toMatchObject({ pending: 0, attempts: 7, delivered: 1, failed: 1 });
  });
});
