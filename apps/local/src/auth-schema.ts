import { App } from "@supabase/lite";
import { createPostgresConnection } from "@supabase/lite/postgres";
import type { Sql } from "postgres";

/**
 * Creates schema auth as Supabase Lite needs it (users, sessions, auth.uid() …), with the owner's rights, and
 * grants what Supabase grants there. Lite leaves those grants out; without them policies fail with
 * "permission denied for schema auth". Repeating it is harmless.
 */
export async function ensureAuthSchema(sql: Sql, url: string): Promise<void> {
  const connection = createPostgresConnection({ url, postgresOptions: { max: 1, onnotice() {} } });
  try {
    await new App({ connection, auth: { enabled: true } }).ensureSystemSchema();
  } finally {
    await connection.close();
  }
  await sql.unsafe(`
    grant usage on schema auth to anon, authenticated, service_role;
    grant execute on all functions in schema auth to anon, authenticated, service_role;
  `);
}
