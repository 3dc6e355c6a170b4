import { expect, it } from "vitest";
import { createPace } from "./pace.ts";

function createClock() {
  let at = 5_000;
  const waits: number[] = [];
  return { waits, now: () => at, wait: async (ms: number) => void (waits.push(ms), (at += ms)), pass: (ms: number) => void (at += ms) };
}

it("waits for the file's minutes, and not for those that have passed", async () => {
  const clock = createClock();
  const pace = createPace("real", clock);
  await pace(0);
  await pace(2);
  clock.pass(90_000);
  await pace(3);
  await pace(4);
  expect(clock.waits).toEqual([120_000, 30_000]);
});

it("waits for nothing at full speed", async () => {
  const clock = createClock();
  await createPace("max", clock)(600);
  expect(clock.waits).toEqual([]);
});
