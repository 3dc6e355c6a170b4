import path from "node:path";
import { parseEnv } from "node:util";

/** Where a running local stack is and the keys it takes. */
export interface StackAddress {
  supabaseUrl: string;
  anonKey: string;
  databaseUrl: string;
  /** Of the simulator, without a trailing slash. */
  resendBaseUrl: string;
  resendApiKey: string;
}

export type StackOutcome = { ok: true; stack: StackAddress } | { ok: false; message: string };

export interface FindStackDeps {
  env: Record<string, string | undefined>;
  workingDirectory: string;
  /** A file's text; undefined where there is none. */
  readFile: (file: string) => Promise<string | undefined>;
  fetch: typeof fetch;
}

/**
 * Finds the running local stack by `DATA_DIR/local.env`, or by SUPABASE_URL, SUPABASE_ANON_KEY, DATABASE_URL and
 * RESEND_BASE_URL (and RESEND_API_KEY) in the environment. Refuses one that mails through Resend itself: everybody in
 * a replay has an invented address.
 */
export async function findStack({ env, workingDirectory, readFile, fetch }: FindStackDeps): Promise<StackOutcome> {
  const file = path.resolve(workingDirectory, env.DATA_DIR?.trim() || ".data", "local.env");
  const given = env.SUPABASE_URL?.trim() ? env : parseEnv((await readFile(file)) ?? "");
  const { SUPABASE_URL, SUPABASE_ANON_KEY, DATABASE_URL, RESEND_BASE_URL, RESEND_API_KEY } = given;
  if (!SUPABASE_URL) return none(`There is no local stack at ${path.dirname(file)}`);
  if (!SUPABASE_ANON_KEY || !DATABASE_URL || !RESEND_BASE_URL) {
    return none("SUPABASE_URL is set, but SUPABASE_ANON_KEY, DATABASE_URL or RESEND_BASE_URL is not");
  }
  if (!URL.canParse(RESEND_BASE_URL) || new URL(RESEND_BASE_URL).hostname.endsWith("resend.com")) {
    return none("This stack mails through Resend, and a replay's addresses are invented");
  }
  const stack = {
    supabaseUrl: SUPABASE_URL.replace(/\/+$/, ""),
    anonKey: SUPABASE_ANON_KEY,
    databaseUrl: DATABASE_URL,
    resendBaseUrl: RESEND_BASE_URL.replace(/\/+$/, ""),
    resendApiKey: RESEND_API_KEY || "re_replay",
  };
  const answered = await fetch(`${stack.supabaseUrl}/rest/v1/events?limit=0`, { headers: { apikey: stack.anonKey } }).then(
    (response) => response.arrayBuffer().then(() => response.status < 500),
    () => false,
  );
  return answered ? { ok: true, stack } : none(`Nothing answers at ${stack.supabaseUrl}`);
}

function none(reason: string): StackOutcome {
  return { ok: false, message: `${reason}: start one with npm start (without RESEND_API_KEY), then replay again.` };
}
