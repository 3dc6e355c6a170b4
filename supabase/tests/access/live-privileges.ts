import type { Sql } from "postgres";

const ROLES = ["anon", "authenticated", "service_role", "notifier"];

/** What each role may do with each of our relations, in the notation of docs/access.md: `r i(a, b) d`, or `-`. */
export async function readRelationPrivileges(sql: Sql): Promise<Map<string, Record<string, string>>> {
  const rows = await sql<{ relation: string; role: string; privileges: string | null }[]>`
    with ours as (
      select c.oid, c.relacl, c.relowner, format('%s.%s', c.relnamespace::regnamespace, c.relname) as relation
      from pg_class c
      where c.relnamespace::regnamespace::text in ('public', 'private')
        and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    ), granted as (
      select o.relation, a.grantee, a.privilege_type, null as columns
      from ours o, aclexplode(o.relacl) a
      union all
      select o.relation, a.grantee, a.privilege_type, string_agg(t.attname, ', ' order by t.attname)
      from ours o
      join pg_attribute t on t.attrelid = o.oid, aclexplode(t.attacl) a
      group by o.relation, a.grantee, a.privilege_type
    ), letters as (
      select g.relation, g.grantee,
        string_agg(
          coalesce((array['r', 'i', 'u', 'd'])[array_position(array['SELECT', 'INSERT', 'UPDATE', 'DELETE'], g.privilege_type)], g.privilege_type)
            || coalesce('(' || g.columns || ')', ''),
          ' ' order by array_position(array['SELECT', 'INSERT', 'UPDATE', 'DELETE'], g.privilege_type)) as privileges
      from granted g
      group by g.relation, g.grantee
    )
    select o.relation, r.role, concat_ws(' ', l.privileges, p.privileges) as privileges
    from ours o
    cross join unnest(${ROLES}::text[]) r (role)
    left join letters l on l.relation = o.relation and l.grantee = to_regrole(r.role)::oid
    left join letters p on p.relation = o.relation and p.grantee = 0`;
  const live = new Map<string, Record<string, string>>();
  for (const { relation, role, privileges } of rows) {
    live.set(relation, { ...live.get(relation), [role]: privileges || "-" });
  }
  return live;
}

/** Roles that may execute each of our functions, by bare name; PUBLIC counts as a role of that name. */
export async function readFunctionPrivileges(sql: Sql): Promise<Map<string, { roles: string[]; overloads: number }>> {
  const rows = await sql<{ name: string; roles: string[]; overloads: number }[]>`
    select p.proname as name, count(distinct p.oid)::integer as overloads,
      coalesce(array_agg(distinct coalesce(r.rolname, 'public') order by coalesce(r.rolname, 'public'))
        filter (where a.grantee <> p.proowner), '{}') as roles
    from pg_proc p
    cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    left join pg_roles r on r.oid = a.grantee
    where p.pronamespace::regnamespace::text in ('public', 'private')
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    group by 1`;
  return new Map(rows.map(({ name, ...rest }) => [name, rest]));
}
