import { parseArgs } from "node:util";

export interface ReplayArguments {
  file: string;
  /** All people in the event, the organization's members included; null: as many as speak. */
  people: number | null;
  /** The event's batch window in seconds; null: the deployment's. */
  window: number | null;
  speed: "real" | "max";
}

export type ParsedArguments = { kind: "run"; settings: ReplayArguments } | { kind: "help" } | { kind: "bad"; message: string };

export const help = `Posts a conversation into a new event of the running local stack, as its authors, and checks every letter.

Usage: npm run replay -- FILE [options]

  FILE               IRC log: [HH:MM] <nick> text; bare names are also looked up in scenarios/data/irc
  --people N         people in the event, members of the organization included: the most active authors, then
                     silent readers; authors beyond N share the people there are (default: all authors)
  --window SECONDS   the event's batch window (default: the deployment's)
  --speed max|real   as fast as the API takes it, or at the file's minutes (default max)
  --help             this text

Prints one line of JSON; exit code 1 when a letter is missing or doubled.
`;

/** Reads the command line; `argv` without the program's name. */
export function parseArguments(argv: readonly string[]): ParsedArguments {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        people: { type: "string" },
        window: { type: "string" },
        speed: { type: "string", default: "max" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    const [firstSentence = ""] = (error instanceof Error ? error.message : String(error)).split(/\. |\n/);
    return bad(`${firstSentence.replace(/\.$/, "")}.`);
  }
  const { values, positionals } = parsed;
  if (values.help) return { kind: "help" };
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) return bad("Name one file to replay.");
  const people = values.people === undefined ? null : wholeNumber(values.people, 2, 100_000);
  if (people === undefined) return bad(`--people must be a whole number from 2 to 100000, not "${values.people}".`);
  const window = values.window === undefined ? null : wholeNumber(values.window, 0, 86_400);
  if (window === undefined) return bad(`--window must be a whole number from 0 to 86400, not "${values.window}".`);
  const { speed } = values;
  if (speed !== "max" && speed !== "real") return bad(`--speed must be max or real, not "${speed}".`);
  return { kind: "run", settings: { file, people, window, speed } };
}

function bad(message: string): ParsedArguments {
  return { kind: "bad", message };
}

function wholeNumber(text: string, min: number, max: number): number | undefined {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}
