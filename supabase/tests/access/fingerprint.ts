import type { Sql } from "postgres";

/** A hash of every row of every table that an attacker could aim at, by table: what a refused attempt must leave alone. */
export async function fingerprint(sql: Sql): Promise<Record<string, string>> {
  const tables = await sql<{ name: string }[]>`
    select format('%I.%I', c.relnamespace::regnamespace, c.relname) as name
    from pg_class c
    where c.relkind = 'r'
      and c.relnamespace::regnamespace::text in ('public', 'private', 'auth')
    order by 1`;
  const hashes = tables.map(({ name }) => `select '${name}' as name, md5(coalesce(string_agg(t::text, e'\\n' order by t::text), '')) as hash from ${name} t`);
  const rows = await sql.unsafe<{ name: string; hash: string }[]>(hashes.join(" union all "));
  return Object.fromEntries(rows.map(({ name, hash }) => [name, hash]));
}
