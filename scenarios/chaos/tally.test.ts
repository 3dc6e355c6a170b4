import { expect, test } from "vitest";
import type { AcceptedLetter } from "./mail-simulator.ts";
import { createTally, tokenOf } from "./tally.ts";

const [ONE, TWO] = [tokenOf(1), tokenOf(2)];
let letterCount = 0;
const letterTo = (address: string, ...tokens: string[]): AcceptedLetter => ({
  id: `letter ${(letterCount += 1)}`, acceptedAt: "2026-11-22T12:00:00Z", idempotencyKey: "key", to: [address], text: `News\n  See ${tokens.join("\n  See ")}\n`,
});

function tallyOf(fate: boolean, ...letters: AcceptedLetter[]) {
  const tally = createTally();
  tally.announce(ONE, "room", ["a@x.test", "b@x.test"]);
  tally.announce(TWO, "room", ["a@x.test"]);
  tally.decide(ONE, true);
  tally.decide(TWO, fate);
  letters.forEach(tally.accept);
  return tally;
}

const names = (pairs: { address: string; token: string }[]) => pairs.map(({ address, token }) => `${address} ${token}`);

test("what every reader was told once is right", () => {
  const tally = tallyOf(true, letterTo("a@x.test", ONE, TWO), letterTo("b@x.test", ONE));
  expect(tally.complete()).toBe(true);
  expect(tally.judge(true)).toEqual({ messages: 2, expected: 3, accepted: 3, lost: [], doubled: [], unexpected: [] });
});

test("a reader who was not told has lost the message, once everything has come", () => {
  const tally = tallyOf(true, letterTo("a@x.test", ONE, TWO));
  expect(tally.complete()).toBe(false);
  expect(tally.outstanding("room")).toBe(1);
  expect(names(tally.judge(true).lost)).toEqual([`b@x.test ${ONE}`]);
  expect(tally.judge(false).lost).toEqual([]);
});

test("told in two letters, or twice in one, is doubled", () => {
  const tally = tallyOf(true, letterTo("a@x.test", ONE, TWO), letterTo("a@x.test", TWO), letterTo("b@x.test", ONE, ONE));
  expect(tally.doubledSoFar()).toBe(2);
  expect(names(tally.judge(true).doubled)).toEqual([`a@x.test ${TWO}`, `b@x.test ${ONE}`]);
});

test("told to somebody who was not to hear it, or of a transaction that never was, is unexpected", () => {
  const tally = tallyOf(false, letterTo("a@x.test", ONE, TWO), letterTo("b@x.test", ONE), letterTo("c@x.test", ONE));
  expect(names(tally.judge(true).unexpected)).toEqual([`a@x.test ${TWO}`, `c@x.test ${ONE}`]);
});

test("a letter that comes before its commit was answered counts", () => {
  const tally = createTally();
  tally.announce(ONE, "room", ["a@x.test"]);
  tally.accept(letterTo("a@x.test", ONE));
  expect(tally.complete()).toBe(false);
  tally.decide(ONE, true);
  expect(tally.complete()).toBe(true);
});

test("each message has a word of its own", () => {
  expect(new Set(Array.from({ length: 2_000 }, (_, at) => tokenOf(at))).size).toBe(2_000);
});
