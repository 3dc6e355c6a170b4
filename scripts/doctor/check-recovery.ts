import { type Deployment, fail, type Finding, ok, skip, warn } from "./finding.ts";

/** The specification's RPO. */
const GOAL_MINUTES = 60;
const PITR = "Enable point-in-time recovery: Database, Backups in the project's dashboard (docs/operations.md).";

/** Would a lost database cost more than an hour? By what the project says of its backups, else by what the server says of its WAL. */
export async function checkRecovery(deployment: Deployment): Promise<Finding[]> {
  const ref = /^https:\/\/([a-z0-9]+)\.supabase\.co$/.exec(deployment.supabaseUrl ?? "")?.[1] ?? null;
  if (ref !== null && deployment.accessToken !== null) return [await askProject(ref, deployment)];
  if (deployment.sql === null) return [];
  const [archiver] = await deployment.sql<[{ archiving: boolean; minutes: number | null; timeout: number; failing: boolean }]>`
    select current_setting('archive_mode') <> 'off' as archiving, extract(epoch from now() - last_archived_time)::float8 / 60 as minutes,
      extract(epoch from current_setting('archive_timeout')::interval)::float8 / 60 as timeout,
      coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) as failing
    from pg_stat_archiver`;
  const { archiving, minutes, timeout, failing } = archiver;
  if (!archiving) return [warn("recovery", "WAL is not archived: a lost database costs what was written since its last backup, up to a day; the goal is an hour.", PITR)];
  if (failing) return [fail("recovery", "WAL cannot be archived since the last attempt.", "See the server's log; its disk fills up until it can.")];
  if (minutes === null || minutes > GOAL_MINUTES) {
    const says = minutes === null ? "No WAL was archived yet." : `WAL was last archived ${Math.round(minutes)} minutes ago: more than the goal of an hour would be lost.`;
    return [warn("recovery", says, timeout > 0 && timeout <= GOAL_MINUTES ? "Where nothing is written nothing is archived; else see the server's log." : "alter system set archive_timeout = '5min';")];
  }
  if (ref === null) return [ok("recovery", `WAL was archived ${Math.round(minutes)} minutes ago: an RPO of an hour is met.`)];
  return [warn("recovery", `WAL was archived ${Math.round(minutes)} minutes ago; whether it may be restored to a moment only the project knows.`, "Set SUPABASE_ACCESS_TOKEN to have it asked, or look at Database, Backups.")];
}

async function askProject(ref: string, { accessToken, fetch }: Deployment): Promise<Finding> {
  const answer = await fetch(`https://api.supabase.com/v1/projects/${ref}/database/backups`, {
    headers: { authorization: `Bearer ${accessToken}` }, signal: AbortSignal.timeout(15_000),
  }).catch(() => null);
  const backups = ((await answer?.json().catch(() => null)) ?? {}) as { pitr_enabled?: boolean };
  if (answer?.status !== 200 || backups.pitr_enabled === undefined) {
    return skip("recovery", `The project did not say how it is backed up (${answer?.status ?? "no answer"}).`, "Check SUPABASE_ACCESS_TOKEN, or look at Database, Backups.");
  }
  return backups.pitr_enabled
    ? ok("recovery", "Point-in-time recovery is on: an RPO of an hour is met.")
    : warn("recovery", "Backups are daily: up to a day would be lost, the goal is an hour.", PITR);
}
