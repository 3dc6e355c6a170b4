import type { Sql } from "postgres";
import type { Section } from "./section.ts";

/** Retention to its end, which processors also do bit by bit. Each step is a transaction of its own. */
export async function cleanUp(sql: Sql, dryRun: boolean): Promise<Section> {
  const title = "Clean-up";
  if (dryRun) {
    const [row] = await sql`
      select
        (select count(*)::int from public.notifications n
          where n.status in ('sent', 'failed', 'skipped') and n.updated_at < now() - make_interval(days => s.archive_after_days)) as notifications,
        (select count(*)::int from private.archived_notifications a where a.updated_at < now() - make_interval(days => s.delete_after_days)) as archived,
        (select count(*)::int from public.emails e where e.created_at < now() - make_interval(days => s.delete_after_days)) as letters
      from private.settings s`;
    return { title, lines: [`would archive ${row!.notifications} notifications, delete ${row!.archived} archived ones and ${row!.letters} letters`] };
  }
  await sql`update private.retention_progress set rest_until = '-infinity'`;
  const sums = new Map<string, number>();
  for (;;) {
    const [row] = await sql<[{ counts: Record<string, number> | null }]>`select private.retain(1000) as counts`;
    if (row.counts === null) break;
    for (const [what, rows] of Object.entries(row.counts)) if (rows > 0) sums.set(what, (sums.get(what) ?? 0) + rows);
  }
  return { title, lines: sums.size === 0 ? ["nothing was too old"] : [...sums].map(([what, rows]) => `${what.replaceAll("_", " ")}: ${rows}`) };
}
