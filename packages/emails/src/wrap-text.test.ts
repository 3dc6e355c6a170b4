import { expect, test } from "vitest";
import { wrapText } from "./wrap-text.ts";

test("lines break at spaces before column 72", () => {
  const wrapped = wrapText("word ".repeat(40).trim(), "    ");
  expect(Math.max(...wrapped.split("\n").map((line) => line.length))).toBeLessThanOrEqual(72);
  expect(wrapped.split("\n").every((line) => line.startsWith("    word"))).toBe(true);
});

test("an address longer than the line stays whole", () => {
  const address = `https://ok.example/${"a".repeat(100)}`;
  expect(wrapText(`see ${address} there`)).toBe(`see ${address} there`.replaceAll(` ${address} `, `\n${address}\n`));
});

test("line breaks, empty lines and indentation inside short lines stay", () => {
  expect(wrapText("a\n\n  b", "> ")).toBe("> a\n\n>   b");
});
