import { expect, test } from "vitest";
import { digestSlot } from "./digest-slot.ts";

const slot = (digestAt: string, timeZone: string, notBefore: string) =>
  new Date(digestSlot(digestAt, timeZone, Date.parse(notBefore))).toISOString();

test("a digest comes at the next time at which the reader's clock shows its hour", () => {
  expect(slot("08:00", "UTC", "2027-01-11T08:00:00.000Z")).toBe("2027-01-11T08:00:00.000Z");
  expect(slot("08:00", "UTC", "2027-01-11T08:00:00.001Z")).toBe("2027-01-12T08:00:00.000Z");
  expect(slot("08:00", "Asia/Kathmandu", "2027-01-11T08:00:00.000Z")).toBe("2027-01-12T02:15:00.000Z");
});

test("a digest keeps its hour when the reader's clocks change", () => {
  expect(slot("08:00", "Europe/Berlin", "2027-03-27T12:00:00.000Z")).toBe("2027-03-28T06:00:00.000Z");
  expect(slot("08:00", "Europe/Berlin", "2027-03-26T12:00:00.000Z")).toBe("2027-03-27T07:00:00.000Z");
});
