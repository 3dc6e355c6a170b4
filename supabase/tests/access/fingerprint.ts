import type { Sql } from "postgres";

/**
 * A hash of every row of every table that an attacker could aim at, by table, and one of who may do what: what a refused
 * attempt must leave alone.
 */
export async function fingerprint(sql: Sql): Promise<Record<string, string>> {
  const tables = await sql<{ name: string }[]>`
    select format('%I.%I', c.relnamespace::regnamespace, c.relname) as name
    from pg_class c
    where c.relkind = 'r'
      and c.relnamespace::regnamespace::text in ('public', 'private', 'auth')
    order by 1`;
  const hashes = tables.map(({ name }) => `select '${name}' as name, md5(coalesce(string_agg(t::text, e'\\n' order by t::text), '')) as hash from ${name} t`);
  // Tables, functions, policies, roles and their settings.
  hashes.push(`
    select 'catalog', md5(string_agg(line, e'\\n' order by line))
    from (
      select c.oid || ' ' || c.relname || coalesce(c.relacl::text, '') from pg_class c where c.relnamespace::regnamespace::text in ('public', 'private', 'auth')
      union all select p.oid || ' ' || md5(p.prosrc) || coalesce(p.proacl::text, '') from pg_proc p where p.pronamespace::regnamespace::text in ('public', 'private', 'auth')
      union all select y.polrelid || ' ' || y.polname || coalesce(pg_get_expr(y.polqual, y.polrelid), '') from pg_policy y
      union all select r::text from pg_roles r where r.rolname in ('anon', 'authenticated', 'service_role', 'notifier', 'postgres')
    ) l (line)`);
  const rows = await sql.unsafe<{ name: string; hash: string }[]>(hashes.join(" union all "));
  return Object.fromEntries(rows.map(({ name, hash }) => [name, hash]));
}
