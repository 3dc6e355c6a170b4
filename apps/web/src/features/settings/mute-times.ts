/** When a mute ends that somebody asks for now. */
export function muteTimes(now: Date, timeZone: string): { hour: Date; tomorrow: Date; week: Date } {
  return {
    hour: new Date(now.getTime() + 3_600_000),
    tomorrow: tomorrowAt(8, now, timeZone),
    week: new Date(now.getTime() + 7 * 86_400_000),
  };
}

/** That full hour of the next day, by the clocks of the zone. */
function tomorrowAt(hour: number, now: Date, timeZone: string): Date {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(now);
  const [year, month, day] = parts.split("-").map(Number) as [number, number, number];
  const wanted = Date.UTC(year, month - 1, day + 1, hour);
  // The zone's offset at that moment, asked twice: the first answer may lie on the other side of a change of clocks.
  let at = wanted;
  for (let i = 0; i < 2; i += 1) at = wanted - offsetAt(at, timeZone);
  return new Date(at);
}

function offsetAt(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
  }).formatToParts(at);
  const read = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)!.value);
  return Date.UTC(read("year"), read("month") - 1, read("day"), read("hour"), read("minute"), read("second")) - Math.floor(at / 1000) * 1000;
}
