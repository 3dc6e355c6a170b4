import { expect, it } from "vitest";
import { parseArguments } from "./parse-arguments.ts";

it("takes a file and leaves everything else to its defaults", () => {
  expect(parseArguments(["talk.txt"])).toEqual({
    kind: "run",
    settings: { file: "talk.txt", people: null, window: null, speed: "max" },
  });
});

it("takes people, window and speed", () => {
  expect(parseArguments(["--people", "50", "talk.txt", "--window=0", "--speed", "real"])).toEqual({
    kind: "run",
    settings: { file: "talk.txt", people: 50, window: 0, speed: "real" },
  });
});

it.each([
  [[], /^Name one file/],
  [["a", "b"], /^Name one file/],
  [["a", "--people", "1"], /^--people must/],
  [["a", "--window", "2s"], /^--window must/],
  [["a", "--speed", "fast"], /^--speed must/],
  [["a", "--loud"], /^Unknown option '--loud'/],
])("refuses %j in one sentence", (argv, message) => {
  expect(parseArguments(argv)).toEqual({ kind: "bad", message: expect.stringMatching(message) });
});
