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
    -- Lite writes the metadata of a sign-up as a JSON string inside jsonb; Supabase writes the object.
    create or replace function auth.unwrap_meta_data() returns trigger language plpgsql set search_path = '' as $$
    begin
      if jsonb_typeof(new.raw_user_meta_data) = 'string' then
        new.raw_user_meta_data := (new.raw_user_meta_data #>> '{}')::jsonb;
      end if;
      if jsonb_typeof(new.raw_app_meta_data) = 'string' then
        new.raw_app_meta_data := (new.raw_app_meta_data #>> '{}')::jsonb;
      end if;
      return new;
    end
    $$;
    create or replace trigger meta_data_is_an_object before insert or update on auth.users
      for each row execute function auth.unwrap_meta_data();
    grant usage on schema auth to anon, authenticated, service_role;
    grant execute on all functions in schema auth to anon, authenticated, service_role;
  `);
}
