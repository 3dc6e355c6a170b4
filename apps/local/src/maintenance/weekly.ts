import type { Sql } from "postgres";
import { cleanUp } from "./clean-up.ts";
import { rebuildIndexes } from "./rebuild-indexes.ts";
import { percent, seconds, type Section } from "./section.ts";
import { reviewSecurity } from "./review-security.ts";

/** The specification's weekly list: performance, clean-up, indexes, security. A dry run only looks. */
export async function weekly(sql: Sql, dryRun: boolean): Promise<Section[]> {
  const [week] = await sql`
    select r.sent::int, r.failed::int, r.delivered::int, d.p50, d.p95, d.p99
    from private.rates(now() - interval '7 days') r, private.delay_percentiles('message_to_sent', now() - interval '7 days', now()) d`;
  return [
    {
      title: "Performance, 7 days",
      lines: [
        `${week!.sent} letters sent, ${week!.delivered} reported as delivered, ${week!.failed} failed (${percent(week!.sent + week!.failed === 0 ? null : week!.failed / (week!.sent + week!.failed))})`,
        `message to e-mail: p50 ${seconds(week!.p50)}, p95 ${seconds(week!.p95)}, p99 ${seconds(week!.p99)}`,
      ],
    },
    await cleanUp(sql, dryRun),
    await rebuildIndexes(sql, dryRun),
    await reviewSecurity(sql),
  ];
}
