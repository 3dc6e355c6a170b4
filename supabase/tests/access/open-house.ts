import type { Sql } from "postgres";
import { listen } from "../../../apps/local/src/http-server.ts";
import { createGatewayLogin, withLogin } from "../../../apps/local/src/login-roles.ts";
import { createSupabaseApi } from "../../../apps/local/src/supabase-api.ts";
import { createTestDatabase, type ApiRole, type TestDatabase } from "../harness/test-database.ts";
import { type Caller, createHttpCaller, createSqlCaller, signToken } from "./caller.ts";
import { CAST, layOut } from "./cast.ts";

export const KEYS = { jwtSecret: "j".repeat(32), publishableKey: "sb_publishable_everybody_knows", secretKey: "sb_secret_the_server_knows" };

export interface OpenHouse {
  database: TestDatabase;
  /** The owner, who sees what really changed. */
  sql: Sql;
  /** The API's address. */
  url: string;
  /** By the columns of docs/access.md. */
  callers: Record<"SQL" | "HTTP", Record<string, Caller>>;
  close(): Promise<void>;
}

/** A database with the cast in it, the API in front of it over real HTTP, and everybody ready to try. */
export async function openHouse(): Promise<OpenHouse> {
  const database = await createTestDatabase();
  await layOut(database.sql);
  await createGatewayLogin(database.sql, "gateway");
  const api = createSupabaseApi({
    ...KEYS, url: withLogin(database.url, "api_gateway", "gateway"), siteUrl: "http://localhost", email: { send: async () => {} },
  });
  const server = await listen(0, "127.0.0.1");
  server.serve((request) => api.fetch(request));
  const { origin: url } = server;
  const sqlCaller = (role: ApiRole, userId?: string) => createSqlCaller(database.connectAs(role, userId, { max: 1 }));
  const people = Object.entries(CAST);
  return {
    database,
    sql: database.sql,
    url,
    callers: {
      SQL: {
        anon: sqlCaller("anon"),
        service_role: sqlCaller("service_role"),
        ...Object.fromEntries(people.map(([name, id]) => [name, sqlCaller("authenticated", id)])),
      },
      HTTP: {
        anon: createHttpCaller(url, KEYS.publishableKey),
        service_role: createHttpCaller(url, KEYS.secretKey),
        ...Object.fromEntries(people.map(([name, id]) => [name, createHttpCaller(url, KEYS.publishableKey, tokenOf(id))])),
      },
    },
    async close() {
      await server.close();
      await api.close();
      await database.drop();
    },
  };
}

/** What a sign-in gives a person, good for an hour. */
export function tokenOf(userId: string, claims: Record<string, unknown> = {}): string {
  const now = Math.floor(Date.now() / 1000);
  return signToken(KEYS.jwtSecret, { sub: userId, role: "authenticated", aud: "authenticated", iat: now, exp: now + 3600, ...claims });
}
