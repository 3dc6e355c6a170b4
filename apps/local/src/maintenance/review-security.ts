import type { Sql } from "postgres";
import type { Section } from "./section.ts";

/** Who can get in, and what changed in a week. What may be granted at all is compared by the tests with docs/access.md. */
export async function reviewSecurity(sql: Sql): Promise<Section> {
  const roles = await sql`
    select rolname as name, rolsuper as super, rolbypassrls as bypass
    from pg_roles where rolcanlogin and rolname !~ '^pg_' order by rolname`;
  const open = await sql`
    select c.oid::regclass::text as name
    from pg_class c
    where c.relkind in ('r', 'p') and not c.relrowsecurity and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)`;
  const anonymous = await sql`
    select distinct c.oid::regclass::text as name
    from pg_class c cross join lateral aclexplode(c.relacl) a
    where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and a.grantee in (0, 'anon'::regrole)
    union
    select p.oid::regprocedure::text
    from pg_proc p cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    where p.pronamespace = 'private'::regnamespace and a.grantee in (0, 'anon'::regrole)`;
  const operators = await sql`select u.email, o.added_at from private.operators o join auth.users u on u.id = o.user_id order by o.added_at`;
  const changes = await sql`
    select action, count(*)::int as times
    from private.audit_log
    where at > now() - interval '7 days' and action ~ 'operators|settings|suppression|alert|pause|resume|switch|retry|discard|restore'
    group by action order by action`;
  const refused = await sql`
    select what, sum(times)::int as times from private.refusals where day > timezone('UTC', now())::date - 7 group by what order by what`;
  const keys = await sql<{ key: string; days: number | null }[]>`select key, days from private.key_ages() order by key`;
  const list = (rows: readonly { name?: unknown }[]) => rows.map(({ name }) => String(name)).join(", ");
  return {
    title: "Security",
    lines: [
      `roles that can log in: ${roles.map(({ name, super: all, bypass }) => `${name}${all ? " (superuser)" : bypass ? " (bypasses RLS)" : ""}`).join(", ")}`,
      open.length === 0 ? "every table has row-level security" : `WITHOUT ROW-LEVEL SECURITY: ${list(open)}`,
      anonymous.length === 0 ? "nothing is granted to anon or public" : `GRANTED TO ANON OR PUBLIC: ${list(anonymous)}`,
      operators.length === 0 ? "no operators" : `operators: ${operators.map(({ email, added_at }) => `${email} since ${(added_at as Date).toISOString().slice(0, 10)}`).join(", ")}`,
      refused.length === 0 ? "no call was refused in a week" : `refused in a week: ${refused.map(({ what, times }) => `${times} × ${what}`).join(", ")}`,
      keys.length === 0 ? "no key is known here" : keys.map(({ key, days }) => `${key}: ${days === null ? "age unknown" : `${days} days old`}${days !== null && days > 365 ? ", ROTATE IT" : ""}`).join(", "),
      ...(changes.length === 0 ? ["no operator's action in a week"] : changes.map(({ action, times }) => `${times} × ${action} in a week`)),
    ],
  };
}
