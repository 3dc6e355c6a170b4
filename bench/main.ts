import path from "node:path";
import { parseArgs } from "node:util";
import { startBenchServer, type BenchServer } from "./bench-server.ts";
import { type Benchmark, measure, median } from "./measure.ts";
import { judgeGoals } from "./goals.ts";
import { describeMachine, describePeers, writeReport } from "./report.ts";
import { mergeResults, readResults, writeResults, type Result } from "./results.ts";

type Open = (server: BenchServer, quick: boolean) => Promise<Benchmark>;

/** Each is loaded when it is its turn, so that a typing error is answered at once. */
const BENCHMARKS: Record<string, () => Promise<Open>> = {
  insert: async () => (await import("./insert.ts")).insertBenchmark,
  "fan-out": async () => (await import("./fan-out.ts")).fanOutBenchmark,
  claim: async () => (await import("./claim.ts")).claimBenchmark,
  render: async () => (await import("./render.ts")).renderBenchmark,
  "end-to-end": async () => (await import("./end-to-end.ts")).endToEndBenchmark,
  latency: async () => (await import("./latency.ts")).latencyBenchmark,
  growth: async () => (await import("./growth.ts")).growthBenchmark,
  operations: async () => (await import("./operations.ts")).operationsBenchmark,
  "what-if": async () => (await import("./what-if.ts")).whatIfBenchmark,
};

const USAGE = `npm run bench [-- NAME …] [--json] [--quick] [--rounds N]: ${Object.keys(BENCHMARKS).join(", ")}, or report (all, or those named, into bench/RESULTS.md; what is not measured anew keeps its last results)`;
const RESULTS = path.join(import.meta.dirname, "results.json");

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: "boolean" }, quick: { type: "boolean" }, rounds: { type: "string" }, help: { type: "boolean" } },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 5));
  const report = positionals.includes("report");
  const named = positionals.filter((name) => name !== "report");
  const names = named.length === 0 ? Object.keys(BENCHMARKS) : named;
  const unknown = names.find((name) => !(name in BENCHMARKS));
  if (values.help || unknown !== undefined || !Number.isInteger(rounds) || rounds < 1) {
    console.error(unknown === undefined ? USAGE : `There is no benchmark ${unknown}.\n${USAGE}`);
    return values.help ? 0 : 1;
  }
  if (report && values.quick) {
    console.error("A report is of full sizes: leave --quick out.");
    return 1;
  }
  const run = { date: new Date().toISOString(), machine: describeMachine(), versions: await describePeers(), rounds };
  const server = await startBenchServer(values.quick ?? false);
  const results: Result[] = [];
  try {
    for (const name of names) {
      const benchmark = await (await BENCHMARKS[name]!())(server, values.quick ?? false);
      const figures = await measure(benchmark, rounds, (done, of) => {
        if (process.stderr.isTTY) process.stderr.write(`\r${name}: ${done}/${of} `);
      });
      results.push({ name, about: benchmark.about, ...run, figures });
      if (!values.json) print(results.at(-1)!);
      await benchmark.close();
      // Each as soon as it is there: one that fails later takes nothing with it.
      if (report) await record(results);
    }
  } finally {
    await server.stop();
  }
  if (values.json) console.log(JSON.stringify({ ...run, results, goals: judgeGoals(results) }));
  return 0;
}

async function record(results: Result[]): Promise<void> {
  const all = mergeResults(await readResults(RESULTS), results, Object.keys(BENCHMARKS));
  await writeResults(RESULTS, all);
  await writeReport(import.meta.dirname, all);
}

function print({ name, figures }: Result): void {
  console.log(`\n${name}`);
  for (const { variant, figure, unit, values } of figures) {
    const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => value.toPrecision(4));
    console.log(`  ${variant.padEnd(44)} ${figure.padEnd(18)} ${median(values).toPrecision(4).padStart(9)} ${unit}  (${low} – ${high})`);
  }
}

process.exitCode = await main();
