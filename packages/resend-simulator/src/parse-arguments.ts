import { parseArgs } from "node:util";
import { parseFaults, type FaultSpec } from "./faults/parse-fault.ts";
import { BadFlag, readFlags, wholeNumber, type GivenFlags } from "./flag-values.ts";
import { parseArgsOptions } from "./flags.ts";
import type { FateOptions, ResendSimulatorOptions, WebhookOptions } from "./simulator-options.ts";
import { isWebhookSecret } from "./webhooks/sign-webhook.ts";
import { isWebUrl } from "./webhooks/webhook-api.ts";
import { webhookEvents } from "./webhooks/webhook-endpoints.ts";

export interface SimulatorArguments {
  readonly host: string;
  readonly port: number;
  /** Where the ledger is written down; null: nowhere. */
  readonly ledger: string | null;
  readonly options: ResendSimulatorOptions;
}

export type ParsedArguments =
  | { readonly kind: "run"; readonly settings: SimulatorArguments }
  | { readonly kind: "help" }
  | { readonly kind: "bad"; readonly message: string };

/** Reads the command line; `argv` without the program's name. */
export function parseArguments(argv: readonly string[]): ParsedArguments {
  let given: GivenFlags;
  try {
    given = parseArgs({ args: [...argv], options: parseArgsOptions() }).values;
  } catch (error) {
    const [firstSentence = ""] = (error instanceof Error ? error.message : String(error)).split(/\. |\n/);
    return { kind: "bad", message: `${firstSentence.replace(/\.$/, "")}.` };
  }
  if (given["help"] === true) return { kind: "help" };
  try {
    return { kind: "run", settings: settingsFrom(readFlags(given)) };
  } catch (error) {
    if (error instanceof BadFlag) return { kind: "bad", message: error.message };
    throw error;
  }
}

type Flags = ReturnType<typeof readFlags>;

function settingsFrom(flags: Flags): SimulatorArguments {
  const apiKeys = flags.texts("api-key");
  if (apiKeys.some((key) => !/^\S+$/.test(key))) throw new BadFlag("--api-key must not be empty or contain spaces.");
  const token = flags.read("admin-token", (value) => (/^\S+$/.test(value) ? value : null), "a word without spaces");
  const ledger = flags.read("ledger", (value) => value || null, "the path of a file");
  const rate = flags.read("rate", (value) => (value === "off" ? value : wholeNumber(value, 1)), 'a whole number from 1 or "off"');
  return {
    host: flags.text("host") ?? "127.0.0.1",
    port: flags.whole("port", 0, 65_535) ?? 4010,
    ledger: ledger ?? null,
    options: present({
      requestsPerSecond: rate === "off" ? null : rate,
      dailyQuota: flags.whole("daily-quota", 0),
      monthlyQuota: flags.whole("monthly-quota", 0),
      latencyMs: flags.whole("latency-ms", 0, 3_600_000),
      apiKeys: apiKeys.length > 0 ? Object.fromEntries(apiKeys.map((key) => [key, "full_access" as const])) : undefined,
      maxEmails: flags.whole("max-emails", 1),
      keepAll: flags.isOn("keep-all") || undefined,
      keepContentOf: flags.whole("keep-content-of", 0),
      seed: flags.text("seed"),
      fate: fateFrom(flags),
      webhooks: webhooksFrom(flags),
      faults: faultsFrom(flags),
      admin: token === undefined ? flags.isOn("admin") || undefined : { token },
    }),
  };
}

function fateFrom(flags: Flags): FateOptions | undefined {
  const rates = present({
    bounceRate: flags.share("bounce-rate"),
    softBounceRate: flags.share("soft-bounce-rate"),
    complaintRate: flags.share("complaint-rate"),
    delayRate: flags.share("delay-rate"),
    failRate: flags.share("fail-rate"),
  });
  if (Object.values(rates).reduce((sum, rate) => sum + rate, 0) > 1)
    throw new BadFlag("The rates of fates must be at most 1 together.");
  return unlessEmpty({
    ...rates,
    ...present({ deliverAfterMs: flags.whole("deliver-after-ms", 0, 86_400_000), testDomain: flags.text("test-domain") }),
  });
}

function webhooksFrom(flags: Flags): WebhookOptions | undefined {
  const [urls, secrets, events] = [flags.texts("webhook-url"), flags.texts("webhook-secret"), flags.items("webhook-events")];
  const badUrl = urls.find((url) => !isWebUrl(url));
  if (badUrl !== undefined) throw new BadFlag(`--webhook-url must be an http or https URL, not "${badUrl}".`);
  if (secrets.some((secret) => !isWebhookSecret(secret)))
    throw new BadFlag("--webhook-secret must be whsec_ followed by base64.");
  const stranger = events?.find((event) => !webhookEvents.some((known) => known === event));
  if (stranger !== undefined) throw new BadFlag(`--webhook-events must be of ${webhookEvents.join(", ")}, not "${stranger}".`);
  const endpoints = urls.map((url) => ({ url, secrets, events: events ?? null }));
  return unlessEmpty(
    present({
      endpoints: endpoints.length > 0 ? endpoints : undefined,
      tags: flags.read("webhook-tags", (value) => (value === "map" || value === "array" ? value : null), '"map" or "array"'),
      retryGapsMs: flags.read("webhook-retry-gaps", secondsList, "whole seconds with commas between"),
      duplicateRate: flags.share("webhook-duplicates"),
      reorderRate: flags.share("webhook-reorder"),
      maxDelayMs: flags.whole("webhook-max-delay-ms", 0, 86_400_000),
    }),
  );
}

function faultsFrom(flags: Flags): readonly FaultSpec[] | undefined {
  const value = flags.read("faults", parsedJson, "JSON");
  if (value === undefined) return undefined;
  const parsed = parseFaults(value.json);
  if (!parsed.ok) throw new BadFlag(`--faults: ${parsed.message}`);
  return parsed.faults;
}

function parsedJson(text: string): { json: unknown } | null {
  try {
    return { json: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}

function secondsList(text: string): readonly number[] | null {
  const seconds = text.split(",").map((item) => wholeNumber(item.trim(), 0, 86_400));
  return seconds.some((value) => value === null) ? null : seconds.map((value) => Number(value) * 1000);
}

/** The fields that were given. */
function present<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };
}

function unlessEmpty<Fields extends object>(fields: Fields): Fields | undefined {
  return Object.keys(fields).length > 0 ? fields : undefined;
}
