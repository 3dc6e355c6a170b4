import { expect, test } from "vitest";
import { BEGINNING, createRegister } from "./moments.ts";

test("a register that nobody changes has one value, the one it began with", () => {
  const register = createRegister("a");
  register.set("b", BEGINNING, 0);
  expect(register.possible({ from: 1, to: 5 })).toEqual(["b"]);
});

test("a change that was over before a span leaves only its value possible in it", () => {
  const register = createRegister("a");
  register.set("b", { from: 1, to: 2 }, 0);
  expect(register.possible({ from: 3, to: 4 })).toEqual(["b"]);
});

test("a change beside a span leaves both values possible in it", () => {
  const register = createRegister("a");
  register.set("b", { from: 2, to: 5 }, 0);
  expect(register.possible({ from: 3, to: 4 })).toEqual(["a", "b"]);
});

test("a change behind a span says nothing about it", () => {
  const register = createRegister("a");
  register.set("b", { from: 5, to: 6 }, 0);
  expect(register.possible({ from: 3, to: 4 })).toEqual(["a"]);
});
