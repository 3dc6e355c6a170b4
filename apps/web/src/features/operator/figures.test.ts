import { expect, test } from "vitest";
import { createFigures } from "./figures.ts";

const figures = createFigures("en");

test.each([
  [null, "–"],
  [0.34, "340 ms"],
  [1.26, "1.3 sec"],
  [42, "42 sec"],
  [90, "1.5 min"],
  [7200, "2 hr"],
  [259_200, "3 days"],
])("%s seconds read as %s", (seconds, expected) => {
  expect(figures.duration(seconds)).toBe(expected);
});

test("a value reads in the unit of its alert, and nothing measured as a dash", () => {
  expect(figures.inUnit(0.0421, "share")).toBe("4.21%");
  expect(figures.inUnit(1800, "seconds")).toBe("30 min");
  expect(figures.inUnit(12_345, "count")).toBe("12,345");
  expect(figures.share(null)).toBe("–");
});
