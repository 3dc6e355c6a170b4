import type { Sql } from "postgres";
import { daily } from "./daily.ts";
import { monthly } from "./monthly.ts";
import type { Drill } from "./run-drill.ts";
import type { Section } from "./section.ts";
import { weekly } from "./weekly.ts";

export const KINDS = ["daily", "weekly", "monthly"] as const;
export type Kind = (typeof KINDS)[number];

/**
 * Does one of the lists and records it: what it did, or why it could not.
 * @param sql the owner's, one connection
 * @param drill what monthly rehearses recovery with
 */
export async function runMaintenance(sql: Sql, kind: Kind, dryRun: boolean, drill: Drill | null = null): Promise<Section[]> {
  const [run] = await sql<[{ id: string }]>`
    insert into private.maintenance_runs (kind, dry_run, started_at) values (${kind}, ${dryRun}, now()) returning id`;
  try {
    const sections = kind === "daily" ? await daily(sql) : kind === "weekly" ? await weekly(sql, dryRun) : await monthly(sql, dryRun, drill);
    await sql`update private.maintenance_runs set finished_at = now(), report = ${sql.json(sections as never)} where id = ${run.id}`;
    return sections;
  } catch (error) {
    await sql`update private.maintenance_runs set finished_at = now(), problem = ${(error as Error).message.slice(0, 500)} where id = ${run.id}`;
    throw error;
  }
}
