import { expect, test } from "vitest";
import { parseBenchArguments } from "./parse-arguments.ts";

const parse = (...argv: string[]) => parseBenchArguments(argv, ["insert", "claim"]);

test("runs all benchmarks in five rounds, or those named in as many as asked for", () => {
  expect(parse()).toEqual({ kind: "run", options: { names: ["insert", "claim"], quick: false, json: false, rounds: 5, report: false } });
  expect(parse("report", "claim", "--rounds", "3", "--json")).toEqual({
    kind: "run", options: { names: ["claim"], quick: false, json: true, rounds: 3, report: true },
  });
  expect(parse("--quick")).toMatchObject({ options: { rounds: 1 } });
});

test("says what it knows when it is asked for something else", () => {
  for (const [argv, message] of [
    [["coffee"], "There is no benchmark coffee."],
    [["--rounds", "0"], "--rounds must be"],
    [["--slow"], "--slow"],
    [["report", "--quick"], "leave --quick out"],
  ] as const) {
    const parsed = parse(...argv);
    expect(parsed).toMatchObject({ kind: "bad", message: expect.stringContaining(message) });
    expect(parsed).toMatchObject({ message: expect.stringContaining("insert, claim, or report") });
  }
  expect(parse("--help")).toMatchObject({ kind: "help" });
});
