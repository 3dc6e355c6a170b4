import type { Sql } from "postgres";

/** Everything that migrations make in public and private, one line each, in an order of its own: for comparing databases. */
export async function readCatalog(sql: Sql): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    with ours as (
      select oid, nspname from pg_namespace where nspname in ('public', 'private')
    )
    select format('%s %s.%s rls=%s options=%s grants=%s comment=%s', c.relkind, o.nspname, c.relname, c.relrowsecurity, c.reloptions, c.relacl, obj_description(c.oid)) as line
    from pg_class c join ours o on o.oid = c.relnamespace
    union all
    select format('column %s.%s %s %s notnull=%s default=%s grants=%s', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attgenerated, a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attacl)
    from pg_attribute a join pg_class c on c.oid = a.attrelid join ours o on o.oid = c.relnamespace
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attnum > 0 and not a.attisdropped
    union all
    select format('view %s %s', c.oid::regclass, pg_get_viewdef(c.oid)) from pg_class c join ours o on o.oid = c.relnamespace where c.relkind = 'v'
    union all
    select format('index %s', pg_get_indexdef(i.indexrelid)) from pg_index i join pg_class c on c.oid = i.indrelid join ours o on o.oid = c.relnamespace
    union all
    select format('constraint %s %s %s', n.conrelid::regclass, n.conname, pg_get_constraintdef(n.oid)) from pg_constraint n join ours o on o.oid = n.connamespace
    union all
    select format('function %s %s comment=%s grants=%s', p.oid::regprocedure, pg_get_functiondef(p.oid), obj_description(p.oid), p.proacl)
    from pg_proc p join ours o on o.oid = p.pronamespace where p.prokind = 'f'
    union all
    select format('trigger %s', pg_get_triggerdef(t.oid)) from pg_trigger t join pg_class c on c.oid = t.tgrelid where not t.tgisinternal
    union all
    select format('policy %s %s %s %s using=%s check=%s', p.polrelid::regclass, p.polname, p.polcmd, p.polroles::regrole[], pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
    from pg_policy p join pg_class c on c.oid = p.polrelid join ours o on o.oid = c.relnamespace
    union all
    select format('type %s %s', t.oid::regtype, t.typtype) from pg_type t join ours o on o.oid = t.typnamespace
    order by 1`;
  return rows.map(({ line }) => line);
}
