import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findReader } from "./reader.ts";

const instant = "2026-11-09T13:05:00Z";

describe("a reader", () => {
  test.each([
    ["en-US", "America/New_York", "8:05 AM", "Monday, November 9"],
    ["en-GB", "Europe/London", "13:05", "Monday 9 November"],
    ["en", "Asia/Kolkata", "6:35 PM", "Monday, November 9"],
    ["de-AT", "Europe/Vienna", "14:05", "Montag, 9. November"],
    ["ar-EG", "Africa/Cairo", "٣:٠٥ م", "الاثنين، ٩ نوفمبر"],
    ["ar-MA", "Africa/Casablanca", "14:05", "الاثنين، 9 نونبر"],
  ])("in %s, %s sees their own clock", (locale, zone, time, day) => {
    const reader = findReader(locale, zone);
    expect(reader.time(instant)).toBe(time);
    expect(reader.day(instant, "2026")).toBe(day);
  });

  test("whose language we do not write yet gets English with the clock of their country", () => {
    const reader = findReader("fr-FR", "Europe/Paris");
    expect(reader.catalogue.language).toBe("en");
    expect(reader.time(instant)).toBe("14:05");
  });

  test("sees the year of a message from another year, by their own calendar", () => {
    expect(findReader("en-US", "Asia/Tokyo").day("2026-12-31T16:00:00Z", "2026")).toBe("Friday, January 1, 2027");
    expect(findReader("en-US", "UTC").day("2026-12-31T16:00:00Z", "2026")).toBe("Thursday, December 31");
  });

  test("with an unknown time zone reads UTC", () => {
    const reader = findReader("en-GB", "Mars/Olympus");
    expect(reader.timeZone).toBe("UTC");
    expect(reader.time(instant)).toBe("13:05");
  });

  test("is found for any locale and zone, malformed ones too", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (locale, zone) => {
        expect(findReader(locale, zone).time(instant)).toMatch(/\d/);
      }),
    );
  });
});
