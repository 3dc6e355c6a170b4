import { readdirSync } from "node:fs";
import { SCHEMA_VERSION } from "@chat-notifications/core/schema-version.ts";
import { type Deployment, fail, type Finding, ok, skip } from "./finding.ts";

const MIGRATIONS = new URL("../../supabase/migrations/", import.meta.url);

/** Migrations and grants: is everything there, and is nothing open that should not be? */
export async function checkSchema({ sql }: Deployment): Promise<Finding[]> {
  if (sql === null) return [];
  const [there] = await sql<[{ ours: boolean; history: boolean }]>`
    select to_regprocedure('private.schema_version()') is not null as ours,
      to_regclass('supabase_migrations.schema_migrations') is not null as history`;
  if (!there.ours) return [fail("migrations", "The migrations are not applied.", "supabase db push")];
  const [{ version }] = await sql<[{ version: number }]>`select private.schema_version() as version`;
  const findings = [
    version === SCHEMA_VERSION
      ? ok("migrations", `The schema has version ${version}, as this checkout.`)
      : fail("migrations", `The schema has version ${version}, this checkout ${SCHEMA_VERSION}.`, version < SCHEMA_VERSION ? "supabase db push" : "Deploy functions and workers of the newer version."),
  ];
  if (there.history) {
    const applied = new Set((await sql<{ version: string }[]>`select version from supabase_migrations.schema_migrations`).map(({ version }) => version));
    const missing = readdirSync(MIGRATIONS).filter((file) => /^\d{14}_.*\.sql$/.test(file) && !applied.has(file.slice(0, 14)));
    if (missing.length > 0) findings.push(fail("migrations", `Not applied: ${missing.join(", ")}.`, "supabase db push"));
  } else findings.push(skip("migrations", "There is no history of migrations.", "Apply them with supabase db push, which keeps one."));

  const open = await sql<{ problem: string; mend: string }[]>`
    with ours as (
      select c.oid, c.relkind, c.relrowsecurity, c.relacl, c.relowner, format('%s.%s', n.nspname, c.relname) as name
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'private' or (n.nspname = 'public' and c.relname in ('notifications', 'emails', 'chat_messages', 'profiles',
        'events', 'organizations', 'event_participants', 'organization_members', 'notification_preferences', 'event_notification_preferences'))
    )
    select format('Table %s has no row-level security.', o.name) as problem, format('alter table %s enable row level security;', o.name) as mend
    from ours o where o.relkind = 'r' and not o.relrowsecurity
    union all
    select format('%s may %s %s.', a.grantee::regrole, lower(a.privilege_type), o.name), format('revoke all on %s from %s;', o.name, a.grantee::regrole)
    from ours o cross join lateral aclexplode(o.relacl) a
    where o.relkind in ('r', 'v') and a.grantee in (select r.oid from pg_roles r where r.rolname in ('anon', 'notifier'))
    union all
    select format('Everybody may execute %s.', p.oid::regprocedure), format('revoke execute on function %s from public;', p.oid::regprocedure)
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'private'
      and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0)
    order by 1
    limit 10`;
  if (open.length === 0) findings.push(ok("grants", "Row-level security is on, anon and notifier may touch no table."));
  for (const { problem, mend } of open) findings.push(fail("grants", problem, mend));
  return findings;
}
