import type { Sql } from "postgres";

/**
 * The roles of a Supabase project that migrations and policies name, where the server lacks them.
 * Supabase Lite would create them on its first request, which is too late for migrations.
 */
export async function createRoles(sql: Sql): Promise<void> {
  await sql.unsafe(`
    do $$
    begin
      if to_regrole('anon') is null then create role anon nologin; end if;
      if to_regrole('authenticated') is null then create role authenticated nologin; end if;
      if to_regrole('service_role') is null then create role service_role nologin bypassrls; end if;
    exception when duplicate_object or unique_violation then
      null; -- another process created them in this moment
    end
    $$;
    create schema if not exists extensions;
    grant usage on schema extensions to anon, authenticated, service_role;
  `);
}

/** What a Supabase server has besides: extensions in their schema, found without naming it. Needs a superuser. */
export async function createEmbeddedExtras(sql: Sql): Promise<void> {
  await sql.unsafe(`
    create extension if not exists pgcrypto with schema extensions;
    create extension if not exists pg_stat_statements with schema extensions;
    alter role current_user set search_path = "$user", public, extensions;
  `);
}
