import { expect, it } from "vitest";
import { mentionAddressed } from "./mention-addressed.ts";

const handles = new Map([
  ["c|int", "c-int"],
  ["ringe", "ringe"],
]);
const mention = (text: string) => mentionAddressed(text, (nick) => handles.get(nick.toLowerCase()));

it.each([
  ["C|int: try the menu", "@c-int: try the menu"],
  ["ringe, or the terminal", "@ringe, or the terminal"],
  ["ringe:ok cool.", "@ringe:ok cool."],
])("mentions whom %j addresses", (text, expected) => {
  expect(mention(text)).toBe(expected);
});

it.each(["thanks ringe: it works", "http://example.com", "nobody: hello", "ringe is right", " ringe: indented", ""])(
  "leaves %j as it is",
  (text) => {
    expect(mention(text)).toBe(text);
  },
);
