import type { DrillResult } from "./drill.ts";

const RTO_GOAL_SECONDS = 4 * 3600;
const RPO_GOAL_SECONDS = 3600;

export function printDrill(result: DrillResult): { text: string; passed: boolean } {
  const checks = [
    [result.rtoSeconds <= RTO_GOAL_SECONDS, `RTO ${result.rtoSeconds.toFixed(1)} s (goal 4 h)`],
    [result.rpoSeconds <= RPO_GOAL_SECONDS, `RPO ${result.rpoSeconds.toFixed(1)} s here; at most 300 s by archive_timeout (goal 1 h)`],
    [result.restored === result.expected, `${result.restored} of ${result.expected} messages of that moment are back (${result.written} were written in all)`],
    [result.toldTwice.length === 0, `${result.letters} letters in all, ${result.toldTwice.length} of them told something twice`],
  ] as const;
  const lines = [...checks.map(([holds, line]) => `${holds ? "holds " : "MISSED"}  ${line}`), `        not told, because it may have been: ${JSON.stringify(result.skipped)}`];
  return { text: lines.join("\n"), passed: checks.every(([holds]) => holds) };
}
