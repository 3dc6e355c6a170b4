import path from "node:path";
import { startBenchServer, type BenchServer } from "./bench-server.ts";
import { type JudgedGoal, judgeGoals } from "./goals.ts";
import { type Benchmark, measure, median } from "./measure.ts";
import { parseBenchArguments } from "./parse-arguments.ts";
import { describeMachine, describePeers, writeReport } from "./report.ts";
import { mergeResults, readResults, writeResults, type Result } from "./results.ts";

type Open = (server: BenchServer, quick: boolean) => Promise<Benchmark>;

/** Each is loaded when it is its turn: a mistyped name is answered at once. */
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

const RESULTS = path.join(import.meta.dirname, "results.json");

async function main(): Promise<number> {
  const parsed = parseBenchArguments(process.argv.slice(2), Object.keys(BENCHMARKS));
  if (parsed.kind !== "run") {
    console.error(parsed.message);
    return parsed.kind === "help" ? 0 : 1;
  }
  const { names, quick, json, rounds, report } = parsed.options;
  const run = { date: new Date().toISOString(), machine: describeMachine(), versions: await describePeers(), rounds };
  const server = await startBenchServer(quick);
  const results: Result[] = [];
  try {
    for (const name of names) {
      const benchmark = await (await BENCHMARKS[name]!())(server, quick);
      const figures = await measure(benchmark, rounds, (done, of) => {
        if (process.stderr.isTTY) process.stderr.write(`\r${name}: ${done}/${of} `);
      });
      results.push({ name, about: benchmark.about, ...run, figures });
      if (!json) print(results.at(-1)!);
      await benchmark.close();
      // Each as soon as it is there: one that fails later takes nothing with it.
      if (report) await record(results);
    }
  } finally {
    await server.stop();
  }
  const goals = judgeGoals(results);
  if (json) console.log(JSON.stringify({ ...run, results, goals }));
  else printGoals(goals);
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

function printGoals(goals: JudgedGoal[]): void {
  console.log("\nnumbers to hold");
  for (const { what, target, measured, verdict } of goals) {
    if (measured !== null) console.log(`  ${verdict.padEnd(8)} ${what}: ${measured} (${target})`);
  }
}

process.exitCode = await main();
