import { expect, test } from "vitest";
import { parseConfig } from "./config.ts";

test("without variables there are defaults", () => {
  expect(parseConfig({}, "/srv/app")).toEqual({
    ok: true,
    config: {
      port: 3000, host: "127.0.0.1", dataDir: "/srv/app/.data", databaseUrl: null, resendApiKey: null, resendBaseUrl: null,
      batchWindowSeconds: null, edgeFunctionsUrl: null,
    },
  });
});

test("empty variables count as none", () => {
  expect(parseConfig({ PORT: "", DATABASE_URL: " ", BATCH_WINDOW_SECONDS: "" }, "/srv")).toEqual(parseConfig({}, "/srv"));
});

test("variables override the defaults, a window of 0 included", () => {
  const env = { PORT: "8080", DATA_DIR: "/data", DATABASE_URL: "postgres://u:p@db/x", RESEND_API_KEY: "re_1", RESEND_BASE_URL: "http://mail:4010/", BATCH_WINDOW_SECONDS: "0" };
  expect(parseConfig(env, "/srv")).toEqual({
    ok: true,
    config: {
      port: 8080, host: "127.0.0.1", dataDir: "/data", databaseUrl: "postgres://u:p@db/x?sslmode=require", resendApiKey: "re_1",
      resendBaseUrl: "http://mail:4010", batchWindowSeconds: 0, edgeFunctionsUrl: null,
    },
  });
});

test.each([
  ["PORT", "http"],
  ["PORT", "65536"],
  ["PORT", "-1"],
  ["DATABASE_URL", "localhost:5432"],
  ["DATABASE_URL", "mysql://u:secret@db/x"],
  ["RESEND_API_KEY", "secret"],
  ["RESEND_BASE_URL", "mail:4010"],
  ["BATCH_WINDOW_SECONDS", "-5"],
  ["BATCH_WINDOW_SECONDS", "1.5"],
  ["BATCH_WINDOW_SECONDS", "86401"],
])("a bad %s is named in one sentence that does not repeat the value", (name, value) => {
  const outcome = parseConfig({ [name]: value }, "/srv");
  expect(outcome).toMatchObject({ ok: false, message: expect.stringMatching(new RegExp(`^${name} must .+: change or unset it, then start again\\.$`)) });
  expect(JSON.stringify(outcome)).not.toContain("secret");
});

test("a database on another machine without TLS is refused unless that is allowed by name", () => {
  const DATABASE_URL = "postgres://u:secret@db/x?sslmode=disable";
  expect(parseConfig({ DATABASE_URL }, "/srv")).toEqual({
    ok: false,
    message: "DATABASE_URL has sslmode=disable: a database on another machine needs sslmode=require or stronger, or ALLOW_PLAINTEXT=true.",
  });
  expect(parseConfig({ DATABASE_URL, ALLOW_PLAINTEXT: "true" }, "/srv")).toMatchObject({ ok: true, config: { databaseUrl: DATABASE_URL } });
});
