import { Temporal } from "temporal-polyfill";

/** When digests come and quiet hours end, by a library's calendar. Times in ms, local ones as HH:MM, 1 is Monday. */
export type Rhythm = "hourly" | "daily" | "weekly";

/** The first slot at or after a moment. In a gap it moves with the clocks; of an hour that comes twice it is the second. */
export function nextSlot(rhythm: Rhythm, at: string, weeklyOn: number, zone: string, notBefore: number): number {
  const local = Temporal.Instant.fromEpochMilliseconds(notBefore).toZonedDateTimeISO(zone);
  if (rhythm === "hourly") return nextFullHour(local);
  let day = local.toPlainDate();
  for (;;) {
    if (rhythm === "daily" || day.dayOfWeek === weeklyOn) {
      const slot = day.toPlainDateTime(at).toZonedDateTime(zone, { disambiguation: "later" }).epochMilliseconds;
      if (slot >= notBefore) return slot;
    }
    day = day.add({ days: 1 });
  }
}

/** Looks at the clocks quarter by quarter: a zone may be any number of quarters off, and clocks may jump by half an hour. */
function nextFullHour(local: Temporal.ZonedDateTime): number {
  let at = local.round({ smallestUnit: "minute", roundingIncrement: 15, roundingMode: "ceil" });
  while (at.minute !== 0) at = at.add({ minutes: 15 });
  return at.epochMilliseconds;
}

/** The moment itself, or the end of the quiet hours that it falls into. */
export function endOfQuiet(from: string, until: string, zone: string, at: number): number {
  const clock = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainTime().toString();
  const quiet = from < until ? clock >= from && clock < until : clock >= from || clock < until;
  return quiet ? nextSlot("daily", until, 1, zone, at) : at;
}
