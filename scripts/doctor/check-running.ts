import { type Deployment, fail, type Finding, ok, warn } from "./finding.ts";

/** Is somebody at work: schedule, heartbeats, backlog, what the provider reports? */
export async function checkRunning({ sql, now }: Deployment): Promise<Finding[]> {
  if (sql === null) return [];
  const findings: Finding[] = [];
  const [alive] = await sql<[{ kinds: string[] | null; last: Date | null }]>`
    select array_agg(distinct kind) filter (where beat_at > now() - interval '5 minutes') as kinds, max(beat_at) as last from private.processors`;
  const worker = alive.kinds?.some((kind) => kind !== "schedule") ?? false;
  if (alive.kinds !== null) findings.push(ok("processing", `Alive in the last five minutes: ${alive.kinds.join(", ")}.`));
  else findings.push(fail("processing", alive.last === null ? "Nobody has ever processed here." : `The last sign of a processor is from ${alive.last.toISOString()}.`, "Schedule it with private.schedule_notifications(), or run apps/worker."));

  for (const { job, problem, last_run_at } of await sql<{ job: string; problem: string | null; last_run_at: Date | null }[]>`select job, problem, last_run_at from private.show_schedule()`) {
    const about = "schedule";
    if (problem === null) findings.push(ok(about, `${job} is scheduled${last_run_at === null ? " and has not run yet" : `, last run ${last_run_at.toISOString()}`}.`));
    // Where a worker runs nobody needs the tick.
    else findings.push((worker ? warn : fail)(about, `${job}: ${problem}`, "select * from private.schedule_notifications();"));
  }

  const [health] = await sql<[{ status: string; reasons: string[]; due: number; oldest: number | null }]>`
    select h ->> 'status' as status, array(select jsonb_array_elements_text(h -> 'reasons')) as reasons,
      (h -> 'details' ->> 'due')::int as due, (h -> 'details' ->> 'oldest_due_seconds')::float8 as oldest
    from private.health() h`;
  const backlog = `${health.due} due, the oldest for ${Math.round(health.oldest ?? 0)} s`;
  if (health.status === "ok") findings.push(ok("health", `All is well (${backlog}).`));
  else findings.push((health.status === "down" ? fail : warn)("health", `${health.status}: ${health.reasons.join(", ")} (${backlog}).`, "docs/operations.md says what each word means and what to do."));

  findings.push(await checkArchive(sql));

  const [feedback] = await sql<[{ sent: number; last: Date | null }]>`
    select (select count(*)::int from (select from public.emails where status <> 'sending' and created_at > now() - interval '7 days' limit 20) e) as sent,
      (select max(received_at) from private.webhook_events) as last`;
  if (feedback.last !== null) {
    const days = Math.floor((now().getTime() - feedback.last.getTime()) / 86_400_000);
    findings.push(days < 7 || feedback.sent === 0 ? ok("webhook", `Resend last reported on ${feedback.last.toISOString()}.`) : warn("webhook", `Resend has reported nothing for ${days} days, and letters were sent.`, "See the webhook's page at Resend: it switches endpoints off that keep failing."));
  } else if (feedback.sent > 0) findings.push(fail("webhook", "Letters were sent and Resend has never reported back: bounces stay unknown.", "Create the webhook as docs/deploy-supabase.md says."));
  return findings;
}

/** Could this database be brought back to a moment? The SQL of it; whether somebody keeps the archive it cannot say. */
async function checkArchive(sql: NonNullable<Deployment["sql"]>): Promise<Finding> {
  const [archive] = await sql<[{ on: boolean; failing: boolean; last: Date | null }]>`
    select current_setting('archive_mode') <> 'off' as on, coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) as failing,
      last_archived_time as last
    from pg_stat_archiver`;
  const mend = "On Supabase: Database, Backups, point-in-time recovery. Elsewhere: docs/operations.md, Backup and recovery.";
  if (archive.failing) return fail("backups", `Archiving of WAL fails; it last worked ${archive.last?.toISOString() ?? "never"}.`, mend);
  if (archive.on && archive.last !== null) return ok("backups", `WAL is archived, last at ${archive.last.toISOString()}.`);
  return warn("backups", "WAL is not archived: a loss takes everything since the last backup, on Supabase up to a day.", mend);
}
