import { parseArgs } from "node:util";
import { BROKEN_RULES, isRuleName, type RuleName } from "./broken-rules.ts";

export interface ChaosArguments {
  kills: number;
  seed: string;
  broken: RuleName | null;
  workers: number;
  quick: boolean;
}

export const USAGE = `Usage: npm run chaos -- [--kills N] [--seed S] [--break RULE] [--workers W] [--quick]

Writes messages, delivers them with several workers through a provider that fails, kills processes, crashes Postgres
and drops connections, then judges from what the provider accepted. One JSON line on stdout:
  kills, kills_by_step, db_restarts   what happened to them
  messages                            committed
  emails_expected, emails_accepted    pairs of recipient and message that letters had to tell, and told
  lost, doubled, unexpected           pairs never told, told more than once, told although nothing said so
Exit code: 0 when nothing was lost, doubled or unexpected, 1 when something was, 2 when the run could not be judged.

  --kills N      processes to kill (default 100; 25 with --quick)
  --seed S       decides all chance that processes leave to us (default: a fresh one, printed)
  --workers W    workers at once (default 3)
  --quick        a small house, no long pauses
  --break RULE   switches a rule off; the run must then end with code 1:
${Object.entries(BROKEN_RULES).map(([name, { says }]) => `                 ${name.padEnd(17)} ${says}`).join("\n")}
`;

export type ParsedChaosArguments = { kind: "run"; options: ChaosArguments } | { kind: "help" } | { kind: "bad"; message: string };

/** Reads the command line; `freshSeed` is used when none is given. */
export function parseChaosArguments(argv: readonly string[], freshSeed: string): ParsedChaosArguments {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        kills: { type: "string" },
        seed: { type: "string" },
        break: { type: "string" },
        workers: { type: "string", default: "3" },
        quick: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }));
  } catch (error) {
    return { kind: "bad", message: (error as Error).message };
  }
  if (values.help) return { kind: "help" };
  const kills = wholeNumber(values.kills ?? (values.quick ? "25" : "100"), 100_000);
  const workers = wholeNumber(values.workers, 20);
  if (kills === null) return { kind: "bad", message: "--kills must be a whole number from 1 to 100000." };
  // One may be frozen and one being replaced: with a single worker nobody overtakes.
  if (workers === null || workers < 2) return { kind: "bad", message: "--workers must be a whole number from 2 to 20." };
  if (values.break !== undefined && !isRuleName(values.break)) {
    return { kind: "bad", message: `--break must be one of ${Object.keys(BROKEN_RULES).join(", ")}.` };
  }
  return { kind: "run", options: { kills, workers, seed: values.seed ?? freshSeed, broken: values.break ?? null, quick: values.quick } };
}

function wholeNumber(text: string, most: number): number | null {
  const number = Number(text);
  return /^\d+$/.test(text) && number >= 1 && number <= most ? number : null;
}
