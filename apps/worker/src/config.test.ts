import { expect, test } from "vitest";
import { parseWorkerConfig } from "./config.ts";

const GOOD = { DATABASE_URL: "postgresql://notifier:secret@db/postgres", SUPABASE_URL: "https://abc.supabase.co/", RESEND_API_KEY: "re_secret", UNSUBSCRIBE_KEYS: "k".repeat(32) };

test("what is not said has a default, addresses lose their trailing slash", () => {
  expect(parseWorkerConfig({ ...GOOD, BATCH_SIZE: "" })).toMatchObject({
    ok: true,
    config: {
      databaseUrl: `${GOOD.DATABASE_URL}?sslmode=require`, deploymentUrl: "https://abc.supabase.co", resendApiKey: "re_secret",
      resendBaseUrl: "https://api.resend.com", batchSize: 400,
    },
  });
});

test.each([
  [{}, "DATABASE_URL is missing; SUPABASE_URL is missing; RESEND_API_KEY is missing; UNSUBSCRIBE_KEYS is missing."],
  [{ ...GOOD, DATABASE_URL: `${GOOD.DATABASE_URL}?sslmode=disable` }, "DATABASE_URL has sslmode=disable: a database on another machine needs sslmode=require or stronger, or ALLOW_PLAINTEXT=true."],
  [{ ...GOOD, SUPABASE_URL: "http://abc.example", ALERT_WEBHOOK_URL: "http://chat.example/hook", HEARTBEAT_URL: "http://beat.example", RESEND_BASE_URL: "http://resend.example" },
    ["SUPABASE_URL", "RESEND_BASE_URL", "ALERT_WEBHOOK_URL", "HEARTBEAT_URL"].map((name) => `${name} must begin with https://, or ALLOW_PLAINTEXT=true be set`).join("; ") + "."],
  [{ ...GOOD, ALLOW_PLAINTEXT: "yes" }, "ALLOW_PLAINTEXT must be true or false."],
  [{ ...GOOD, DATABASE_URL: "mysql://secret" }, "DATABASE_URL must look like postgresql://notifier:password@host:5432/postgres."],
  [{ ...GOOD, SUPABASE_URL: "abc" }, "SUPABASE_URL must be a web address."],
  [{ ...GOOD, RESEND_API_KEY: "secret" }, "RESEND_API_KEY must begin with re_."],
  [{ ...GOOD, UNSUBSCRIBE_KEYS: `${"k".repeat(32)},secret` }, "UNSUBSCRIBE_KEYS must be one or more secrets of at least 32 letters and digits, with commas between them."],
  [{ ...GOOD, BATCH_SIZE: "many" }, "BATCH_SIZE must be a whole number from 1 to 1000."],
])("a bad environment is named in one sentence that repeats no value", (env, message) => {
  expect(parseWorkerConfig(env)).toEqual({ ok: false, message });
});

test("plain text to other machines can be allowed by name, and needs no name on this one", () => {
  const databaseUrl = `${GOOD.DATABASE_URL}?sslmode=disable`;
  expect(parseWorkerConfig({ ...GOOD, DATABASE_URL: databaseUrl, SUPABASE_URL: "http://kong:8000", ALLOW_PLAINTEXT: "true" })).toMatchObject({
    ok: true, config: { databaseUrl, deploymentUrl: "http://kong:8000" },
  });
  const here = "postgresql://notifier:secret@127.0.0.1:5432/postgres";
  expect(parseWorkerConfig({ ...GOOD, DATABASE_URL: here, SUPABASE_URL: "http://localhost:3000" })).toMatchObject({ ok: true, config: { databaseUrl: here } });
});
