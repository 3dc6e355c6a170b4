import type { BenchServer } from "./bench-server.ts";
import { type AgedDatabase, layOutHistory, liveSideBySide } from "./growth/history.ts";
import { backlog, layOutCrowd, moreEvents, moreRecipients } from "./growth/tenfold.ts";
import { mentionBehindWave } from "./growth/wave.ts";
import { type Benchmark, type Comparison, together } from "./measure.ts";

/** What a unit costs as everything around it grows: history, recipients, events, backlog. */
export async function growthBenchmark(server: BenchServer, quick: boolean): Promise<Benchmark> {
  const aged: AgedDatabase[] = [];
  for (const size of quick ? [0, 2_000] : [0, 1_000_000, 10_000_000]) aged.push(await layOutHistory(server, size, quick));
  const crowd = await layOutCrowd(server, quick);
  const withHistory = (size: number) => `with ${size.toLocaleString("en")} notifications of history`;
  const besideEmpty = (size: number, figure: string, by: Comparison["by"]): Comparison => ({
    variant: withHistory(size), with: withHistory(0), figure, as: `${figure}, cost beside no history`, by,
  });
  const [least, most] = [crowd.sizes[0]!, crowd.sizes.at(-1)!].map((size) => size.toLocaleString("en"));
  const wave = (crowd.sizes.at(-1)! * 10).toLocaleString("en");
  return {
    name: "growth",
    about: `An insert into an open burst, fan-out of ${aged[0]!.events.length} bursts for ${aged[0]!.people.toLocaleString("en")} recipients each, and claim + compose + mark of all of it with two connections, with more and more old notifications, message by message and burst by burst in turn; beside no history 1 is the same cost in the same round. Exponents of the cost per insert, recipient or notification as a size grows ten-fold and again: 0 is flat, 1 grows as fast as the size. Draining a backlog of ${wave} while another connection holds a snapshot from before: the rate in its first and last tenth.`,
    units: {
      "insert, mean": "ms", "insert, p95": "ms", "fan-out": "recipients/s", claim: "notifications/s",
      ...Object.fromEntries(["insert, mean", "insert, p95", "fan-out", "claim"].map((figure) => [`${figure}, cost beside no history`, "times"])),
      ...Object.fromEntries(["insert", "fan-out", "claim"].map((figure) => [`${figure}, growth`, "exponent"])),
      "first tenth": "notifications/s", "last tenth": "notifications/s", "last beside first": "times", "next claim": "ms",
    },
    variants: [
      ...together(aged.map(({ size }) => withHistory(size)), () => liveSideBySide(aged, quick ? 20 : 2_000)),
      { name: `recipients of an event, ${least} to ${most}`, run: () => moreRecipients(crowd, quick ? 20 : 200) },
      { name: `events, ${crowd.eventCounts.map((count) => count.toLocaleString("en")).join(", ")}`, run: () => moreEvents(crowd) },
      { name: `backlog up to ${wave}, drained beside an old snapshot`, run: () => backlog(crowd) },
      { name: `a mention behind ${wave} due digests`, run: () => mentionBehindWave(crowd) },
    ],
    comparisons: aged.slice(1).flatMap(({ size }) => [
      besideEmpty(size, "insert, mean", "quotient"), besideEmpty(size, "insert, p95", "quotient"),
      besideEmpty(size, "fan-out", "inverse quotient"), besideEmpty(size, "claim", "inverse quotient"),
    ]),
    async close() {
      for (const { database } of [...aged, crowd]) await database.drop();
    },
  };
}
