import type { Sql } from "postgres";
import { StartFailure } from "./start-failure.ts";

/** Every privilege of a role that browsers act as, one line each: `anon SELECT public.events`. Sorted. */
export async function snapshotPrivileges(sql: Sql): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    with granted as (
      select c.oid::regclass::text as object, a.grantee, a.privilege_type
      from pg_class c, aclexplode(c.relacl) a
      union all
      select t.attrelid::regclass::text || '.' || t.attname, a.grantee, a.privilege_type
      from pg_attribute t, aclexplode(t.attacl) a
      union all
      select 'schema ' || n.nspname, a.grantee, a.privilege_type
      from pg_namespace n, aclexplode(n.nspacl) a
      union all
      select p.oid::regprocedure::text, a.grantee, a.privilege_type
      from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
      where p.pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
      union all
      select 'default in ' || coalesce(n.nspname, '') || ' by ' || d.defaclrole::regrole::text || ' ' || d.defaclobjtype::text,
        a.grantee, a.privilege_type
      from pg_default_acl d
      left join pg_namespace n on n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a
    )
    select distinct coalesce(r.rolname, 'public') || ' ' || g.privilege_type || ' ' || g.object as line
    from granted g
    left join pg_roles r on r.oid = g.grantee
    where g.grantee = 0 or r.rolname in ('anon', 'authenticated', 'service_role')
    order by line
  `;
  return rows.map((row) => row.line);
}

/** Throws StartFailure privileges_widened if the API's roles may do more, or less, than before. */
export function refuseChangedPrivileges(before: readonly string[], after: readonly string[]): void {
  const known = new Set(before);
  const still = new Set(after);
  const changes = [
    ...after.filter((line) => !known.has(line)).map((line) => `+ ${line}`),
    ...before.filter((line) => !still.has(line)).map((line) => `- ${line}`),
  ];
  if (changes.length === 0) return;
  throw new StartFailure(
    "privileges_widened",
    `The API layer changed ${changes.length} privileges of the roles that browsers act as (first: "${changes[0]}"), ` +
      "so nothing is served: pin @supabase/lite to the version this program was made for.",
  );
}
