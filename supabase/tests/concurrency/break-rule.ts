import type { Sql } from "postgres";

/**
 * Breaks a rule on purpose, in this test's database only: rewrites part of a function's definition as Postgres prints
 * it. Throws when the rule is not written there (any more), so that a test cannot go on proving nothing.
 * Returns how to mend it.
 * @param name schema-qualified, one overload
 * @param rule the text that is the rule, white space as in the schema file; every occurrence counts
 */
export async function breakRule(sql: Sql, name: string, rule: string | RegExp, instead: string): Promise<() => Promise<void>> {
  const [row] = await sql<[{ definition: string }]>`
    select pg_get_functiondef(p.oid) as definition
    from pg_proc p
    where p.oid = (${name})::regproc`;
  const broken = row.definition.replaceAll(typeof rule === "string" ? rule : new RegExp(rule, "g"), () => instead);
  if (broken === row.definition) throw new Error(`${name} does not say: ${rule}`);
  await sql.unsafe(broken);
  return async () => void (await sql.unsafe(row.definition));
}
