import { expect, it } from "vitest";
import { castPeople } from "./cast-people.ts";
import type { Utterance } from "./parse-conversation.ts";

const said = (...nicks: string[]): Utterance[] => nicks.map((nick) => ({ minute: 0, nick, text: "hello" }));

it("casts one person for each author, the most active first, with handles that are unique", () => {
  const { people } = castPeople(said("`T`", "T", "T", "C|int", "^_^", "m1dn1ght", "M1dn1ght"));
  expect(people).toEqual([
    { name: "T", handle: "t", email: "t@irc.test" },
    { name: "m1dn1ght", handle: "m1dn1ght", email: "m1dn1ght@irc.test" },
    { name: "`T`", handle: "t-2", email: "t-2@irc.test" },
    { name: "C|int", handle: "c-int", email: "c-int@irc.test" },
    { name: "^_^", handle: "someone", email: "someone@irc.test" },
  ]);
});

it("adds silent readers when more people are wanted than speak", () => {
  expect(castPeople(said("maco"), 3).people.map(({ handle }) => handle)).toEqual(["maco", "reader-1", "reader-2"]);
});

it("lets the people there are speak for the authors beyond them", () => {
  const cast = castPeople(said("a", "a", "a", "b", "b", "c"), 2);
  expect(cast.people.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(cast.of("C")).toBe(cast.people[0]);
  expect(cast.of("nobody")).toBeUndefined();
});
