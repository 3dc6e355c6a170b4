import { expect, test } from "vitest";
import { parseWorkerConfig } from "./config.ts";

const GOOD = { DATABASE_URL: "postgresql://notifier:secret@db/postgres", SUPABASE_URL: "https://abc.supabase.co/", RESEND_API_KEY: "re_secret", UNSUBSCRIBE_KEYS: "k".repeat(32) };

test("what is not said has a default, addresses lose their trailing slash", () => {
  expect(parseWorkerConfig({ ...GOOD, BATCH_SIZE: "" })).toMatchObject({
    ok: true,
    config: {
      databaseUrl: GOOD.DATABASE_URL, deploymentUrl: "https://abc.supabase.co", resendApiKey: "re_secret",
      resendBaseUrl: "https://api.resend.com", batchSize: 400,
    },
  });
});

test.each([
  [{}, "DATABASE_URL is missing; SUPABASE_URL is missing; RESEND_API_KEY is missing; UNSUBSCRIBE_KEYS is missing."],
  [{ ...GOOD, DATABASE_URL: "mysql://secret" }, "DATABASE_URL must look like postgresql://notifier:password@host:5432/postgres."],
  [{ ...GOOD, SUPABASE_URL: "abc" }, "SUPABASE_URL must be a web address."],
  [{ ...GOOD, RESEND_API_KEY: "secret" }, "RESEND_API_KEY must begin with re_."],
  [{ ...GOOD, UNSUBSCRIBE_KEYS: `${"k".repeat(32)},secret` }, "UNSUBSCRIBE_KEYS must be one or more secrets of at least 32 letters and digits, with commas between them."],
  [{ ...GOOD, BATCH_SIZE: "many" }, "BATCH_SIZE must be a whole number from 1 to 1000."],
])("a bad environment is named in one sentence that repeats no value", (env, message) => {
  expect(parseWorkerConfig(env)).toEqual({ ok: false, message });
});
