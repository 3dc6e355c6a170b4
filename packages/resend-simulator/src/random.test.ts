import { expect, it } from "vitest";
import { createSeededRandom } from "./random.ts";

const draw = (next: () => number, count = 5) => Array.from({ length: count }, next);

it("gives the same numbers for the same seed and name, and others for others", () => {
  const random = createSeededRandom("7");
  const faults = draw(random.stream("faults"));
  expect(draw(createSeededRandom("7").stream("faults"))).toEqual(faults);
  expect(draw(random.stream("fate"))).not.toEqual(faults);
  expect(draw(createSeededRandom("8").stream("faults"))).not.toEqual(faults);
});

it("begins again with a new seed, for streams handed out before as well", () => {
  const random = createSeededRandom("7");
  const stream = random.stream("fate");
  draw(stream);
  random.reseed("8");
  expect(draw(stream)).toEqual(draw(createSeededRandom("8").stream("fate")));
});

it("is spread evenly over 0 to 1", () => {
  const numbers = draw(createSeededRandom("any").stream("fate"), 20_000);
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  for (const tenth of Array.from({ length: 10 }, (_, index) => index)) {
    const share = numbers.filter((number) => Math.floor(number * 10) === tenth).length / numbers.length;
    expect(share).toBeGreaterThan(0.09);
    expect(share).toBeLessThan(0.11);
  }
});
