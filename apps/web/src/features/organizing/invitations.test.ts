import { expect, test } from "vitest";
import { readPeople } from "./invitations.ts";

test("handles and addresses are told apart in whatever was pasted", () => {
  expect(readPeople(`@vera, Samir\nMaria Silva <Maria@Example.com>; a@b.example a@b.example`)).toEqual({
    handles: ["vera", "samir", "maria", "silva"],
    addresses: ["maria@example.com", "a@b.example"],
    wrong: [],
  });
  expect(readPeople(" two@signs@here.example not@host")).toEqual({ handles: [], addresses: [], wrong: ["two@signs@here.example", "not@host"] });
  expect(readPeople("  ")).toEqual({ handles: [], addresses: [], wrong: [] });
});
