import { expect, test } from "vitest";
import { completeMention, findMention } from "./mention.ts";

test.each([
  ["@", 1, { at: 0, text: "" }],
  ["hello @gu", 9, { at: 6, text: "gu" }],
  ["(@gu", 4, { at: 1, text: "gu" }],
  ["mail a@b", 8, null],
  ["@gu now", 7, null],
  ["@gu now", 2, { at: 0, text: "g" }],
])("in “%s” at %i the open mention is %o", (text, caret, expected) => {
  expect(findMention(text, caret)).toEqual(expected);
});

test("completing puts the handle and one blank in its place", () => {
  expect(completeMention("hello @gu there", { at: 6, text: "gu" }, "guest")).toEqual({ text: "hello @guest there", caret: 13 });
});
