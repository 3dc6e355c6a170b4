import { App } from "@supabase/lite";
import { createPostgresConnection } from "@supabase/lite/postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestDatabase, createTestDatabase } from "../../../supabase/tests/harness/test-database.ts";
import { createGatewayLogin, withLogin } from "./login-roles.ts";
import { refuseChangedPrivileges, snapshotPrivileges } from "./privilege-snapshot.ts";
import { createSupabaseApi } from "./supabase-api.ts";

const KEYS = { jwtSecret: "x".repeat(32), publishableKey: "sb_publishable_test", secretKey: "sb_secret_test" };
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test("requests through the gateway leave the privileges as the migrations made them", async () => {
  await createGatewayLogin(database.sql, "gateway");
  const before = await snapshotPrivileges(database.sql);
  const url = withLogin(database.url, "api_gateway", "gateway");
  const api = createSupabaseApi({ ...KEYS, url, siteUrl: "http://localhost", email: { send: async () => {} } });
  try {
    const ask = (key: string) => api.fetch(new Request("http://localhost/rest/v1/organizations", { headers: { apikey: key } }));
    expect((await ask(KEYS.publishableKey)).status).toBe(401);
    expect((await ask(KEYS.secretKey)).status).toBe(200);
    expect(await snapshotPrivileges(database.sql)).toEqual(before);
  } finally {
    await api.close();
  }
});

test("an API layer that logs in as the owner widens them, and is refused", async () => {
  const before = await snapshotPrivileges(database.sql);
  const connection = createPostgresConnection({ url: database.url, postgresOptions: { onnotice() {} } });
  try {
    const app = new App({ connection, auth: { enabled: true, jwt_secret: KEYS.jwtSecret, publishable_key: KEYS.publishableKey } });
    await app.fetch(new Request("http://localhost/rest/v1/organizations", { headers: { apikey: KEYS.publishableKey } }));
  } finally {
    await connection.close();
  }
  const after = await snapshotPrivileges(database.sql);
  expect(after).toContain("anon INSERT organizations");
  expect(() => refuseChangedPrivileges(before, after)).toThrow(expect.objectContaining({ code: "privileges_widened" }));
});
