import * as v from "valibot";
import { secureDatabaseUrl, secureWebUrl } from "./secure-address.ts";
import { UnsubscribeKeyList, type UnsubscribeKeys } from "./unsubscribe-keys.ts";

/** What edge functions read of their environment. SUPABASE_… is set by the platform, the rest are secrets. */
export interface EdgeSettings {
  /** SUPABASE_URL, for which delivery is switched on. */
  deploymentUrl: string;
  database: {
    url: string;
    /** `notifier` where the address is the platform's own, of a role that may do more than it should. */
    role: "notifier" | null;
  };
  /** Of SUPABASE_SECRET_KEYS, the default one first, and SUPABASE_SERVICE_ROLE_KEY. */
  secretKeys: string[];
  resend: { apiKey: string; baseUrl: string };
  /** One, or two while it is being rotated. */
  webhookSecrets: string[];
  /** For the links in letters; the first key signs. */
  unsubscribeKeys: UnsubscribeKeys;
  /** Both may be missing. */
  alerting: { webhook: { url: string; secret: string | null } | null; heartbeatUrl: string | null };
}

export type SettingName = keyof EdgeSettings;
export type ParsedSettings<Name extends SettingName> = { ok: true; settings: Pick<EdgeSettings, Name> } | { ok: false; message: string };

type Env = Record<string, string | undefined>;
type Read<T> = { ok: true; value: T } | { ok: false; problem: string };

const found = <T>(value: T): Read<T> => ({ ok: true, value });
const wrong = (problem: string): { ok: false; problem: string } => ({ ok: false, problem });
const ApiKeys = v.record(v.string(), v.pipe(v.string(), v.minLength(1)));

const READERS: { [Name in SettingName]: (env: Env) => Read<EdgeSettings[Name]> } = {
  deploymentUrl: (env) => webUrl(env, "SUPABASE_URL"),
  database(env) {
    const name = env.DATABASE_URL ? "DATABASE_URL" : "SUPABASE_DB_URL";
    const text = env[name];
    if (!text) return wrong("DATABASE_URL is missing");
    const address = secureDatabaseUrl(text, allowsPlaintext(env));
    if (!address.ok) return wrong(`${name} ${address.problem}`);
    return found({ url: address.url, role: name === "DATABASE_URL" ? null : "notifier" });
  },
  secretKeys(env) {
    const named = env.SUPABASE_SECRET_KEYS ? v.safeParse(ApiKeys, parseJson(env.SUPABASE_SECRET_KEYS)) : null;
    if (named?.success === false) return wrong("SUPABASE_SECRET_KEYS must be a JSON object of names and keys");
    const { default: first, ...others } = named?.output ?? {};
    const keys = [first, ...Object.values(others), env.SUPABASE_SERVICE_ROLE_KEY].filter((key) => key !== undefined && key !== "");
    return keys.length === 0 ? wrong("SUPABASE_SECRET_KEYS is missing") : found(keys as string[]);
  },
  resend(env) {
    const apiKey = env.RESEND_API_KEY;
    if (!apiKey) return wrong("RESEND_API_KEY is missing");
    if (!/^re_\S+$/.test(apiKey)) return wrong("RESEND_API_KEY must begin with re_");
    const baseUrl = webUrl({ ...env, RESEND_BASE_URL: env.RESEND_BASE_URL || "https://api.resend.com" }, "RESEND_BASE_URL");
    return baseUrl.ok ? found({ apiKey, baseUrl: baseUrl.value }) : baseUrl;
  },
  webhookSecrets(env) {
    const secrets = (env.RESEND_WEBHOOK_SECRET ?? "").split(",").map((secret) => secret.trim()).filter((secret) => secret !== "");
    if (secrets.length === 0) return wrong("RESEND_WEBHOOK_SECRET is missing");
    // The signing key is the base64 behind the prefix: anything else would refuse every webhook.
    if (!secrets.every((secret) => /^whsec_[A-Za-z0-9+/]{16,}={0,2}$/.test(secret))) return wrong("RESEND_WEBHOOK_SECRET must look like whsec_…, two of them with a comma between");
    return found(secrets);
  },
  unsubscribeKeys({ UNSUBSCRIBE_KEYS }) {
    if (!UNSUBSCRIBE_KEYS) return wrong("UNSUBSCRIBE_KEYS is missing");
    const keys = v.safeParse(UnsubscribeKeyList, UNSUBSCRIBE_KEYS);
    return keys.success ? found(keys.output) : wrong(keys.issues[0].message);
  },
  alerting(env) {
    const webhook = env.ALERT_WEBHOOK_URL ? webUrl(env, "ALERT_WEBHOOK_URL") : found(null);
    const heartbeat = env.HEARTBEAT_URL ? webUrl(env, "HEARTBEAT_URL") : found(null);
    const secret = env.ALERT_WEBHOOK_SECRET || null;
    if (!webhook.ok) return webhook;
    if (!heartbeat.ok) return heartbeat;
    if (secret !== null && !/^whsec_[A-Za-z0-9+/]{24,}={0,2}$/.test(secret)) return wrong("ALERT_WEBHOOK_SECRET must look like whsec_…");
    return found({ webhook: webhook.value === null ? null : { url: webhook.value, secret }, heartbeatUrl: heartbeat.value });
  },
};

/** Reads what one function needs. The message names every variable that is missing or wrong and repeats no value. */
export function parseEdgeSettings<Name extends SettingName>(env: Env, names: readonly Name[]): ParsedSettings<Name> {
  const settings: Partial<EdgeSettings> = {};
  const problems: string[] = [];
  for (const name of names) {
    const read = READERS[name](env);
    if (read.ok) Object.assign(settings, { [name]: read.value });
    else problems.push(read.problem);
  }
  if (problems.length > 0) return { ok: false, message: `${problems.join("; ")}.` };
  return { ok: true, settings: settings as Pick<EdgeSettings, Name> };
}

function webUrl(env: Env, name: string): Read<string> {
  if (!env[name]) return wrong(`${name} is missing`);
  const address = secureWebUrl(env[name], allowsPlaintext(env));
  return address.ok ? found(address.url) : wrong(`${name} ${address.problem}`);
}

function allowsPlaintext(env: Env): boolean {
  return env.ALLOW_PLAINTEXT === "true";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
