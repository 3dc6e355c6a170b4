import type { Sql } from "postgres";

/** The time of a run: the same for the database, the processors and the provider, and moved by the run alone. */
export interface RunClock {
  /** ms */
  now(): number;
  set(ms: number): Promise<void>;
}

/**
 * Makes a test database ask the run for the time: `now()` and `clock_timestamp()` are replaced in its functions and
 * column defaults, and nothing else of them. Windows, digests and joins then have the times that the run says.
 */
export async function installRunClock(sql: Sql): Promise<RunClock> {
  await sql.unsafe(`
    create schema oracle;
    grant usage on schema oracle to public;
    create sequence oracle.clock;
    grant select on oracle.clock to public;
    -- A sequence is no part of any snapshot: all transactions read the time that was set last.
    create function oracle.now() returns timestamptz language sql volatile set search_path = ''
      return (select to_timestamp(c.last_value / 1000.0) from oracle.clock c);`);
  const functions = await sql<{ definition: string }[]>`
    select pg_get_functiondef(p.oid) as definition
    from pg_proc p
    where p.pronamespace in ('private'::regnamespace, 'public'::regnamespace)
      and p.prokind = 'f'`;
  for (const { definition } of functions) await replace(definition, definition);
  const defaults = await sql<{ table: string; column: string; expression: string }[]>`
    select d.adrelid::regclass::text as table, a.attname as column, pg_get_expr(d.adbin, d.adrelid) as expression
    from pg_attrdef d
    join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
    join pg_class c on c.oid = d.adrelid
    where c.relnamespace in ('private'::regnamespace, 'public'::regnamespace)`;
  for (const { table, column, expression } of defaults) {
    await replace(expression, `alter table ${table} alter column ${column} set default ${expression}`);
  }
  async function replace(asking: string, statement: string): Promise<void> {
    if (asking.search(ASKS_TIME) >= 0) await sql.unsafe(statement.replace(ASKS_TIME, "oracle.now()"));
  }
  let now = 0;
  return {
    now: () => now,
    async set(ms) {
      now = ms;
      await sql`select setval('oracle.clock', ${ms})`;
    },
  };
}

const ASKS_TIME = /(?<![\w.])(?:clock_timestamp|now)\(\)/g;
