import { UnsubscribeKeyList, type UnsubscribeKeys } from "@chat-notifications/core/unsubscribe-keys.ts";
import * as v from "valibot";

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
}

const isUrl = (protocols: string[]) => (text: string) => URL.canParse(text) && protocols.includes(new URL(text).protocol);
const webUrl = (name: string) =>
  v.pipe(
    v.string(),
    v.check(isUrl(["http:", "https:"]), `${name} must be a web address`),
    v.transform((text) => text.replace(/\/+$/, "")),
  );

const Environment = v.object({
  DATABASE_URL: v.pipe(
    v.string(),
    v.check(isUrl(["postgres:", "postgresql:"]), "DATABASE_URL must look like postgresql://notifier:password@host:5432/postgres"),
  ),
  SUPABASE_URL: webUrl("SUPABASE_URL"),
  RESEND_API_KEY: v.pipe(v.string(), v.regex(/^re_\S+$/, "RESEND_API_KEY must begin with re_")),
  RESEND_BASE_URL: v.optional(webUrl("RESEND_BASE_URL"), "https://api.resend.com"),
  UNSUBSCRIBE_KEYS: UnsubscribeKeyList,
  BATCH_SIZE: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,4}$/, "BATCH_SIZE must be a whole number from 1 to 1000"), v.transform(Number), v.minValue(1), v.maxValue(1000)),
    "400",
  ),
});

/** Reads the environment once; an empty variable counts as none. The message names what is wrong and repeats no value. */
export function parseWorkerConfig(env: Record<string, string | undefined>): { ok: true; config: WorkerConfig } | { ok: false; message: string } {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ""));
  const parsed = v.safeParse(Environment, present);
  if (!parsed.success) {
    const problems = parsed.issues.map(({ path, message }) => (message.startsWith("Invalid key") ? `${String(path?.[0].key)} is missing` : message));
    return { ok: false, message: `${problems.join("; ")}.` };
  }
  const { DATABASE_URL, SUPABASE_URL, RESEND_API_KEY, RESEND_BASE_URL, UNSUBSCRIBE_KEYS, BATCH_SIZE } = parsed.output;
  return {
    ok: true,
    config: {
      databaseUrl: DATABASE_URL, deploymentUrl: SUPABASE_URL, resendApiKey: RESEND_API_KEY, resendBaseUrl: RESEND_BASE_URL,
      unsubscribeKeys: UNSUBSCRIBE_KEYS, batchSize: BATCH_SIZE,
    },
  };
}
