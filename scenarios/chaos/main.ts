import { randomInt } from "node:crypto";
import { parseChaosArguments, USAGE } from "./parse-arguments.ts";
import { runChaos } from "./run-chaos.ts";

const parsed = parseChaosArguments(process.argv.slice(2), String(randomInt(1_000_000)));
if (parsed.kind === "help") process.stdout.write(USAGE);
else if (parsed.kind === "bad") {
  process.stderr.write(`${parsed.message} See --help.\n`);
  process.exitCode = 2;
} else {
  const { options } = parsed;
  const say = (line: string) => process.stderr.write(`${line}\n`);
  say(`seed ${options.seed}${options.broken === null ? "" : `, without the rule "${options.broken}"`}`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      say(`interrupted by ${signal}`);
      process.exit(2);
    });
  }
  try {
    const { deaths, verdict, letters, doubts, crashes, hung, seconds } = await runChaos({ ...options, say });
    const [lost, doubled, unexpected] = [verdict.lost.length, verdict.doubled.length, verdict.unexpected.length];
    const wrong = lost + doubled + unexpected > 0;
    const result = {
      kills: deaths.kills,
      kills_by_step: { ...deaths.byStep, between: deaths.between },
      db_restarts: deaths.dbRestarts,
      dropped_connections: deaths.droppedConnections,
      overtakings: deaths.overtakings,
      commits_in_doubt: doubts,
      messages: verdict.messages,
      letters,
      emails_expected: verdict.expected,
      emails_accepted: verdict.accepted,
      lost,
      doubled,
      unexpected,
      crashes,
      hung,
      seconds,
      seed: options.seed,
      ...(options.broken !== null && { broken: options.broken, caught: lost + doubled > 0 }),
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    if (options.broken !== null) say(lost + doubled > 0 ? "caught" : "NOT caught");
    process.exitCode = wrong ? 1 : 0;
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 2;
  }
}
