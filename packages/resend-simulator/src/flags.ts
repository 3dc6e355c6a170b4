/** A flag of the command line: what it takes (null: nothing), and its line in the help. */
interface Flag {
  readonly takes: string | null;
  readonly says: string;
  readonly default?: string;
  readonly multiple?: true;
}

/** Every flag, in the sections of the help. */
export const flagSections = {
  Serving: {
    port: { takes: "N", says: "port to listen on (default 4010; 0 takes any free one)", default: "4010" },
    host: { takes: "ADDRESS", says: "address to listen on (default 127.0.0.1)", default: "127.0.0.1" },
    rate: { takes: "N|off", says: "requests per second (default 10, as Resend's)", default: "10" },
    "daily-quota": { takes: "N", says: "recipients per UTC day (default no quota)" },
    "monthly-quota": { takes: "N", says: "recipients per UTC month (default no quota)" },
    "latency-ms": { takes: "N", says: "how long each request takes (default 0)", default: "0" },
    "api-key": { takes: "KEY", says: "a valid key, may be given several times (default: any key)", multiple: true },
    help: { takes: null, says: "this text" },
  },
  "What is kept": {
    "max-emails": { takes: "N", says: "letters kept, the oldest go first (default 10000)" },
    "keep-all": { takes: null, says: "keep every letter, idempotency key and webhook, whatever memory it takes" },
    "keep-content-of": { takes: "N", says: "keep HTML and text of the first N letters only (default: of all that are kept)" },
    ledger: { takes: "FILE", says: "write everything accepted to this file and take it up again at the next start" },
  },
  "What becomes of letters": {
    "bounce-rate": { takes: "0..1", says: "share that bounces for good and is suppressed from then on" },
    "soft-bounce-rate": { takes: "0..1", says: "share that bounces for now (full mailbox …)" },
    "complaint-rate": { takes: "0..1", says: "share that is marked as spam after delivery" },
    "delay-rate": { takes: "0..1", says: "share that is delayed before delivery" },
    "fail-rate": { takes: "0..1", says: "share that fails with reached_daily_quota" },
    "deliver-after-ms": { takes: "N", says: "from accepted to delivered, bounced … (default 1000)" },
    "test-domain": { takes: "DOMAIN", says: "where bounced@, complained@ … are test recipients (default simulator.test)" },
    seed: { takes: "TEXT", says: "decides all chance: rates, faults, webhook order" },
  },
  Webhooks: {
    "webhook-url": { takes: "URL", says: "endpoint that is told of all events, may be given several times", multiple: true },
    "webhook-secret": {
      takes: "SECRET",
      says: "whsec_… that signs; twice: both sign (default: a fresh one, printed)",
      multiple: true,
    },
    "webhook-events": { takes: "LIST", says: "only these events, with commas between (default all)" },
    "webhook-tags": { takes: "map|array", says: "form of tags in payloads (default map, as Resend's)" },
    "webhook-retry-gaps": {
      takes: "LIST",
      says: "seconds before each retry (default Resend's: 0,5,300,1800,7200,18000,36000,36000)",
    },
    "webhook-duplicates": { takes: "0..1", says: "share that is delivered once more under the same svix-id" },
    "webhook-reorder": { takes: "0..1", says: "share that is held back and overtaken" },
    "webhook-max-delay-ms": { takes: "N", says: "longest that one is held back or its duplicate follows (default 5000)" },
  },
  "Faults and judges": {
    faults: { takes: "JSON", says: 'faults in force from the start, such as \'[{"kind":"drop_after","probability":0.02}]\'' },
    admin: { takes: null, says: "serve /admin: faults, seed, ledger, totals" },
    "admin-token": { takes: "TOKEN", says: "serve /admin, to those with this bearer token" },
  },
} as const satisfies Record<string, Record<string, Flag>>;

/** All flags in the form that `util.parseArgs` takes. */
export function parseArgsOptions() {
  const flags: readonly (readonly [string, Flag])[] = Object.values(flagSections).flatMap((section) => Object.entries(section));
  return Object.fromEntries(
    flags.map(([name, { takes, multiple, default: otherwise }]) => [
      name,
      {
        type: takes === null ? ("boolean" as const) : ("string" as const),
        ...(multiple && { multiple }),
        ...(otherwise !== undefined && { default: otherwise }),
        ...(name === "help" && { short: "h" }),
      },
    ]),
  );
}

/** The text of `--help`. */
export function helpText(): string {
  const sections = Object.entries(flagSections).map(([title, section]) => {
    const lines = Object.entries(section).map(
      ([name, { takes, says }]: [string, Flag]) => `  ${`--${name} ${takes ?? ""}`.padEnd(28)}${says}`,
    );
    return `${title}\n${lines.join("\n")}\n`;
  });
  return `Resend simulator: Resend's HTTP API on this machine, with a mailbox to read what was sent.

Usage: npx tsx packages/resend-simulator/src/main.ts [options]

${sections.join("\n")}`;
}
