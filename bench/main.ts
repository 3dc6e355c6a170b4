import { parseArgs } from "node:util";
import { startBenchServer, type BenchServer } from "./bench-server.ts";
import { claimBenchmark } from "./claim.ts";
import { endToEndBenchmark } from "./end-to-end.ts";
import { fanOutBenchmark } from "./fan-out.ts";
import { growthBenchmark } from "./growth.ts";
import { insertBenchmark } from "./insert.ts";
import { latencyBenchmark } from "./latency.ts";
import { type Benchmark, measure, median } from "./measure.ts";
import { operationsBenchmark } from "./operations.ts";
import { describeMachine, writeReport, type Result } from "./report.ts";
import { renderBenchmark } from "./render.ts";
import { whatIfBenchmark } from "./what-if.ts";

const BENCHMARKS: Record<string, (server: BenchServer, quick: boolean) => Promise<Benchmark>> = {
  insert: insertBenchmark,
  "fan-out": fanOutBenchmark,
  claim: claimBenchmark,
  render: renderBenchmark,
  "end-to-end": endToEndBenchmark,
  latency: latencyBenchmark,
  growth: growthBenchmark,
  operations: operationsBenchmark,
  "what-if": whatIfBenchmark,
};

const USAGE = `npm run bench [-- NAME …] [--json] [--quick] [--rounds N]: ${Object.keys(BENCHMARKS).join(", ")}, or report (all, or those named, into bench/RESULTS.md)`;

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
  const date = new Date().toISOString();
  const server = await startBenchServer();
  const results: Result[] = [];
  try {
    for (const name of names) {
      const benchmark = await BENCHMARKS[name]!(server, values.quick ?? false);
      const figures = await measure(benchmark, rounds, (done, of) => {
        if (process.stderr.isTTY) process.stderr.write(`\r${name}: ${done}/${of} `);
      });
      results.push({ name, about: benchmark.about, figures });
      if (!values.json) print(results.at(-1)!);
      await benchmark.close();
    }
  } finally {
    await server.stop();
  }
  const run = { date, machine: describeMachine(), rounds, results };
  if (values.json) console.log(JSON.stringify(run));
  if (report) await writeReport(import.meta.dirname, run);
  return 0;
}

function print({ name, figures }: Result): void {
  console.log(`\n${name}`);
  for (const { variant, figure, unit, values } of figures) {
    const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => value.toPrecision(4));
    console.log(`  ${variant.padEnd(44)} ${figure.padEnd(18)} ${median(values).toPrecision(4).padStart(9)} ${unit}  (${low} – ${high})`);
  }
}

process.exitCode = await main();
