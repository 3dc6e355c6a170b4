import type { Sql } from "postgres";
import { percent, seconds, type Section } from "./section.ts";

/** The specification's daily list: metrics, errors, schedule, quotas. Only looks. */
export async function daily(sql: Sql): Promise<Section[]> {
  const [now] = await sql`select * from public.operator_now()`;
  const targets = await sql`select * from public.operator_targets()`;
  const alerts = await sql`select title, opened_at, acknowledged_at from public.alerts where closed_at is null order by opened_at`;
  const dead = await sql`select code, reason, count(*)::int as letters from public.dead_letters group by code, reason order by letters desc limit 10`;
  const incidents = await sql`
    select step, code, count(*)::int as times from public.incidents where happened_at > now() - interval '1 day' group by step, code order by times desc limit 10`;
  const processors = await sql`select id, kind, beat_at, beat_at > now() - interval '10 minutes' as alive from public.processors order by beat_at desc limit 10`;
  const outages = await sql`select from_at, until_at from public.outages where until_at > now() - interval '1 day' order by from_at`;
  const quota = (used: string, most: number | null) => (most === null ? `${used} letters, no limit set` : `${used} of ${most} letters (${percent(Number(used) / most)})`);
  return [
    {
      title: "Metrics",
      lines: [
        `${now!.due} notifications due, ${now!.letters_in_flight} letters in flight, ${now!.letters_last_hour} letters in the last hour`,
        `failed in the last hour: ${percent(now!.error_rate)}; bounced in a day: ${percent(now!.bounce_rate)}; spam complaints in a week: ${percent(now!.complaint_rate)}`,
        ...targets.map(({ target, goal, measured, unit, holds }) => {
          const show = unit === "share" ? percent : seconds;
          return `${String(target).padEnd(22)} ${show(measured).padEnd(12)} (goal ${show(goal)}) ${holds === null ? "" : holds ? "holds" : "MISSED"}`.trimEnd();
        }),
        ...(alerts.length === 0 ? ["no alert is open"] : alerts.map(({ title, opened_at, acknowledged_at }) => `ALERT since ${time(opened_at)}: ${title}${acknowledged_at ? " (acknowledged)" : ""}`)),
      ],
    },
    {
      title: "Errors",
      lines: [
        ...(dead.length === 0 ? ["no dead letters"] : dead.map(({ code, reason, letters }) => `${letters} dead letters: ${code}, ${reason}`)),
        ...(incidents.length === 0 ? ["no incidents in a day"] : incidents.map(({ step, code, times }) => `${times} incidents in step ${step}, SQLSTATE ${code}`)),
      ],
    },
    {
      title: "Schedule",
      lines: [
        ...(processors.length === 0 ? ["NO PROCESSOR has ever spoken"] : processors.map(({ id, kind, beat_at, alive }) => `${kind} ${id}: last word ${time(beat_at)}${alive ? "" : ", silent"}`)),
        ...outages.map(({ from_at, until_at }) => `nobody processed from ${time(from_at)} to ${time(until_at)}`),
        ...(now!.delivery_on_for === null ? ["DELIVERY IS OFF"] : now!.paused ? ["everything is PAUSED"] : []),
        ...(now!.breakers_open as string[]).map((name) => `circuit breaker ${name} is OPEN`),
      ],
    },
    { title: "Quota", lines: [`today: ${quota(now!.sent_today, now!.daily_quota)}`, `this month: ${quota(now!.sent_this_month, now!.monthly_quota)}`] },
  ];
}

const time = (at: Date) => `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
