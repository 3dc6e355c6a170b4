/** The time zones this browser knows, UTC first, and the given one whether it knows it or not. */
export function timeZonesWith(zone: string): string[] {
  return [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone"), zone])];
}
