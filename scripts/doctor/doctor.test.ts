import { afterAll, beforeAll, expect, test } from "vitest";
import { createEdgeFunctions } from "../../apps/local/src/edge-functions.ts";
import { createPostgresDatabase } from "../../packages/core/src/postgres-database.ts";
import { createPostgresOperations } from "../../packages/core/src/operations-database.ts";
import { createPostgresUnsubscribing } from "../../packages/core/src/unsubscribe-database.ts";
import { toKeys } from "../../packages/core/src/unsubscribe-keys.ts";
import { createTestDatabase, type TestDatabase } from "../../supabase/tests/harness/test-database.ts";
import { examine } from "./examine.ts";
import type { Deployment, Finding } from "./finding.ts";
import { printFindings } from "./print-findings.ts";

const URL_HERE = "https://abcdefgh.supabase.co";
const KEY = "sb_secret_of_the_doctor";
const WEBHOOK_SECRET = `whsec_${Buffer.from("a secret of the endpoint").toString("base64")}`;

let database: TestDatabase;
let functions: ReturnType<typeof createEdgeFunctions>;

beforeAll(async () => {
  database = await createTestDatabase();
  const notifier = database.connectAs("notifier");
  functions = createEdgeFunctions({
    database: createPostgresDatabase(notifier, { deploymentUrl: URL_HERE }),
    operations: createPostgresOperations(notifier, { deploymentUrl: URL_HERE }),
    unsubscribing: createPostgresUnsubscribing(notifier),
    deploymentUrl: URL_HERE, secretKeys: [KEY], webhookSecrets: [WEBHOOK_SECRET], unsubscribeKeys: toKeys(["a_key_that_signs_links_in_letters"]),
    mail: { apiKey: "re_test", fetch }, log() {},
  });
  await database.sql`
    update private.settings set delivery_on_for = ${URL_HERE}, app_url = 'https://app.acme.dev', functions_url = ${`${URL_HERE}/functions/v1`},
      sender_from = 'Acme <chat@mail.acme.dev>', postal_address = '3 Real Road, Berlin'`;
  await database.sql`select private.beat('worker-1', 'worker', 'test')`;
});
afterAll(() => database.drop());

const RECORDS: Record<string, string> = {
  "_dmarc.acme.dev": "v=DMARC1; p=none;",
  "resend._domainkey.mail.acme.dev": "p=MIGfMA0",
  "send.mail.acme.dev": "v=spf1 include:amazonses.com ~all",
};
const RESEND: Record<string, object> = {
  "/domains": { data: [{ name: "mail.acme.dev", status: "verified" }] },
  "/webhooks": { data: [{ endpoint: `${URL_HERE}/functions/v1/resend-webhook`, status: "enabled" }] },
};

/** The deployment's functions, and Resend as far as it is asked. */
function world({ resend = RESEND, without = [] as string[], pitr = true } = {}): typeof fetch {
  return async (input, init) => {
    const url = new URL(String(input));
    if (url.host === "api.resend.com") return Response.json(resend[url.pathname] ?? {}, { status: (resend[url.pathname] as { statusCode?: number } | undefined)?.statusCode ?? 200 });
    if (url.host === "api.supabase.com") return Response.json({ region: "eu-central-1", walg_enabled: true, pitr_enabled: pitr, backups: [] });
    const name = url.pathname.split("/")[3]!;
    if (without.includes(name)) return Response.json({ code: "NOT_FOUND", message: "Requested function was not found" }, { status: 404 });
    return functions[name]!(new Request(url, init));
  };
}

const deployment = (changes: Partial<Deployment> = {}): Deployment => ({
  sql: database.sql, supabaseUrl: URL_HERE, accessToken: "sbp_test", secretKey: KEY, webhookSecret: WEBHOOK_SECRET, resend: { apiKey: "re_test", baseUrl: "https://api.resend.com" }, fetch: world(),
  resolveTxt: async (name) => (RECORDS[name] === undefined ? Promise.reject(new Error("ENOTFOUND")) : [[RECORDS[name]]]), now: () => new Date(), ...changes,
});
const bad = (findings: Finding[]) => findings.filter(({ status }) => status === "fail").map(({ about, says }) => `${about}: ${says}`);

test("a deployment in order has nothing that fails, and the doctor changes nothing", async () => {
  const before = await database.sql`select xmin::text, * from private.settings`;
  const findings = await examine(deployment());
  expect(bad(findings)).toEqual([]);
  for (const about of ["database", "clock", "time zones", "roles", "migrations", "grants", "delivery", "links", "sender", "processing", "functions", "Resend", "webhook", "DNS"]) {
    expect(findings.some((finding) => finding.about === about && finding.status === "ok"), about).toBe(true);
  }
  expect(findings).toContainEqual({ about: "webhook", status: "ok", says: "resend-webhook knows this signing secret." });
  expect(findings.filter(({ about }) => about === "backups")).toMatchObject([{ status: "warn", says: expect.stringMatching(/^WAL is not archived/) }]);
  expect(await database.sql`select from private.webhook_events`).toEqual([]);
  expect(findings.filter(({ about, status }) => about === "functions" && status === "ok").length).toBeGreaterThanOrEqual(4);
  expect(await database.sql`select xmin::text, * from private.settings`).toEqual(before);
  expect(printFindings(findings)).toMatch(/\nNothing is broken; \d+ to look at, \d+ not checked\.$/);
});

test("each fault is named with what mends it", async () => {
  const { sql } = database;
  await sql`update private.settings set delivery_on_for = 'https://other.supabase.co', allow_plaintext_links = true, app_url = 'http://app.acme.dev', sender_from = 'Chat <chat@notify.example.com>'`;
  await sql`alter table private.bursts disable row level security`;
  await sql`grant select on public.emails to anon`;
  await sql`grant execute on function private.permit_sending(text, integer, timestamptz) to public`;
  await sql`delete from private.processors`;
  try {
    const otherSecret = `whsec_${Buffer.from("not the endpoint's secret").toString("base64")}`;
    const findings = await examine(deployment({ webhookSecret: otherSecret, fetch: world({ without: ["send-chat-notifications", "unsubscribe"], resend: { "/domains": { statusCode: 403, name: "invalid_api_key" } } }) }));
    expect(bad(findings)).toEqual(expect.arrayContaining([
      "grants: Table private.bursts has no row-level security.",
      "grants: anon may select public.emails.",
      "grants: Everybody may execute private.permit_sending(text,integer,timestamp with time zone).",
      `delivery: Delivery is switched on for https://other.supabase.co, and this is ${URL_HERE}: nothing is sent.`,
      "links: app_url is plain http: links and one-click unsubscribing need https.",
      "sender: The sender is the example's.",
      "processing: Nobody has ever processed here.",
      "schedule: process-chat-notifications: pg_cron is not there: create extension pg_cron, or run the worker.",
      "functions: send-chat-notifications is not deployed.",
      "functions: unsubscribe is not deployed.",
      "Resend: Resend refuses this key.",
      "webhook: resend-webhook does not know this signing secret: whatever Resend reports is refused.",
    ]));
    expect(findings.find(({ says }) => says.startsWith("anon may"))?.mend).toBe("revoke all on public.emails from anon;");
    for (const { status, mend } of findings) if (status !== "ok") expect(mend).toMatch(/\S/);
    const printed = printFindings(findings);
    for (const secret of [KEY, "re_test", WEBHOOK_SECRET]) expect(printed).not.toContain(secret);
  } finally {
    await sql`alter table private.bursts enable row level security`;
    await sql`revoke select on public.emails from anon`;
    await sql`revoke execute on function private.permit_sending(text, integer, timestamptz) from public`;
    await sql`update private.settings set sender_from = 'Acme <chat@mail.acme.dev>'`;
  }
});

test("a sending-only key is the right one, missing records and an unknown domain are not", async () => {
  const sendingOnly = await examine(deployment({ fetch: world({ resend: { "/domains": { statusCode: 401, name: "restricted_api_key" } } }), resolveTxt: () => Promise.reject(new Error("ENOTFOUND")) }));
  expect(sendingOnly).toContainEqual(expect.objectContaining({ about: "Resend", status: "ok" }));
  expect(bad(sendingOnly).filter((text) => text.startsWith("DNS"))).toHaveLength(3);
  const unknown = await examine(deployment({ fetch: world({ resend: { "/domains": { data: [] }, "/webhooks": { data: [] } } }) }));
  expect(bad(unknown)).toEqual(expect.arrayContaining([
    "Resend: mail.acme.dev is not a domain of this account.",
    "webhook: Resend has no webhook to this deployment: bounces stay unknown.",
  ]));
});

test("functions that the platform guards with verify_jwt, or that lack settings, are told apart", async () => {
  const platform = await examine(deployment({ fetch: async () => Response.json({ code: "UNAUTHORIZED_NO_AUTH_HEADER", message: "Missing authorization header" }, { status: 401 }) }));
  expect(bad(platform)).toContain("functions: The platform refuses callers of resend-webhook before it is asked.");
  const unset = await examine(deployment({ fetch: async () => Response.json({ message: "This function's settings: RESEND_API_KEY is missing." }, { status: 500 }) }));
  expect(bad(unset)).toContain("functions: resend-webhook is not set up: This function's settings: RESEND_API_KEY is missing.");
});

test("what cannot be reached is one finding and stops no other check", async () => {
  const away = database.connect({ port: 1, max: 1, connect_timeout: 2 });
  const findings = await examine(deployment({ sql: away }));
  expect(bad(findings)).toEqual([expect.stringMatching(/^database: This could not be checked \(ECONNREFUSED\)/)]);
  expect(findings.some(({ about, status }) => about === "functions" && status === "ok")).toBe(true);
  const nothing = await examine(deployment({ sql: null, supabaseUrl: null, resend: null }));
  expect(nothing.map(({ status }) => status)).toEqual(["skip", "skip", "skip"]);
});

test("recovery: daily backups miss the goal of an hour, point-in-time recovery meets it, and without the project's word the server's WAL counts", async () => {
  const about = async (changes: Partial<Deployment>) => (await examine(deployment(changes))).filter(({ about }) => about === "recovery").map(({ status, says }) => `${status}: ${says}`);
  expect(await about({})).toEqual(["ok: Point-in-time recovery is on: an RPO of an hour is met."]);
  expect(await about({ fetch: world({ pitr: false }) })).toEqual(["warn: Backups are daily: up to a day would be lost, the goal is an hour."]);
  expect(await about({ accessToken: null })).toEqual([expect.stringMatching(/^warn: WAL is not archived/)]);
});
