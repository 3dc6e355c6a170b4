import { mkdir, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listen, type HttpServer } from "../../../apps/local/src/http-server.ts";
import { withLogin } from "../../../apps/local/src/login-roles.ts";
import { createResendSimulator } from "../../../packages/resend-simulator/src/simulator.ts";
import { EDGE_FUNCTIONS } from "../../../scripts/edge-functions.ts";
import { writePackage } from "../../../scripts/package.ts";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, post } from "../harness/world.ts";
import { type EdgeGateway, openEdgeGateway } from "./edge-gateway.ts";

const NEW_KEY = "sb_secret_of_the_schedule";
const LEGACY_KEY = "legacy.service.role";
const WEBHOOK_SECRET = `whsec_${Buffer.from("a secret of the endpoint").toString("base64")}`;

const MAIL = () => ({
  RESEND_API_KEY: "re_test",
  RESEND_BASE_URL: `http://127.0.0.1:${mail.port}`,
  UNSUBSCRIBE_KEYS: "a_key_that_signs_links_in_letters",
});

const simulator = createResendSimulator({ requestsPerSecond: null });
let database: TestDatabase;
let gateway: EdgeGateway;
let mail: HttpServer;
let people: string[];

beforeAll(async () => {
  [database, gateway, mail] = await Promise.all([createTestDatabase(), openEdgeGateway(), listen(0, "127.0.0.1")]);
  mail.serve((request) => simulator.fetch(request));
  await database.sql`update private.settings set delivery_on_for = ${gateway.origin}`;
  people = await addPeople(database.sql, 450);
  await gateway.start(EDGE_FUNCTIONS, {
    SUPABASE_DB_URL: database.url,
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: "sb_secret_default", automations: NEW_KEY }),
    SUPABASE_SERVICE_ROLE_KEY: LEGACY_KEY,
    ...MAIL(),
    RESEND_WEBHOOK_SECRET: WEBHOOK_SECRET,
  });
});
afterAll(async () => {
  await gateway.stop();
  await mail.close();
  await database.drop();
});

const tick = (apikey = NEW_KEY) => gateway.call("process-notifications-cron", { method: "POST", headers: { apikey }, body: "{}" });

async function recipientsOf(text: string): Promise<string[]> {
  const letters = simulator.accepted.all().map(({ wire }) => wire);
  return letters.filter((letter) => String(letter.text).includes(text)).map(({ to }) => String(to));
}

test("a tick tells everybody once, however many ticks run at once", async () => {
  const event = await addEvent(database.sql, { participants: people, window: 0 });
  await post(database.sql, event, people[0]!, "The ferry leaves at nine.");
  const answers = await Promise.all([tick(), tick(), tick()]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  const ticks = (await Promise.all(answers.map((answer) => answer.json()))) as { letters: number; dispatches: number }[];
  expect(ticks.reduce((sum, { letters }) => sum + letters, 0)).toBe(449);
  const told = await recipientsOf("The ferry leaves at nine.");
  expect(told).toHaveLength(449);
  expect(new Set(told).size).toBe(449);
  for (const { wire } of simulator.accepted.all()) expect(wire.headers).toHaveProperty("List-Unsubscribe");
  const [{ pending }] = await database.sql<[{ pending: number }]>`
    select count(*)::int as pending from public.notifications where status in ('pending', 'processing')`;
  expect(pending).toBe(0);
});

test("each function keeps far from the platform's 2 s of processor time and 256 MB", async () => {
  const before = new Map<string, number>();
  for (const [name, running] of gateway.functions) before.set(name, (await running.usage()).cpuMs);
  const event = await addEvent(database.sql, { participants: people, window: 0 });
  await post(database.sql, event, people[0]!, "Bring a lamp.");
  expect((await tick()).status).toBe(200);
  expect(await recipientsOf("Bring a lamp.")).toHaveLength(449);
  for (const [name, running] of gateway.functions) {
    const { cpuMs, peakMb } = await running.usage();
    // For send-chat-notifications this is the sum of five calls.
    expect(cpuMs - before.get(name)!, name).toBeLessThan(2_000);
    expect(peakMb, name).toBeLessThan(256);
  }
});

test("a tick without a secret key is refused with an answer that names the fix, and does nothing", async () => {
  const event = await addEvent(database.sql, { participants: people.slice(0, 3), window: 0 });
  await post(database.sql, event, people[0]!, "Nobody hears this yet.");
  // As the specification's own schedule calls it.
  const keyless = await gateway.call("process-notifications-cron", { method: "POST", headers: {}, body: "{}" });
  expect(keyless.status).toBe(401);
  expect(await keyless.json()).toEqual({
    message: "This call shows no key. Anybody could make it.",
    hint: expect.stringContaining("select private.schedule_notifications()"),
  });
  for (const key of ["sb_publishable_x", `${NEW_KEY}x`, NEW_KEY.slice(1), "re_test"]) expect((await tick(key)).status).toBe(401);
  const bearer = await gateway.call("process-notifications-cron", { method: "POST", headers: { authorization: `Bearer ${NEW_KEY}` } });
  expect(bearer.status).toBe(401);
  expect((await gateway.call("process-notifications-cron", { headers: { apikey: NEW_KEY } })).status).toBe(405);
  expect(await recipientsOf("Nobody hears this yet.")).toEqual([]);

  expect((await tick(LEGACY_KEY)).status).toBe(200);
  expect(await recipientsOf("Nobody hears this yet.")).toHaveLength(2);
});

test("send-chat-notifications sends what is held, for callers with a secret key only", async () => {
  const send = (body: string, headers: Record<string, string> = { apikey: NEW_KEY }) =>
    gateway.call("send-chat-notifications", { method: "POST", headers, body });
  const [sent] = await database.sql<[{ id: string }]>`select id from private.dispatches limit 1`;
  const call = JSON.stringify({ dispatch_id: sent.id, attempt: 1 });
  expect((await send(call, {})).status).toBe(401);
  expect((await send(call, { apikey: "sb_publishable_x" })).status).toBe(401);
  for (const body of ["", "[]", '{"dispatch_id":"x","attempt":1}', JSON.stringify({ dispatch_id: sent.id }), "x".repeat(2_000)]) {
    expect((await send(body)).status).toBe(400);
  }
  // Done long ago: nothing goes a second time.
  const accepted = simulator.accepted.all().length;
  expect(await (await send(call)).json()).toEqual({ result: "stale" });
  expect(simulator.accepted.all()).toHaveLength(accepted);
  const stranger = await gateway.call("send-chat-notifications/health");
  expect({ status: stranger.status, body: await stranger.json() }).toEqual({ status: 200, body: { status: "ok" } });
  const details = await gateway.call("send-chat-notifications/health", { headers: { apikey: NEW_KEY } });
  expect(await details.json()).toMatchObject({ status: "ok", reasons: [], details: { due: 0, breakers_open: [] } });
});

test("while send-chat-notifications is not there the tick says so, and the letters go once it is", async () => {
  const event = await addEvent(database.sql, { participants: people.slice(0, 3), window: 0 });
  await post(database.sql, event, people[0]!, "Late but once.");
  const send = gateway.functions.get("send-chat-notifications")!;
  gateway.functions.delete("send-chat-notifications");
  const answer = await tick();
  expect(answer.status).toBe(502);
  expect(((await answer.json()) as { message: string }).message).toMatch(/^send-chat-notifications is not deployed/);
  gateway.functions.set("send-chat-notifications", send);
  await database.sql`update private.dispatches set next_attempt_at = now() where status = 'sending'`;
  expect((await tick()).status).toBe(200);
  expect(await recipientsOf("Late but once.")).toHaveLength(2);
});

test("resend-webhook takes what Resend signed and nothing else", async () => {
  const [letter] = await database.sql<[{ id: string }]>`select id from public.emails where status = 'sent' limit 1`;
  const body = JSON.stringify({
    type: "email.delivered",
    created_at: new Date().toISOString(),
    data: { email_id: crypto.randomUUID(), tags: { email_id: letter.id, kind: "conversation" } },
  });
  const now = new Date();
  const signature = new Webhook(WEBHOOK_SECRET).sign("msg_1", now, body);
  const headers = { "svix-id": "msg_1", "svix-timestamp": String(Math.floor(now.getTime() / 1000)), "svix-signature": signature };
  const report = (init: RequestInit) => gateway.call("resend-webhook", { method: "POST", ...init });
  expect((await report({ headers: { ...headers, "svix-signature": signature.replace(/.{4}$/, "AAA=") }, body })).status).toBe(401);
  expect((await report({ headers: { apikey: NEW_KEY }, body })).status).toBe(401);
  expect(await (await report({ headers, body })).json()).toEqual({ result: "applied" });
  expect(await (await report({ headers, body })).json()).toEqual({ result: "duplicate" });
  const [{ status }] = await database.sql<[{ status: string }]>`select status from public.emails where id = ${letter.id}`;
  expect(status).toBe("delivered");
  // The second one came within ten seconds of the first, and waits for the next.
  expect([...(await database.sql`select what, times::int from private.refusals where what = 'resend-webhook'`)]).toEqual([{ what: "resend-webhook", times: 1 }]);
});

test("the functions act as notifier, whichever address they are given", async () => {
  const acting = () => database.sql<{ login: string }[]>`
    select distinct usename::text as login from pg_stat_activity
    where datname = current_database() and application_name = 'chat-notifications edge function'`;
  // The platform's own address is the owner's. What its session may do is notifier's: the owner's rights are gone.
  expect([...(await acting())]).toEqual([{ login: "postgres" }]);
  const asFunctionsDo = database.connect({ max: 1, connection: { role: "notifier" } as object });
  await expect(asFunctionsDo`select from private.settings`).rejects.toMatchObject({ code: "42501" });

  await database.sql.unsafe("alter role notifier login password 'notifier'");
  await gateway.start(["process-notifications-cron"], {
    SUPABASE_SERVICE_ROLE_KEY: LEGACY_KEY,
    DATABASE_URL: withLogin(database.url, "notifier", "notifier"),
    ...MAIL(),
  });
  expect((await tick(LEGACY_KEY)).status).toBe(200);
  expect([...(await acting())]).toContainEqual({ login: "notifier" });
});

test("a function whose settings are wrong answers every call with what is wrong", async () => {
  await gateway.start(["resend-webhook"], { SUPABASE_DB_URL: "postgresql://postgres:hidden@db.example/postgres?sslmode=disable" });
  const answer = await gateway.call("resend-webhook", { method: "POST", body: "{}" });
  expect(answer.status).toBe(500);
  const { message } = (await answer.json()) as { message: string };
  expect(message).toMatch(/SUPABASE_DB_URL has sslmode=disable.*RESEND_WEBHOOK_SECRET is missing/);
  expect(message).not.toContain("hidden");
});

test("the packaged functions need nothing of this repository and do the same", async () => {
  // In reach of node_modules, where the test's Deno takes packages from instead of downloading them.
  const dist = path.join(import.meta.dirname, "../../../dist");
  await mkdir(dist, { recursive: true });
  const folder = await mkdtemp(path.join(dist, "package-test-"));
  try {
    const files = await writePackage({ out: path.join(folder, "package") });
    expect(files).toEqual(expect.arrayContaining(EDGE_FUNCTIONS.map((name) => `supabase/functions/${name}/index.ts`)));
    const settings = { SUPABASE_DB_URL: database.url, SUPABASE_SERVICE_ROLE_KEY: LEGACY_KEY, RESEND_WEBHOOK_SECRET: WEBHOOK_SECRET, ...MAIL() };
    await gateway.start(EDGE_FUNCTIONS, settings, path.join(folder, "package/supabase/functions"));
    const event = await addEvent(database.sql, { participants: people.slice(0, 3), window: 0 });
    await post(database.sql, event, people[0]!, "Out of the box.");
    expect((await tick(LEGACY_KEY)).status).toBe(200);
    expect(await recipientsOf("Out of the box.")).toHaveLength(2);
    expect((await gateway.call("resend-webhook", { method: "POST", body: "{}" })).status).toBe(401);
    expect((await gateway.call("unsubscribe?token=x", { method: "POST", body: "List-Unsubscribe=One-Click" })).status).toBe(400);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("logs hold no address, text or key", () => {
  const printed = [...gateway.functions.values()].map((running) => running.output()).join("\n");
  expect(printed).toContain('"event":"tick"');
  for (const secret of ["@example.com", "Bring a lamp", NEW_KEY, LEGACY_KEY, "re_test", "whsec_"]) expect(printed).not.toContain(secret);
});
