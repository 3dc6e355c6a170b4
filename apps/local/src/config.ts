import path from "node:path";
import { secureDatabaseUrl } from "@chat-notifications/core/secure-address.ts";
import * as v from "valibot";

export interface LocalConfig {
  /** 0 takes any free port. */
  port: number;
  /** Address to listen on; the loopback one unless asked otherwise, since the demo accounts' password is known. */
  host: string;
  /** Absolute. */
  dataDir: string;
  /** null: the embedded Postgres. */
  databaseUrl: string | null;
  /** null: the simulator. */
  resendApiKey: string | null;
  /** Another server that speaks Resend's protocol; null: the built-in simulator, or Resend itself with a key. */
  resendBaseUrl: string | null;
  /** null: the deployment's own setting, or the default of a fresh one. */
  batchWindowSeconds: number | null;
  /** Where the edge functions run, and with them all processing; null: in this process. */
  edgeFunctionsUrl: string | null;
}

export type ConfigOutcome = { ok: true; config: LocalConfig } | { ok: false; message: string };

const MAX_BATCH_WINDOW_SECONDS = 86_400;

const wholeNumber = (min: number, max: number, message: string) =>
  v.pipe(v.string(), v.trim(), v.regex(/^\d{1,9}$/, message), v.transform(Number), v.minValue(min, message), v.maxValue(max, message));

const Environment = v.object({
  PORT: v.optional(wholeNumber(0, 65_535, "PORT must be a whole number from 0 to 65535"), "3000"),
  HOST: v.optional(v.pipe(v.string(), v.regex(/^[\w.:-]+$/, "HOST must be an address or a host name")), "127.0.0.1"),
  DATA_DIR: v.optional(v.pipe(v.string(), v.regex(/\S/)), ".data"),
  DATABASE_URL: v.optional(v.pipe(v.string(), v.check(isPostgresUrl, "DATABASE_URL must look like postgresql://user:password@host:5432/database"))),
  RESEND_API_KEY: v.optional(v.pipe(v.string(), v.trim(), v.regex(/^re_\S+$/, "RESEND_API_KEY must begin with re_"))),
  RESEND_BASE_URL: v.optional(
    v.pipe(v.string(), v.trim(), v.check(isWebUrl, "RESEND_BASE_URL must look like http://localhost:4010"), v.transform(withoutTrailingSlash)),
  ),
  EDGE_FUNCTIONS_URL: v.optional(
    v.pipe(v.string(), v.trim(), v.check(isWebUrl, "EDGE_FUNCTIONS_URL must look like http://localhost:54321"), v.transform(withoutTrailingSlash)),
  ),
  ALLOW_PLAINTEXT: v.optional(v.picklist(["true", "false"], "ALLOW_PLAINTEXT must be true or false"), "false"),
  BATCH_WINDOW_SECONDS: v.optional(
    wholeNumber(0, MAX_BATCH_WINDOW_SECONDS, `BATCH_WINDOW_SECONDS must be a whole number from 0 to ${MAX_BATCH_WINDOW_SECONDS}`),
  ),
});

/**
 * Reads the environment once. An empty variable counts as none. Values are not repeated in the message: some
 * of them are secrets.
 * @param workingDirectory what a relative DATA_DIR is relative to.
 */
export function parseConfig(env: Record<string, string | undefined>, workingDirectory: string): ConfigOutcome {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ""));
  const parsed = v.safeParse(Environment, present);
  if (!parsed.success) {
    const problems = [...new Set(parsed.issues.map((issue) => issue.message))];
    return { ok: false, message: `${problems.join("; ")}: change or unset it, then start again.` };
  }
  const values = parsed.output;
  const database = values.DATABASE_URL === undefined ? null : secureDatabaseUrl(values.DATABASE_URL, values.ALLOW_PLAINTEXT === "true");
  if (database?.ok === false) return { ok: false, message: `DATABASE_URL ${database.problem}.` };
  return {
    ok: true,
    config: {
      port: values.PORT,
      host: values.HOST,
      dataDir: path.resolve(workingDirectory, values.DATA_DIR),
      databaseUrl: database?.url ?? null,
      resendApiKey: values.RESEND_API_KEY ?? null,
      resendBaseUrl: values.RESEND_BASE_URL ?? null,
      edgeFunctionsUrl: values.EDGE_FUNCTIONS_URL ?? null,
      batchWindowSeconds: values.BATCH_WINDOW_SECONDS ?? null,
    },
  };
}

function isPostgresUrl(text: string): boolean {
  return URL.canParse(text) && ["postgres:", "postgresql:"].includes(new URL(text).protocol) && new URL(text).hostname !== "";
}

function isWebUrl(text: string): boolean {
  return URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol);
}

function withoutTrailingSlash(text: string): string {
  return text.replace(/\/+$/, "");
}
