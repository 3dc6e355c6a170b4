import { secureDatabaseUrl, secureWebUrl } from "@chat-notifications/core/secure-address.ts";
import { UnsubscribeKeyList, type UnsubscribeKeys } from "@chat-notifications/core/unsubscribe-keys.ts";
import * as v from "valibot";
import { LOG_LEVELS, type LogLevel } from "./create-log.ts";

export interface WorkerConfig {
  /** Of role `notifier`. */
  databaseUrl: string;
  /** This deployment's SUPABASE_URL, for which delivery is switched on. */
  deploymentUrl: string;
  resendApiKey: string;
  resendBaseUrl: string;
  /** For the links in letters; the first key signs. */
  unsubscribeKeys: UnsubscribeKeys;
  /** Recipients to claim in a pass. */
  batchSize: number;
  /** null: no status server. */
  status: { port: number; host: string; token: string | null } | null;
  /** Where alerts are posted; null: nowhere. */
  alertWebhook: { url: string; secret: string | null } | null;
  /** Asked for after each turn of watching; null: there is no dead-man's switch. */
  heartbeatUrl: string | null;
  logLevel: LogLevel;
}

/** An address as `secure` gives it back. */
const address = (name: string, secure: typeof secureWebUrl, allowPlaintext: boolean) =>
  v.pipe(
    v.string(),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const checked = secure(dataset.value, allowPlaintext);
      if (checked.ok) return checked.url;
      addIssue({ message: `${name} ${checked.problem}` });
      return NEVER;
    }),
  );

const wholeNumber = (name: string, least: number, most: number) => {
  const message = `${name} must be a whole number from ${least} to ${most}`;
  return v.pipe(v.string(), v.regex(/^\d{1,5}$/, message), v.transform(Number), v.minValue(least, message), v.maxValue(most, message));
};
const setting = <Schema extends v.GenericSchema>(schema: Schema, effect: string) => v.pipe(schema, v.description(effect));

/** Every setting of the worker; docs/configuration.md is generated from it. */
export function workerEnvironment(allowPlaintext: boolean) {
  const webUrl = (name: string) => address(name, secureWebUrl, allowPlaintext);
  return v.object({
    DATABASE_URL: setting(
      address("DATABASE_URL", secureDatabaseUrl, allowPlaintext),
      "The database, as role `notifier`. To another machine it is encrypted: `sslmode=require` is added where nothing is said, less is refused.",
    ),
    SUPABASE_URL: setting(webUrl("SUPABASE_URL"), "This deployment's address. Letters go only if delivery is switched on for it."),
    RESEND_API_KEY: setting(v.pipe(v.string(), v.regex(/^re_\S+$/, "RESEND_API_KEY must begin with re_")), "Sends; with full access it also confirms letters of unknown outcome."),
    RESEND_BASE_URL: setting(v.optional(webUrl("RESEND_BASE_URL"), "https://api.resend.com"), "Another server that speaks Resend's protocol."),
    UNSUBSCRIBE_KEYS: setting(UnsubscribeKeyList, "Sign the links in letters: secrets of at least 32 letters and digits, with commas between them. The first signs, all are accepted."),
    BATCH_SIZE: setting(v.optional(wholeNumber("BATCH_SIZE", 1, 1000), "400"), "Recipients to claim in a pass, 1 to 1000; every 100 are one request."),
    STATUS_PORT: setting(v.optional(wholeNumber("STATUS_PORT", 0, 65_535)), "Port of /live, /ready, /health and /metrics, 0 to 65535 (0: any free one). None: no status server."),
    STATUS_HOST: setting(v.optional(v.pipe(v.string(), v.regex(/^[\w.:-]+$/, "STATUS_HOST must be an address or a host name")), "0.0.0.0"), "Address it listens on."),
    STATUS_TOKEN: setting(v.optional(v.pipe(v.string(), v.minLength(16, "STATUS_TOKEN must have at least 16 characters"))), "Bearer token for metrics, reasons and details. None: whoever reaches the port sees them."),
    ALERT_WEBHOOK_URL: setting(v.optional(webUrl("ALERT_WEBHOOK_URL")), "Where alerts are posted, in a form Slack takes."),
    ALERT_WEBHOOK_SECRET: setting(v.optional(v.pipe(v.string(), v.regex(/^whsec_[A-Za-z0-9+/]{24,}=*$/, "ALERT_WEBHOOK_SECRET must be whsec_ and base64"))), "Signs them by Standard Webhooks."),
    HEARTBEAT_URL: setting(v.optional(webUrl("HEARTBEAT_URL")), "Asked for every 15 seconds while all is well: a dead-man's switch elsewhere notices when that stops."),
    ALLOW_PLAINTEXT: setting(v.optional(v.picklist(["true", "false"], "ALLOW_PLAINTEXT must be true or false"), "false"), "`true` allows plain http and databases without TLS on other machines: for a network that one trusts, such as the containers of one host."),
    LOG_LEVEL: setting(v.optional(v.picklist(LOG_LEVELS, `LOG_LEVEL must be one of ${LOG_LEVELS.join(", ")}`), "info"), `One of ${LOG_LEVELS.join(", ")}.`),
  });
}

/** Reads the environment once; an empty variable counts as none. The message names what is wrong and repeats no value. */
export function parseWorkerConfig(env: Record<string, string | undefined>): { ok: true; config: WorkerConfig } | { ok: false; message: string } {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ""));
  const parsed = v.safeParse(workerEnvironment(present.ALLOW_PLAINTEXT === "true"), present);
  if (!parsed.success) {
    const problems = parsed.issues.map(({ path, message }) => (message.startsWith("Invalid key") ? `${String(path?.[0].key)} is missing` : message));
    return { ok: false, message: `${problems.join("; ")}.` };
  }
  const values = parsed.output;
  return {
    ok: true,
    config: {
      databaseUrl: values.DATABASE_URL,
      deploymentUrl: values.SUPABASE_URL,
      resendApiKey: values.RESEND_API_KEY,
      resendBaseUrl: values.RESEND_BASE_URL,
      unsubscribeKeys: values.UNSUBSCRIBE_KEYS,
      batchSize: values.BATCH_SIZE,
      status: values.STATUS_PORT === undefined ? null : { port: values.STATUS_PORT, host: values.STATUS_HOST, token: values.STATUS_TOKEN ?? null },
      alertWebhook: values.ALERT_WEBHOOK_URL === undefined ? null : { url: values.ALERT_WEBHOOK_URL, secret: values.ALERT_WEBHOOK_SECRET ?? null },
      heartbeatUrl: values.HEARTBEAT_URL ?? null,
      logLevel: values.LOG_LEVEL,
    },
  };
}
