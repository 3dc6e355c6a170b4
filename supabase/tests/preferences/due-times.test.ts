import { Temporal } from "temporal-polyfill";
import type { Sql } from "postgres";
import { expect } from "vitest";
import { breakRule } from "../concurrency/break-rule.ts";
import { test } from "../concurrency/database-test.ts";

/** Half-hour and quarter-hour offsets, half-hour jumps, skipped days, both hemispheres, zones that changed their mind. */
const ZONES = [
  "UTC", "Europe/Berlin", "Europe/London", "America/New_York", "America/Santiago", "America/St_Johns", "America/Sao_Paulo",
  "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran", "Australia/Lord_Howe", "Australia/Adelaide", "Pacific/Apia",
  "Pacific/Kiritimati", "Pacific/Chatham", "Africa/Casablanca", "Africa/Cairo", "Asia/Gaza", "Antarctica/Troll", "Europe/Istanbul",
];
const CASES = 2000;
/** After the last zone of the list was settled by minutes, before rules that tables may not know yet. */
const [FROM, TO] = [Date.parse("2000-01-01T00:00:00Z"), Date.parse("2026-01-01T00:00:00Z")];

interface Case {
  zone: string;
  at: number;
  delivery: "hourly" | "daily" | "weekly";
  digestAt: string;
  weeklyOn: number;
  quietFrom: string;
  quietUntil: string;
}

function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function cases(): Case[] {
  const below = randomNumbers(7);
  const clock = () => `${String(below(24)).padStart(2, "0")}:${String(below(4) * 15).padStart(2, "0")}`;
  return Array.from({ length: CASES }, (_, number) => {
    // Its clocks jump by half an hour, which only full hours near a jump notice.
    const zone = number % 5 === 0 ? "Australia/Lord_Howe" : ZONES[below(ZONES.length)]!;
    const quietFrom = clock();
    let quietUntil = clock();
    while (quietUntil === quietFrom) quietUntil = clock();
    const anywhere = FROM + below((TO - FROM) / 1000) * 1000;
    // Half of them in the days around a change of the clocks.
    const change = Temporal.Instant.fromEpochMilliseconds(anywhere).toZonedDateTimeISO(zone).getTimeZoneTransition("next");
    const near = change === null || change.epochMilliseconds > TO ? anywhere : change.epochMilliseconds + (below(8) === 0 ? -below(3600) : below(4 * 86_400) - 2 * 86_400) * 1000;
    return {
      zone, at: below(2) === 0 ? anywhere : near, delivery: (["hourly", "daily", "weekly"] as const)[below(3)]!,
      digestAt: clock(), weeklyOn: 1 + below(7), quietFrom, quietUntil,
    };
  });
}

/** Every day's instant at which the clocks show that time; in a gap as far after it as the clocks jump. */
function nextClock(zone: string, clock: string, at: number, weekday: number | null): number {
  const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate();
  for (let days = -1; ; days += 1) {
    const day = today.add({ days });
    if (weekday !== null && day.dayOfWeek !== weekday) continue;
    const slot = day.toPlainDateTime(Temporal.PlainTime.from(clock)).toZonedDateTime(zone, { disambiguation: "later" }).epochMilliseconds;
    if (slot >= at) return slot;
  }
}

function nextFullHour(zone: string, at: number): number {
  const QUARTER = 15 * 60_000;
  for (let instant = Math.ceil(at / QUARTER) * QUARTER; ; instant += QUARTER) {
    const { minute, second } = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
    if (minute === 0 && second === 0) return instant;
  }
}

function afterQuiet({ zone, quietFrom, quietUntil }: Case, at: number): number {
  const clock = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainTime();
  const since = Temporal.PlainTime.compare(clock, quietFrom) >= 0;
  const before = Temporal.PlainTime.compare(clock, quietUntil) < 0;
  const quiet = quietFrom < quietUntil ? since && before : since || before;
  return quiet ? nextClock(zone, quietUntil, at, null) : at;
}

function expected(each: Case): { digest: string; quiet: string; both: string } {
  const { zone, at, delivery, digestAt, weeklyOn } = each;
  const digest = delivery === "hourly" ? nextFullHour(zone, at) : nextClock(zone, digestAt, at, delivery === "weekly" ? weeklyOn : null);
  const iso = (ms: number) => new Date(ms).toISOString();
  return { digest: iso(digest), quiet: iso(afterQuiet(each, at)), both: iso(afterQuiet(each, digest)) };
}

/** Where the database and the calendar disagree. */
async function findDifferences(sql: Sql, count: number) {
  const all = cases().slice(0, count);
  const rows = await sql<{ digest: Date; quiet: Date; both: Date }[]>`
    select private.next_digest_at(c.delivery, c.digest_at, c.weekly_on, c.zone, c.at) as digest,
      private.due_at(row('immediate', c.digest_at, c.weekly_on, c.quiet_from, c.quiet_until, false, 'all', null, null)::private.wishes,
        c.zone, false, c.at, null) as quiet,
      private.due_at(row(c.delivery, c.digest_at, c.weekly_on, c.quiet_from, c.quiet_until, true, 'all', null, null)::private.wishes,
        c.zone, true, c.at, null) as both
    from unnest(
      ${all.map(({ zone }) => zone)}::text[], ${all.map(({ at }) => new Date(at).toISOString())}::timestamptz[],
      ${all.map(({ delivery }) => delivery)}::text[], ${all.map(({ digestAt }) => digestAt)}::time[],
      ${all.map(({ weeklyOn }) => weeklyOn)}::smallint[], ${all.map(({ quietFrom }) => quietFrom)}::time[],
      ${all.map(({ quietUntil }) => quietUntil)}::time[]
    ) with ordinality c (zone, at, delivery, digest_at, weekly_on, quiet_from, quiet_until, place)
    order by c.place`;
  return all.flatMap((each, place) => {
    const row = rows[place]!;
    const got = { digest: row.digest.toISOString(), quiet: row.quiet.toISOString(), both: row.both.toISOString() };
    const want = expected(each);
    return JSON.stringify(got) === JSON.stringify(want) ? [] : [{ ...each, at: new Date(each.at).toISOString(), got, want }];
  });
}

test("digests, quiet hours and both are due when a calendar says, in years of zones whose clocks change", async ({ database: { sql } }) => {
  const differences = await findDifferences(sql, CASES);
  expect(differences.slice(0, 3)).toEqual([]);
  expect(differences.length).toBe(0);
});

test("broken on purpose: the calendar notices the zone's offset, the day of the week and the jump of half an hour", async ({ database: { sql } }) => {
  for (const [rule, part, other] of [
    ["private.known_zone", "return coalesce(time_zone, 'UTC')", "return 'UTC'"],
    ["private.next_digest_at", "+ 7) % 7", "+ 6) % 7"],
    ["private.next_full_hour", "1 .. 2", "1 .. 1"],
  ] as const) {
    const mend = await breakRule(sql, rule, part, other);
    expect((await findDifferences(sql, CASES)).length, rule).toBeGreaterThan(0);
    await mend();
  }
});
