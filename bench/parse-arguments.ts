import { parseArgs } from "node:util";

export interface BenchArguments {
  names: string[];
  quick: boolean;
  json: boolean;
  rounds: number;
  /** Into RESULTS.md. */
  report: boolean;
}

export type ParsedBenchArguments = { kind: "run"; options: BenchArguments } | { kind: "help"; message: string } | { kind: "bad"; message: string };

/** Reads the command line. @param known names of benchmarks; none given means all of them */
export function parseBenchArguments(argv: readonly string[], known: string[]): ParsedBenchArguments {
  const usage = `npm run bench [-- NAME …] [--json] [--quick] [--rounds N]: ${known.join(", ")}, or report (all, or those named, into bench/RESULTS.md; what is not measured anew keeps its last results)`;
  const bad = (message: string): ParsedBenchArguments => ({ kind: "bad", message: `${message}\n${usage}` });
  let parsed;
  try {
    parsed = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { json: { type: "boolean" }, quick: { type: "boolean" }, rounds: { type: "string" }, help: { type: "boolean" } },
    });
  } catch (error) {
    return bad((error as Error).message);
  }
  const { values: { json = false, quick = false, help = false, rounds: given }, positionals } = parsed;
  if (help) return { kind: "help", message: usage };
  const rounds = Number(given ?? (quick ? 1 : 5));
  const report = positionals.includes("report");
  const named = positionals.filter((name) => name !== "report");
  const unknown = named.find((name) => !known.includes(name));
  if (unknown !== undefined) return bad(`There is no benchmark ${unknown}.`);
  if (!Number.isInteger(rounds) || rounds < 1) return bad("--rounds must be a whole number from 1.");
  if (report && quick) return bad("A report is of full sizes: leave --quick out.");
  return { kind: "run", options: { names: named.length === 0 ? known : named, quick, json, rounds, report } };
}
