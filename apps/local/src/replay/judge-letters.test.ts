import { expect, it } from "vitest";
import type { AcceptedLetter } from "./collect-letters.ts";
import { type LetterContents, judgeLetters } from "./judge-letters.ts";

const messages = [1, 2, 3, 4].map((number) => ({ id: String(number), authorId: number === 2 ? "bea" : "ann" }));
const ann = { id: "ann", address: "ann@x.test", readUpTo: null };
const bea = { id: "bea", address: "bea@x.test", readUpTo: null };
const cy = { id: "cy", address: "cy@x.test", readUpTo: null };

const letter = (id: string, to: { address: string }, shown: string, more = 0): AcceptedLetter => ({
  id,
  address: to.address,
  shown: shown.split(" ").filter(Boolean),
  more,
});
const contents = (...entries: [id: string, burst: string, mentions?: string][]) =>
  new Map<string, LetterContents>(
    entries.map(([id, burst, mentions = ""]) => [id, { burst: burst.split(" ").filter(Boolean), mentions: mentions.split(" ").filter(Boolean) }]),
  );
const judge = (letters: AcceptedLetter[], known = contents()) => {
  const { covered, missing, doubled } = judgeLetters(messages, [ann, bea, cy], letters, known);
  return { covered, missing, doubled };
};
const perfect = [letter("a", ann, "2"), letter("b", bea, "1 3 4"), letter("c", cy, "1 2 3 4")];

it("is content when everybody is told everything but their own, once", () => {
  expect(judge(perfect)).toEqual({ covered: 8, missing: 0, doubled: 0 });
});

it("counts what a letter only states as told: the burst's messages, without mentions and the reader's own", () => {
  const letters = [letter("a", ann, "2"), letter("b", bea, "4", 1), letter("m", bea, "3"), letter("c", cy, "3 4", 2)];
  const known = contents(["b", "1 2 3 4"], ["m", "", "3"], ["c", "1 2 3 4"]);
  expect(judge(letters, known)).toEqual({ covered: 8, missing: 0, doubled: 0 });
});

it("misses a message that no letter tells", () => {
  expect(judge([perfect[0]!, perfect[1]!, letter("c", cy, "1 3 4")])).toMatchObject({ missing: 1, doubled: 0 });
  expect(judge(perfect.slice(1))).toMatchObject({ missing: 1, doubled: 0 });
});

it("misses one of those that a letter should have counted", () => {
  const letters = [...perfect.slice(0, 2), letter("c", cy, "4", 2)];
  expect(judge(letters, contents(["c", "1 2 3 4"]))).toMatchObject({ missing: 1, doubled: 0 });
});

it("finds a message told by two letters, shown or counted", () => {
  expect(judge([...perfect, letter("d", cy, "4")])).toMatchObject({ missing: 0, doubled: 1 });
  const letters = [...perfect.slice(0, 2), letter("c", cy, "3 4", 2), letter("d", cy, "4", 2)];
  expect(judge(letters, contents(["c", "1 2 3 4"], ["d", "1 2 4"]))).toMatchObject({ missing: 0, doubled: 3 });
});

it("finds that one is told and another is not, though the counts add up", () => {
  expect(judge([perfect[0]!, perfect[1]!, letter("c", cy, "1 2 3"), letter("d", cy, "3")])).toMatchObject({ missing: 1, doubled: 1 });
});

it("finds a letter that states more than there is to tell", () => {
  expect(judge([...perfect.slice(0, 2), letter("c", cy, "4", 5)], contents(["c", "1 2 3 4"]))).toMatchObject({ missing: 0, doubled: 2 });
});

it("finds one's own message and letters to strangers", () => {
  expect(judge([...perfect, letter("o", ann, "1")])).toMatchObject({ missing: 0, doubled: 1 });
  expect(judge([...perfect, letter("s", { address: "otto@x.test" }, "1", 2)])).toMatchObject({ missing: 0, doubled: 3 });
});

it("expects no letter about what somebody has read in the chat", () => {
  const reader = { ...cy, readUpTo: "2" };
  expect(judgeLetters(messages, [reader], [letter("c", cy, "3 4")], contents())).toMatchObject({ missing: 0, doubled: 0 });
  expect(judgeLetters(messages, [reader], [letter("c", cy, "4", 1)], contents(["c", "1 2 3 4"]))).toMatchObject({ missing: 0, doubled: 0 });
  expect(judgeLetters(messages, [reader], [letter("c", cy, "4")], contents())).toMatchObject({ missing: 1, doubled: 0 });
});
