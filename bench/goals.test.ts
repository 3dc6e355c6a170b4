import { expect, test } from "vitest";
import { exponentOf } from "./exponent.ts";
import { judgeGoals } from "./goals.ts";
import { measure } from "./measure.ts";
import { reportOf } from "./report.ts";
import { mergeResults, type Result } from "./results.ts";

const figure = (variant: string, name: string, ...values: number[]) => ({ variant, figure: name, unit: "ms", values });
const result = (name: string, date: string, ...figures: Result["figures"]): Result =>
  ({ name, about: "", date, machine: "a machine", versions: "a peer", rounds: 3, figures });
const judged = (results: Result[], what: string) => judgeGoals(results).find((goal) => goal.what.startsWith(what));

test("of several variants the one that is furthest from the goal counts, by its median", () => {
  const insert = result("insert", "2026-11-22T10:00:00.000Z",
    figure("ours, 10 recipients", "opening, p95", 3, 4, 5), figure("ours, 1000 recipients", "opening, p95", 9, 7, 100), figure("literal design, 10 recipients", "opening, p95", 50));
  expect(judged([insert], "message that opens a burst")).toMatchObject({ verdict: "not met", measured: "9.00 ms, 7.00 – 100 (ours, 1000 recipients)" });
  insert.figures[1]!.values = [7, 8, 100];
  expect(judged([insert], "message that opens a burst")).toMatchObject({ verdict: "met" });
});

test("of a goal that asks for at least something the lowest variant counts", () => {
  const endToEnd = result("end-to-end", "", figure("ours, one room, 2 workers", "times the peer", 9), figure("ours, one room, 2 workers, provider takes 100 ms", "times the peer", 7));
  expect(judged([endToEnd], "end to end beside")).toMatchObject({ verdict: "not met", measured: expect.stringContaining("provider takes 100 ms") });
});

test("what the machine gives when nothing is decided stands beside a goal", () => {
  const fanOut = result("fan-out", "", figure("100000 recipients", "rate", 50), figure("the rows alone, 100000", "rate", 80, 90, 100));
  expect(judged([fanOut], "fan-out")).toMatchObject({ verdict: "not met", limit: "90.0 ms (the rows alone, 100000)" });
  expect(judged([result("fan-out", "", figure("100000 recipients", "rate", 50))], "fan-out")).toMatchObject({ limit: null });
});

test("a goal whose benchmark was not run says so", () => {
  expect(judgeGoals([]).every(({ verdict, measured }) => verdict === "not run" && measured === null)).toBe(true);
});

test("a report of some benchmarks keeps the others, and each section then says when it was measured", () => {
  const first = [result("insert", "2026-11-20T10:00:00.000Z", figure("ours", "x", 1)), result("claim", "2026-11-20T10:00:00.000Z", figure("ours", "x", 1))];
  expect(reportOf(first).match(/Begun/g)).toHaveLength(1);
  const merged = mergeResults(first, [result("claim", "2026-11-22T10:00:00.000Z", figure("ours", "x", 2))], ["insert", "claim", "latency"]);
  expect(merged.map(({ name, date }) => [name, date.slice(8, 10)])).toEqual([["insert", "20"], ["claim", "22"]]);
  const report = reportOf(merged);
  expect(report).toContain("Not all in one run");
  expect(report).toMatch(/## insert\n\n\n\nBegun 2026-11-20 10:00 UTC[^]*## claim\n\n\n\nBegun 2026-11-22 10:00 UTC/);
});

test("what is compared is compared within a round", async () => {
  const rounds = { fast: [8, 20], slow: [2, 10] };
  const variants = Object.entries(rounds).map(([name, rates]) => ({ name, run: async () => ({ rate: rates.shift()! }) }));
  const comparison = { variant: "fast", with: "slow", figure: "rate", as: "times slow", by: "quotient" } as const;
  const figures = await measure({ name: "", about: "", units: { rate: "/s", "times slow": "times" }, variants, comparisons: [comparison], close: async () => {} }, 2, () => {});
  expect(figures).toContainEqual({ variant: "fast", figure: "times slow", unit: "times", values: [4, 2] });
});

test("an exponent is 0 for what stays and 1 for what grows with the size", () => {
  const sizes = [10, 100, 1_000];
  expect(exponentOf(sizes.map((size) => ({ size, cost: 3 })))).toBeCloseTo(0);
  expect(exponentOf(sizes.map((size) => ({ size, cost: size / 7 })))).toBeCloseTo(1);
  expect(() => exponentOf([{ size: 5, cost: 1 }])).toThrow("two sizes");
});
