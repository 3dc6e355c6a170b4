import type { Sql } from "postgres";
import type { Drill } from "./run-drill.ts";
import type { Section } from "./section.ts";

/**
 * The specification's monthly list: capacity, templates, preferences, optimization, recovery; vacuums. A dry run only looks.
 * @param drill null: not here
 */
export async function monthly(sql: Sql, dryRun: boolean, drill: Drill | null): Promise<Section[]> {
  const [capacity] = await sql`select * from public.operator_capacity()`;
  const preferences = await sql`select preference, choice, people from public.operator_preferences()`;
  const [templates] = await sql`select private.template_version() as version`;
  const days = (value: number | null) => (value === null ? "not on this trend" : value === 0 ? "now" : `in ${Math.round(value)} days`);
  if (!dryRun) for (const table of ["public.notifications", "public.chat_messages", "public.emails", "private.dispatches"]) await sql.unsafe(`vacuum analyze ${table}`);
  return [
    {
      title: "Capacity",
      lines: [
        `${Math.round(capacity!.letters_per_day)} letters a day${capacity!.growth_per_day === null ? ", too little history for a trend" : `, ${capacity!.growth_per_day.toFixed(1)} more each day`}`,
        `daily quota reached: ${days(capacity!.days_until_daily_quota)}; monthly: ${days(capacity!.days_until_monthly_quota)}`,
        `the database has ${Math.round(Number(capacity!.database_bytes) / 1_048_576)} MB`,
      ],
    },
    { title: "Templates", lines: [`version ${templates!.version}; look at them with npm run preview`] },
    { title: "Preferences", lines: preferences.length === 0 ? ["nobody chose anything"] : preferences.map(({ preference, choice, people }) => `${preference} ${choice}: ${people}`) },
    { title: "Optimization", lines: [...(await advise(sql)), dryRun ? "would vacuum and analyze" : "vacuumed and analyzed notifications, chat_messages, emails and dispatches"] },
    { title: "Recovery", lines: drill === null || dryRun ? ["would run the recovery drill"] : await rehearse(sql, drill) },
  ];
}

/** Recorded as a run of its own: when recovery was last proven is asked more often than when tables were vacuumed. */
async function rehearse(sql: Sql, drill: Drill): Promise<string[]> {
  const [run] = await sql<[{ id: string }]>`
    insert into private.maintenance_runs (kind, dry_run, started_at) values ('recovery_drill', false, now()) returning id`;
  const { passed, lines } = await drill();
  await sql`
    update private.maintenance_runs
    set finished_at = now(), report = ${sql.json(lines)}, problem = ${passed ? null : "The recovery drill failed."}
    where id = ${run.id}`;
  return passed ? lines : ["THE RECOVERY DRILL FAILED", ...lines];
}

/** From Postgres' own statistics since they began. */
async function advise(sql: Sql): Promise<string[]> {
  const unused = await sql`
    select i.indexrelid::regclass::text as name, pg_relation_size(i.indexrelid)::float8 as bytes
    from pg_stat_user_indexes i join pg_index x on x.indexrelid = i.indexrelid
    where i.schemaname in ('public', 'private') and i.idx_scan = 0 and not x.indisunique and pg_relation_size(i.indexrelid) > 16777216`;
  const scanned = await sql`
    select relid::regclass::text as name, seq_scan::int as scans, n_live_tup::int as rows
    from pg_stat_user_tables where schemaname in ('public', 'private') and n_live_tup > 10000 and seq_scan > 100 and seq_tup_read / seq_scan > 5000`;
  const dead = await sql`
    select relid::regclass::text as name, n_dead_tup::int as dead, n_live_tup::int as live
    from pg_stat_user_tables where schemaname in ('public', 'private') and n_dead_tup > 10000 and n_dead_tup > n_live_tup`;
  const slow = await sql`
    select queryid::text as id, round(mean_ms)::int as ms, calls::int from private.statement_statistics() where mean_ms > 500 and calls > 5 order by mean_ms desc limit 5`;
  const lines = [
    ...unused.map(({ name, bytes }) => `index ${name} (${Math.round(bytes / 1_048_576)} MB) was never used: drop it if that stays so`),
    ...scanned.map(({ name, scans, rows }) => `table ${name} (${rows} rows) was read whole ${scans} times: find the query, it lacks an index`),
    ...dead.map(({ name, dead: gone, live }) => `table ${name} has ${gone} dead rows for ${live} living: is a transaction left open?`),
    ...slow.map(({ id, ms, calls }) => `statement ${id} takes ${ms} ms on average in ${calls} calls: select query from pg_stat_statements where queryid = ${id}`),
  ];
  return lines.length === 0 ? ["statistics show nothing to improve"] : lines;
}
