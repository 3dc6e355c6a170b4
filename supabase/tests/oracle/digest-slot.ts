const QUARTER = 15 * 60_000;
const clocks = new Map<string, Intl.DateTimeFormat>();

/**
 * The first quarter of an hour at or after a moment at which clocks in the zone show `digestAt` (HH:MM), by looking at
 * them one by one. Every zone in use is a number of quarters away from UTC.
 */
export function digestSlot(digestAt: string, timeZone: string, notBefore: number): number {
  const clock = clockOf(timeZone);
  let at = Math.ceil(notBefore / QUARTER) * QUARTER;
  while (clock.format(at) !== digestAt) at += QUARTER;
  return at;
}

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const clock = clocks.get(timeZone) ??
    new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
  clocks.set(timeZone, clock);
  return clock;
}
