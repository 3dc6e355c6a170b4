import { expect, it } from "vitest";
import type { Progress } from "./engine-records.ts";
import { waitUntilTold } from "./wait-until-told.ts";

const look = (open: number, done: number): Progress => ({ open, done, bursts: 1, notifications: 2 });

function watch(looks: Progress[], patienceMs: number) {
  let at = 0;
  let place = 0;
  return waitUntilTold(patienceMs, {
    readProgress: async () => looks[Math.min(place++, looks.length - 1)]!,
    meanwhile: async () => {},
    now: () => at,
    wait: async (ms) => void (at += ms),
    onProgress: () => {},
  });
}

it("ends as soon as nothing is open", async () => {
  expect(await watch([look(3, 0), look(1, 2), look(0, 3)], 10_000)).toEqual({ ok: true, progress: look(0, 3) });
});

it("is patient while something happens, however long that takes in all", async () => {
  const looks = Array.from({ length: 100 }, (_, done) => look(1, done));
  expect(await watch([...looks, look(0, 100)], 1_000)).toMatchObject({ ok: true });
});

it("gives up when nothing has happened for too long", async () => {
  expect(await watch([look(3, 0), look(2, 1)], 5_000)).toEqual({ ok: false, progress: look(2, 1) });
});
