import { describe, expect, it } from "vitest";
import { secret, startReceiver } from "../testing/start-receiver.ts";
import { letter, startSimulator } from "../testing/start-simulator.ts";
import type { ResendSimulatorOptions } from "../simulator.ts";

async function startAdmin(options: ResendSimulatorOptions = {}) {
  const started = await startSimulator({ basePath: "/resend", admin: true, ...options });
  const admin = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${started.url}/admin${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, json: (await response.json()) as Record<string, unknown> };
  };
  return { ...started, admin };
}

const subjects = (count: number) => Array.from({ length: count }, (_, index) => ({ ...letter, subject: `n${index}` }));

describe("who may use the admin API", () => {
  it("is nobody unless it is switched on", async () => {
    const { admin } = await startAdmin({ admin: false });
    expect(await admin("GET", "/totals")).toMatchObject({ status: 404, json: { name: "not_found" } });
  });

  it("is whoever has the token, when there is one", async () => {
    const { admin } = await startAdmin({ admin: { token: "sesame" } });
    const status = async (authorization?: string) =>
      (await admin("GET", "/totals", undefined, authorization ? { authorization } : {})).status;
    expect([await status(), await status("Bearer other"), await status("Bearer sesame")]).toEqual([401, 401, 200]);
  });

  it("is no page of another site", async () => {
    const { admin, simulator } = await startAdmin();
    expect((await admin("POST", "/faults", { kind: "drop_before" }, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect(simulator.faults.list()).toEqual([]);
  });
});

describe("faults over the admin API", () => {
  it("are added, one or several, shown and removed", async () => {
    const { admin, post } = await startAdmin();
    const added = await admin("POST", "/faults", [
      { kind: "unavailable", times: 2 },
      { kind: "slow", probability: 0 },
    ]);
    expect(added.json).toEqual({
      faults: [
        { id: 1, struck: 0, kind: "unavailable", times: 2 },
        { id: 2, struck: 0, kind: "slow", probability: 0 },
      ],
    });
    expect((await post("/emails", letter)).status).toBe(503);
    expect((await admin("GET", "/faults")).json).toMatchObject({
      faults: [
        { id: 1, struck: 1 },
        { id: 2, struck: 0 },
      ],
    });
    expect((await admin("DELETE", "/faults/2")).json).toMatchObject({ faults: [{ id: 1 }] });
    expect((await admin("DELETE", "/faults/2")).status).toBe(404);
    expect((await admin("DELETE", "/faults")).json).toEqual({ faults: [] });
    expect((await post("/emails", letter)).status).toBe(200);
  });

  it.each([[{ kind: "nothing" }], ["not an object"], [[{ kind: "slow" }, { kind: "slow", times: -1 }]]])(
    "are refused whole: %j",
    async (body) => {
      const { admin, simulator } = await startAdmin();
      expect(await admin("POST", "/faults", body)).toMatchObject({ status: 422, json: { name: "validation_error" } });
      expect(simulator.faults.list()).toEqual([]);
    },
  );

  it("strike the same requests again after the same seed", async () => {
    const { admin, post } = await startAdmin();
    await admin("POST", "/faults", { kind: "unavailable", probability: 0.5 });
    const run = async () => {
      expect((await admin("POST", "/seed", { seed: 7 })).json).toEqual({ seed: "7" });
      const statuses: number[] = [];
      for (let index = 0; index < 24; index += 1) statuses.push((await post("/emails", letter)).status);
      return statuses;
    };
    const first = await run();
    expect(new Set(first)).toEqual(new Set([200, 503]));
    expect(await run()).toEqual(first);
    expect((await admin("POST", "/seed", {})).status).toBe(422);
  });
});

describe("the ledger over the admin API", () => {
  it("comes in pages, oldest first, until there is no more", async () => {
    const { admin, resend } = await startAdmin();
    await resend.batch.send(
      subjects(7).map((email) => ({ ...email, tags: [{ name: "email_id", value: email.subject }] })),
      { idempotencyKey: "k" },
    );
    const pages: Record<string, unknown>[] = [];
    for (let after = -1; ; ) {
      const { json } = await admin("GET", `/ledger?after=${after}&limit=3`);
      pages.push(json);
      if (json["next"] === null) break;
      after = Number(json["next"]);
    }
    expect(pages).toHaveLength(3);
    expect(pages[0]).toMatchObject({ totals: { emails: 7, recipients: 7, requests: 1 }, first: 0, end: 7, missed: 0, next: 2 });
    const emails = pages.flatMap((page) => page["emails"] as Record<string, unknown>[]);
    expect(emails.map(({ subject }) => subject)).toEqual(subjects(7).map(({ subject }) => subject));
    expect(emails[4]).toEqual({
      sequence: 4,
      id: expect.any(String),
      acceptedAt: "2026-11-22T12:00:00.000Z",
      idempotencyKey: "k",
      batch: { index: 4, size: 7 },
      from: letter.from,
      to: ["guest@demo.test"],
      subject: "n4",
      tags: { email_id: "n4" },
      lastEvent: "queued",
    });
  });

  it("has the content when it is asked for, and may come as lines", async () => {
    const { url, resend } = await startAdmin();
    await resend.batch.send(subjects(2));
    const lines = await fetch(`${url}/admin/ledger?format=ndjson&content=1&after=0`);
    expect(lines.headers.get("content-type")).toBe("application/x-ndjson");
    const [line, ...others] = (await lines.text()).split("\n");
    expect(others).toEqual([""]);
    expect(JSON.parse(line ?? "")).toMatchObject({ sequence: 1, subject: "n1", text: "Hi", html: "<p>Hi</p>", headers: {} });
  });

  it("says how many e-mails it no longer has, unless it keeps all", async () => {
    const bounded = await startAdmin({ maxEmails: 3 });
    await bounded.resend.batch.send(subjects(10));
    expect((await bounded.admin("GET", "/ledger?after=4")).json).toMatchObject({ missed: 2, first: 7, end: 10 });
    const everything = await startAdmin({ keepAll: true });
    await everything.resend.batch.send(subjects(100));
    const { json, headers } = await everything.admin("GET", "/ledger");
    expect([json["missed"], headers.get("x-ledger-missed"), (json["emails"] as unknown[]).length]).toEqual([0, "0", 100]);
  });

  it.each(["limit=0", "limit=10001", "limit=x", "after=-2", "after=1.5"])("refuses ?%s", async (query) => {
    const { admin } = await startAdmin();
    expect((await admin("GET", `/ledger?${query}`)).status).toBe(422);
  });

  it("is new after a reset", async () => {
    const { admin, resend } = await startAdmin();
    await resend.batch.send(subjects(3));
    expect((await admin("GET", "/totals")).json).toMatchObject({ emails: 3, recipients: 3, requests: 1, first: 0, end: 3 });
    expect((await admin("POST", "/reset")).json).toMatchObject({ emails: 0, end: 0, suppressions: 0, planned: 0 });
  });
});

describe("letters and webhooks over the admin API", () => {
  it("makes something happen to a letter", async () => {
    const { admin, resend } = await startAdmin();
    const { data } = await resend.emails.send(letter);
    const bounce = { type: "Transient", subType: "MailboxFull" };
    expect((await admin("POST", `/emails/${data?.id}/events`, { type: "email.bounced", bounce })).json).toMatchObject({
      type: "email.bounced",
      bounce,
    });
    expect((await resend.emails.get(data?.id ?? "")).data?.last_event).toBe("bounced");
    expect((await admin("POST", `/emails/${data?.id}/events`, { type: "email.opened" })).status).toBe(422);
    expect((await admin("POST", "/emails/nothing/events", { type: "email.bounced" })).status).toBe(404);
  });

  it("delivers what is planned without waiting for its time", async () => {
    const receiver = await startReceiver();
    const { admin, resend } = await startAdmin({ webhooks: { endpoints: [{ url: receiver.url, secrets: [secret] }] } });
    await resend.batch.send(subjects(5));
    expect((await admin("GET", "/totals")).json).toMatchObject({ planned: 10, webhooks: { delivered: 0 } });
    expect((await admin("POST", "/webhooks/flush")).json).toMatchObject({ planned: 0, webhooks: { pending: 0, delivered: 10 } });
    expect(receiver.received).toHaveLength(10);
  });
});
