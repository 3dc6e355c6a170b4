import postgres, { type Sql } from "postgres";
import { StartFailure } from "./start-failure.ts";

const OLDEST_VERSION = 150_000;

/**
 * Proves that a Postgres given by DATABASE_URL is there, lets us in and lets us do what a first start needs.
 * Throws StartFailure: database_unreachable, database_login_refused, database_version_unsupported,
 * database_rights_missing, database_is_supabase.
 */
export async function checkDatabase(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice() {} });
  try {
    await connect(sql, url);
    await checkVersion(sql);
    await checkRights(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function connect(sql: Sql, url: string): Promise<void> {
  const { host, pathname } = new URL(url);
  try {
    await sql`select 1`;
  } catch (error) {
    const { code = "", message } = error as { code?: string; message: string };
    // Class 28: wrong user or password; 3D: no such database; 42501: no right to connect.
    if (/^(28|3D|42501)/.test(code)) {
      throw new StartFailure(
        "database_login_refused",
        `The Postgres at ${host} refuses the login (${message}): check user, password and database in DATABASE_URL.`,
      );
    }
    throw new StartFailure(
      "database_unreachable",
      `Cannot reach the Postgres at ${host}${pathname} (${code || message}): start it, or correct DATABASE_URL, ` +
        `or unset it to use the embedded one${/TLS/.test(message) ? "; if it speaks no TLS and the network is trusted, ALLOW_PLAINTEXT=true" : ""}.`,
    );
  }
}

async function checkVersion(sql: Sql): Promise<void> {
  const [row] = await sql<[{ number: number; name: string }]>`
    select current_setting('server_version_num')::int as number, current_setting('server_version') as name
  `;
  if (row.number >= OLDEST_VERSION) return;
  throw new StartFailure(
    "database_version_unsupported",
    `DATABASE_URL leads to Postgres ${row.name}, but 15 or newer is needed: use a newer server, or unset it to use the embedded one.`,
  );
}

async function checkRights(sql: Sql): Promise<void> {
  const [row] = await sql<[{ supabase: boolean; may_roles: boolean; may_schemas: boolean; may_public: boolean; role: string }]>`
    select
      to_regclass('auth.schema_migrations') is not null as supabase,
      rolsuper or (rolcreaterole and rolbypassrls) as may_roles,
      has_database_privilege(current_database(), 'create') as may_schemas,
      has_schema_privilege('public', 'create') as may_public,
      rolname as role
    from pg_roles
    where rolname = current_user
  `;
  if (row.supabase) {
    throw new StartFailure(
      "database_is_supabase",
      "DATABASE_URL leads to a Supabase project, which brings its own sign-in and API: deploy to it with " +
        '"supabase db push", or set DATABASE_URL to a plain Postgres.',
    );
  }
  const missing = [
    row.may_roles ? [] : ["create roles with bypassrls"],
    row.may_schemas ? [] : ["create schemas"],
    row.may_public ? [] : ["create tables in schema public"],
  ].flat();
  if (missing.length > 0) throw rightsMissing(`user ${row.role} may not ${missing.join(", nor ")}`);
}

export function rightsMissing(reason: string): StartFailure {
  return new StartFailure(
    "database_rights_missing",
    `DATABASE_URL lacks rights (${reason}): use the owner of the database with createrole and bypassrls, or a superuser.`,
  );
}
