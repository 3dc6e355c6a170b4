import type { Sql } from "postgres";

/**
 * The role as which Supabase Lite logs in. On its first request Lite grants ALL on every table of each schema
 * that has row-level security to anon, authenticated and service_role. A login that owns nothing cannot: it
 * needs to inherit the three roles for Lite to see their tables, and rights on schema auth for sign-in.
 */
export async function createGatewayLogin(sql: Sql, password: string): Promise<void> {
  await sql.unsafe(`
    do $$ begin
      if to_regrole('api_gateway') is null then create role api_gateway; end if;
    end $$;
    alter role api_gateway login inherit nocreaterole nocreatedb password ${literal(password)};
    grant anon, authenticated, service_role to api_gateway;
    grant usage on schema auth, supabase_migrations to api_gateway;
    grant select, insert, update, delete on all tables in schema auth to api_gateway;
    grant select on all tables in schema supabase_migrations to api_gateway;
  `);
}

/** Lets the execute-only role of our migrations log in, for the processor and the edge functions. */
export async function createNotifierLogin(sql: Sql, password: string): Promise<void> {
  await sql.unsafe(`alter role notifier login password ${literal(password)}`);
}

/** The same server and database for another login. */
export function withLogin(url: string, user: string, password: string): string {
  const other = new URL(url);
  other.username = user;
  other.password = encodeURIComponent(password);
  return other.href;
}

/** DDL takes no parameters. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
