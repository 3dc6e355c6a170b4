import { format } from "./chart.ts";
import { median } from "./measure.ts";
import type { Result } from "./results.ts";

interface Goal {
  what: string;
  target: string;
  benchmark: string;
  figure: string;
  /** Of several variants the one that is furthest from the goal counts; `last`: the last, which is the largest. */
  variants: RegExp;
  last?: true;
  atMost?: number;
  atLeast?: number;
  /** What the machine gives when the same is written or sent and nothing is decided: a variant with the same figure. */
  limit?: string;
}

export interface JudgedGoal {
  what: string;
  target: string;
  verdict: "met" | "not met" | "not run";
  /** In words; null: not run. */
  measured: string | null;
  /** In words; null: none is known. */
  limit: string | null;
}

/** A cost that grows by no more than an eighth as a size grows ten-fold counts as flat. */
const FLAT = 0.05;
/** Within a tenth. */
const THE_SAME = 1.1;

/** What the product promises of its speed, on two cores with Postgres' default durability, everything on one machine. */
export const GOALS: Goal[] = [
  { what: "extra latency of a message into an open burst, p95, 10 to 100,000 recipients", target: "at most 1 ms", benchmark: "insert", figure: "extra p95", variants: /^ours, \d+ recipients$/, atMost: 1 },
  { what: "the same as recipients of the event grow ten-fold", target: "flat", benchmark: "growth", figure: "insert, growth", variants: /^recipients of an event/, atMost: FLAT },
  { what: "message that opens a burst, p95, any event size", target: "at most 8 ms", benchmark: "insert", figure: "opening, p95", variants: /^ours, \d+ recipients$/, atMost: 8 },
  { what: "messages/s of 32 clients into one event of 10,000, beside the same table without a trigger", target: "at least 0.65 times", benchmark: "insert", figure: "beside no trigger", variants: /^ours, 32 clients$/, atLeast: 0.65 },
  { what: "fan-out", target: "at least 150,000 recipients/s", benchmark: "fan-out", figure: "rate", variants: /^\d+ recipients$/, last: true, atLeast: 150_000, limit: "the rows alone, 100000" },
  { what: "claim + compose + mark, two connections, 10 notifications a recipient", target: "at least 40,000 notifications/s", benchmark: "claim", figure: "notifications", variants: /^ours, 10 a recipient, 2 connections$/, atLeast: 40_000, limit: "the rows alone, 10 a recipient, 2 connections" },
  { what: "claim + compose + mark, two connections, one notification a recipient", target: "at least 15,000 recipients/s", benchmark: "claim", figure: "recipients", variants: /^ours, 1 a recipient, 2 connections$/, atLeast: 15_000, limit: "the rows alone, 1 a recipient, 2 connections" },
  { what: "end to end, e-mails accepted by a local provider, two workers", target: "at least 5,000/s", benchmark: "end-to-end", figure: "rate", variants: /^ours, one room, 2 workers$/, atLeast: 5_000, limit: "the letters alone, 2 senders" },
  { what: "end to end beside graphile-worker + react-email + Resend SDK doing the same work", target: "at least 8 times", benchmark: "end-to-end", figure: "times the peer", variants: /^ours, one room, 2 workers/, atLeast: 8 },
  { what: "e-mails doubled by up to eight workers and by edge functions", target: "0", benchmark: "end-to-end", figure: "doubled", variants: /^ours/, atMost: 0 },
  { what: "memory of a worker at that rate", target: "at most 200 MB", benchmark: "end-to-end", figure: "worker memory", variants: /^ours/, atMost: 200 },
  { what: "mention due → marked as accepted, p95, with a worker, 1 and 100 a second", target: "at most 250 ms", benchmark: "latency", figure: "p95", variants: /^(1|100) mentions? a second$/, atMost: 250 },
  { what: "cost of a message with up to 10 million old notifications, beside none", target: "at most 1.1 times", benchmark: "growth", figure: "insert, mean, cost beside no history", variants: /^with /, atMost: THE_SAME },
  { what: "cost of fan-out with up to 10 million old notifications, beside none", target: "at most 1.1 times", benchmark: "growth", figure: "fan-out, cost beside no history", variants: /^with /, atMost: THE_SAME },
  { what: "cost of claim + compose + mark with up to 10 million old notifications, beside none", target: "at most 1.1 times", benchmark: "growth", figure: "claim, cost beside no history", variants: /^with /, atMost: THE_SAME },
  { what: "cost of fan-out as recipients and events grow ten-fold", target: "flat", benchmark: "growth", figure: "fan-out, growth", variants: /^(recipients of an event|events)/, atMost: FLAT },
  { what: "cost of claim + compose + mark as recipients, events and backlog grow ten-fold", target: "flat", benchmark: "growth", figure: "claim, growth", variants: /^(recipients of an event|events|backlog)/, atMost: FLAT },
  { what: "draining 1 million due notifications beside an old snapshot: its last tenth beside its first", target: "at least 0.9 times", benchmark: "growth", figure: "last beside first", variants: /^backlog/, atLeast: 0.9 },
  // The benchmark ends with an error when it is not.
  { what: "mention that arrives behind a digest wave of 1 million", target: "in the next claim", benchmark: "growth", figure: "next claim", variants: /^a mention behind/, atMost: Infinity },
];

/** Each goal beside what was measured: the median of its rounds, lowest and highest. */
export function judgeGoals(results: Pick<Result, "name" | "figures">[]): JudgedGoal[] {
  return GOALS.map((goal) => {
    const { what, target, benchmark, figure, variants, last, atMost, atLeast } = goal;
    const figures = (results.find(({ name }) => name === benchmark)?.figures ?? []).filter((one) => one.figure === figure);
    const found = figures.filter((one) => variants.test(one.variant));
    if (found.length === 0) return { what, target, verdict: "not run", measured: null, limit: null };
    const sorted = [...found].sort((a, b) => median(a.values) - median(b.values));
    const { variant, unit, values } = (last ? found : atMost === undefined ? sorted.reverse() : sorted).at(-1)!;
    const met = median(values) <= (atMost ?? Infinity) && median(values) >= (atLeast ?? -Infinity);
    const where = found.length > 1 ? ` (${variant})` : "";
    const measured = `${format(median(values))} ${unit}, ${format(Math.min(...values))} – ${format(Math.max(...values))}${where}`;
    const bound = figures.find((one) => one.variant === goal.limit);
    const limit = bound === undefined ? null : `${format(median(bound.values))} ${bound.unit} (${bound.variant})`;
    return { what, target, verdict: met ? "met" : "not met", measured, limit };
  });
}

/** A table in Markdown. */
export function goalsTable(goals: JudgedGoal[]): string[] {
  return [
    "| goal | target | measured: median, lowest – highest | | the machine, when nothing is decided |", "|---|---|---|---|---|",
    ...goals.map(({ what, target, measured, verdict, limit }) => `| ${what} | ${target} | ${measured ?? "–"} | ${verdict === "met" ? "met" : `**${verdict}**`} | ${limit ?? ""} |`),
    "| e-mails lost and doubled after 500 `kill -9` at random moments | 0 and 0 | another command: `npm run chaos -- --kills 500` | | |",
  ];
}
