import { expect, test } from "vitest";
import { parseChaosArguments } from "./parse-arguments.ts";

const parse = (...argv: string[]) => parseChaosArguments(argv, "fresh");

test("what is not said has a default", () => {
  expect(parse()).toEqual({ kind: "run", options: { kills: 100, seed: "fresh", broken: null, workers: 3, quick: false } });
  expect(parse("--quick")).toMatchObject({ options: { kills: 25, quick: true } });
  expect(parse("--kills", "500", "--seed", "7", "--break", "fencing", "--workers", "5")).toEqual({
    kind: "run",
    options: { kills: 500, seed: "7", broken: "fencing", workers: 5, quick: false },
  });
});

test.each([
  [["--kills", "many"], /--kills/],
  [["--kills", "0"], /--kills/],
  [["--workers", "1"], /--workers/],
  [["--break", "everything"], /key, fencing, lock-before-read, outbox-delete/],
  [["--unknown"], /--unknown/],
])("%j is refused with a reason", (argv, reason) => {
  expect(parse(...argv)).toMatchObject({ kind: "bad", message: expect.stringMatching(reason) });
});
