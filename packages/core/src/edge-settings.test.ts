import { expect, test } from "vitest";
import { parseEdgeSettings } from "./edge-settings.ts";
import { toKeys } from "./unsubscribe-keys.ts";

const ALL = ["deploymentUrl", "database", "secretKeys", "resend", "webhookSecrets", "unsubscribeKeys"] as const;
const PLATFORM = {
  SUPABASE_URL: "https://abc.supabase.co",
  SUPABASE_DB_URL: "postgresql://postgres:secret@db.abc.supabase.co:5432/postgres",
  SUPABASE_SECRET_KEYS: JSON.stringify({ cron: "sb_secret_cron", default: "sb_secret_default" }),
  SUPABASE_SERVICE_ROLE_KEY: "legacy-jwt",
};
const SECRETS = {
  RESEND_API_KEY: "re_secret",
  RESEND_WEBHOOK_SECRET: "whsec_c2VjcmV0IHNlY3JldCBzZWNyZXQ=",
  UNSUBSCRIBE_KEYS: "a_key_that_signs_links_in_letters",
};

test("what the platform sets and three secrets are enough", () => {
  expect(parseEdgeSettings({ ...PLATFORM, ...SECRETS }, ALL)).toEqual({
    ok: true,
    settings: {
      deploymentUrl: "https://abc.supabase.co",
      database: { url: `${PLATFORM.SUPABASE_DB_URL}?sslmode=require`, role: "notifier" },
      secretKeys: ["sb_secret_default", "sb_secret_cron", "legacy-jwt"],
      resend: { apiKey: "re_secret", baseUrl: "https://api.resend.com" },
      webhookSecrets: [SECRETS.RESEND_WEBHOOK_SECRET],
      unsubscribeKeys: toKeys([SECRETS.UNSUBSCRIBE_KEYS]),
    },
  });
});

test("an address of one's own needs no other role; either kind of key does alone; a secret may be rotated", () => {
  const { SUPABASE_SECRET_KEYS, ...legacy } = PLATFORM;
  const url = "postgresql://notifier:secret@pooler:6543/postgres?sslmode=verify-full";
  const two = `${SECRETS.RESEND_WEBHOOK_SECRET}, whsec_bmV3IG5ldyBuZXcgbmV3IG5ldw==`;
  expect(parseEdgeSettings({ ...legacy, DATABASE_URL: url, RESEND_WEBHOOK_SECRET: two }, ["database", "secretKeys", "webhookSecrets"])).toEqual({
    ok: true,
    settings: { database: { url, role: null }, secretKeys: ["legacy-jwt"], webhookSecrets: two.split(", ") },
  });
});

test("a function asks for what it needs and nothing else", () => {
  const { SUPABASE_DB_URL } = PLATFORM;
  expect(parseEdgeSettings({ SUPABASE_DB_URL }, ["database"]).ok).toBe(true);
  expect(parseEdgeSettings({}, ALL)).toEqual({
    ok: false,
    message: "SUPABASE_URL is missing; DATABASE_URL is missing; SUPABASE_SECRET_KEYS is missing; RESEND_API_KEY is missing; RESEND_WEBHOOK_SECRET is missing; UNSUBSCRIBE_KEYS is missing.",
  });
});

test.each([
  [{ SUPABASE_URL: "http://abc.example" }, "SUPABASE_URL must begin with https://, or ALLOW_PLAINTEXT=true be set."],
  [{ SUPABASE_DB_URL: "postgresql://postgres:secret@db:5432/postgres?sslmode=disable" }, "SUPABASE_DB_URL has sslmode=disable: a database on another machine needs sslmode=require or stronger, or ALLOW_PLAINTEXT=true."],
  [{ DATABASE_URL: "mysql://secret" }, "DATABASE_URL must look like postgresql://notifier:password@host:5432/postgres."],
  [{ SUPABASE_SECRET_KEYS: "sb_secret_default" }, "SUPABASE_SECRET_KEYS must be a JSON object of names and keys."],
  [{ SUPABASE_SECRET_KEYS: "{}", SUPABASE_SERVICE_ROLE_KEY: "" }, "SUPABASE_SECRET_KEYS is missing."],
  [{ RESEND_API_KEY: "secret" }, "RESEND_API_KEY must begin with re_."],
  [{ RESEND_BASE_URL: "http://resend.example" }, "RESEND_BASE_URL must begin with https://, or ALLOW_PLAINTEXT=true be set."],
  [{ RESEND_WEBHOOK_SECRET: "secret" }, "RESEND_WEBHOOK_SECRET must look like whsec_…, two of them with a comma between."],
  [{ UNSUBSCRIBE_KEYS: "secret" }, "UNSUBSCRIBE_KEYS must be one or more secrets of at least 32 letters and digits, with commas between them."],
])("what is wrong is named in one sentence that repeats no value: %j", (env, message) => {
  expect(parseEdgeSettings({ ...PLATFORM, ...SECRETS, ...env }, ALL)).toEqual({ ok: false, message });
  expect(message).not.toContain("secret@");
});

test("plain text is allowed by name", () => {
  const env = { ...PLATFORM, SUPABASE_URL: "http://kong:8000", SUPABASE_DB_URL: "postgresql://postgres:p@db/postgres?sslmode=disable", ALLOW_PLAINTEXT: "true" };
  expect(parseEdgeSettings(env, ["deploymentUrl", "database"])).toEqual({
    ok: true,
    settings: { deploymentUrl: "http://kong:8000", database: { url: env.SUPABASE_DB_URL, role: "notifier" } },
  });
});
