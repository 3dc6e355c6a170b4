import { expect, test } from "vitest";
import { muteTimes } from "./mute-times.ts";

test.each([
  ["2026-11-22T14:00:00Z", "Europe/Berlin", "2026-11-23T07:00:00.000Z"],
  ["2026-11-22T23:30:00Z", "Europe/Berlin", "2026-11-24T07:00:00.000Z"],
  // The clocks change in the night between.
  ["2027-03-27T12:00:00Z", "Europe/Berlin", "2027-03-28T06:00:00.000Z"],
  ["2027-10-30T12:00:00Z", "Europe/Berlin", "2027-10-31T07:00:00.000Z"],
  ["2026-12-31T09:00:00Z", "Pacific/Kiritimati", "2026-12-31T18:00:00.000Z"],
  ["2026-12-31T09:00:00Z", "America/St_Johns", "2027-01-01T11:30:00.000Z"],
])("at %s in %s, eight o'clock tomorrow is %s", (now, zone, expected) => {
  expect(muteTimes(new Date(now), zone).tomorrow.toISOString()).toBe(expected);
});
