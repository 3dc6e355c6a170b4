import { describe, expect, it } from "vitest";
import { lastEventOf } from "./fate.ts";
import { letter, noon, startSimulator } from "./testing/start-simulator.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe("sending one e-mail with the official SDK", () => {
  it("accepts it, gives its id and keeps it as it was sent", async () => {
    const { resend, simulator } = await startSimulator();
    const { data, error } = await resend.emails.send({
      ...letter,
      to: ["Guest <guest@demo.test>"],
      replyTo: "chat@demo.test",
      headers: { "List-Unsubscribe": "<https://demo.test/u>" },
      tags: [{ name: "email_id", value: "a-1_B" }],
    });
    expect(error).toBeNull();
    expect(data?.id).toMatch(uuid);
    const [kept] = simulator.accepted.all();
    expect(kept).toMatchObject({ sequence: 0, id: data?.id, acceptedAt: noon, batch: null, idempotencyKey: null });
    expect(kept?.wire).toEqual({
      ...letter,
      to: ["Guest <guest@demo.test>"],
      reply_to: "chat@demo.test",
      headers: { "List-Unsubscribe": "<https://demo.test/u>" },
      tags: [{ name: "email_id", value: "a-1_B" }],
    });
  });

  it("finds letters by recipient whatever the case and the display name", async () => {
    const { resend, simulator } = await startSimulator();
    await resend.emails.send({ ...letter, to: "Ada <Ada@Demo.test>", subject: "one" });
    await resend.emails.send({ ...letter, to: ["x@demo.test", "ada@demo.test"], subject: "two" });
    await resend.emails.send({ ...letter, to: "nada@demo.test", subject: "three" });
    expect(simulator.accepted.to("ada@demo.test").map(({ wire }) => wire.subject)).toEqual(["one", "two"]);
  });

  it("works under a base path", async () => {
    const { resend, simulator } = await startSimulator({ basePath: "/resend" });
    expect((await resend.emails.send(letter)).error).toBeNull();
    expect(simulator.accepted.totals).toEqual({ emails: 1, recipients: 1, requests: 1 });
  });
});

describe("batches with the official SDK", () => {
  const batch = ["a", "b", "c"].map((name) => ({ ...letter, to: `${name}@demo.test` }));

  it("answers ids in the order of the e-mails", async () => {
    const { resend, simulator, clock } = await startSimulator();
    const { data } = await resend.batch.send(batch);
    const kept = simulator.accepted.all();
    expect(data?.data.map(({ id }) => id)).toEqual(kept.map(({ id }) => id));
    expect(kept.map(({ wire }) => wire.to)).toEqual(["a@demo.test", "b@demo.test", "c@demo.test"]);
    expect(kept.map((email) => email.batch)).toEqual([0, 1, 2].map((index) => ({ index, size: 3 })));
    expect(kept.every((email) => lastEventOf(email, clock.now) === "queued")).toBe(true);
  });

  it("refuses everything in strict mode when one e-mail is bad", async () => {
    const { resend, simulator } = await startSimulator();
    const { error } = await resend.batch.send([...batch, { ...letter, to: "nobody" }]);
    expect(error).toMatchObject({ statusCode: 422, name: "validation_error" });
    expect(simulator.accepted.totals.emails).toBe(0);
  });

  it("leaves out and lists the bad ones in permissive mode", async () => {
    const { resend, simulator } = await startSimulator();
    const mixed = [{ ...letter, to: "nobody" }, ...batch, { ...letter, subject: "" }];
    const { data } = await resend.batch.send(mixed, { batchValidation: "permissive" });
    expect(data?.data).toHaveLength(3);
    expect(data?.errors?.map(({ index }) => index)).toEqual([0, 4]);
    expect(data?.errors?.[1]?.message).toBe("Missing `subject` field.");
    expect(simulator.accepted.all().map((email) => email.batch?.index)).toEqual([1, 2, 3]);
  });

  it("answers an empty list of errors in permissive mode and none in strict mode", async () => {
    const { resend } = await startSimulator();
    expect((await resend.batch.send(batch, { batchValidation: "permissive" })).data).toHaveProperty("errors", []);
    expect((await resend.batch.send(batch)).data).not.toHaveProperty("errors");
  });

  it.each([0, 101])("refuses a batch of %i", async (size) => {
    const { resend, simulator } = await startSimulator();
    const { error } = await resend.batch.send(Array.from({ length: size }, () => letter));
    expect(error).toMatchObject({ statusCode: 422, name: "validation_error" });
    expect(simulator.accepted.totals.emails).toBe(0);
  });

  it("takes a hundred", async () => {
    const { resend, simulator } = await startSimulator();
    expect((await resend.batch.send(Array.from({ length: 100 }, () => letter))).data?.data).toHaveLength(100);
    expect(simulator.accepted.totals).toEqual({ emails: 100, recipients: 100, requests: 1 });
  });

  it("refuses attachments, which a single e-mail may have", async () => {
    const { post, resend } = await startSimulator();
    const attachments = [{ filename: "a.txt", content: "aGk=" }];
    expect((await post("/emails/batch", [{ ...letter, attachments }])).status).toBe(422);
    expect((await resend.emails.send({ ...letter, attachments })).error).toBeNull();
  });

  it("refuses an unknown validation mode", async () => {
    const { post } = await startSimulator();
    expect((await post("/emails/batch", batch, { "x-batch-validation": "lenient" })).status).toBe(422);
  });
});

describe("bodies that cannot be read", () => {
  it.each([
    ["/emails", '{"from":', 400],
    ["/emails", "", 400],
    ["/emails/batch", "[", 400],
    ["/emails", "[]", 422],
    ["/emails", "null", 422],
    ["/emails/batch", "{}", 422],
  ])("POST %s with %j is answered %i", async (path, body, status) => {
    const { post, simulator } = await startSimulator();
    const response = await post(path, body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ statusCode: status, name: "validation_error" });
    expect(simulator.accepted.totals.emails).toBe(0);
  });

  it("refuses more than 40 MB, declared or streamed", async () => {
    const { post, url, simulator } = await startSimulator();
    const tooLarge = Buffer.alloc(41 * 1024 * 1024, "x");
    expect((await post("/emails", tooLarge.toString())).status).toBe(413);
    const streamed = () => new Request(`${url}/emails`, {
      method: "POST",
      headers: { authorization: "Bearer re_test", "user-agent": "test" },
      body: new Blob([tooLarge]).stream(),
      duplex: "half",
    } as RequestInit);
    expect((await fetch(streamed())).status).toBe(413);
    expect((await simulator.fetch(streamed())).status).toBe(413);
  });
});

describe("endpoints that do not exist", () => {
  it.each([
    ["GET", "/nothing", 404, "not_found"],
    ["POST", "/emails/batch/more", 404, "not_found"],
    ["DELETE", "/emails", 405, "method_not_allowed"],
    ["PUT", "/emails/batch", 405, "method_not_allowed"],
  ])("%s %s is answered %i %s", async (method, path, status, name) => {
    const { url } = await startSimulator();
    const response = await fetch(`${url}${path}`, { method });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ statusCode: status, name });
  });
});
