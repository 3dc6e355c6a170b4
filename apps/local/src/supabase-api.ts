import { AsyncLocalStorage } from "node:async_hooks";
import { App, type EmailDriver } from "@supabase/lite";
import { createPostgresConnection } from "@supabase/lite/postgres";
import { type PostgresRefusal, toPostgrestError } from "./postgrest-error.ts";
import { refuseOtherAudience } from "./token-audience.ts";

export interface SupabaseApiOptions {
  /** URL of the gateway's login, never the owner's. */
  url: string;
  /** Where people come back to after following a link in a sign-in mail. */
  siteUrl: string;
  jwtSecret: string;
  publishableKey: string;
  secretKey: string;
  email: EmailDriver;
}

export interface SupabaseApi {
  /** Answers `/rest/v1/*` and `/auth/v1/*` as Supabase does. */
  fetch(request: Request): Promise<Response>;
  close(): Promise<void>;
}

/** Lite hands objects on as JSON that is written already; written once more they would arrive as strings. */
const WRITTEN_JSON = {
  to: 3802,
  from: [3802],
  serialize: (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value)),
  parse: (text: string) => JSON.parse(text) as unknown,
};

/** Supabase's data API and sign-in on a plain Postgres. It reads the schema once: migrate first. */
export function createSupabaseApi(options: SupabaseApiOptions): SupabaseApi {
  const connection = createPostgresConnection({
    url: options.url,
    postgresOptions: { max: 8, onnotice() {}, connection: { application_name: "chat-notifications api" }, types: { jsonb: WRITTEN_JSON } },
  });
  // Says "roles and grants are as they should be", which they are, so that Lite does not try to grant ALL to
  // everybody. Were this to stop working, its grants would fail for want of ownership.
  Object.assign(connection, { rlsState: "active" });
  const app = new App({
    connection,
    api: { schemas: ["public"] },
    auth: {
      enabled: true,
      site_url: options.siteUrl,
      jwt_secret: options.jwtSecret,
      publishable_key: options.publishableKey,
      secret_key: options.secretKey,
      email: { enable_confirmations: false },
    },
    options: {
      drivers: { email: options.email },
      server: { disableStudio: true, disableFallback: true, admin: false },
    },
  });
  const restoreConsole = collectRefusals();
  return {
    async fetch(request) {
      const refused = refuseOtherAudience(request);
      if (refused !== undefined) return refused;
      const heard: Heard = { printed: [] };
      const response = await inApi.run(heard, async () => app.fetch(request, { peerAddress: null }));
      // Lite answers errors it does not know (our own SQLSTATEs) with 500 and without code and hint.
      if (response.status !== 500) return response;
      if (heard.refusal) return toPostgrestError(heard.refusal);
      for (const words of heard.printed) console.error(...words);
      return response;
    },
    async close() {
      restoreConsole();
      await connection.close();
    },
  };
}

interface Heard {
  refusal?: PostgresRefusal;
  printed: unknown[][];
}

const inApi = new AsyncLocalStorage<Heard>();

/**
 * Lite prints the stack of every error that it or Postgres answers a request with, and that is the only place where
 * the error can be had whole. For the terminal a refused request is no news; what broke is printed with the answer.
 */
function collectRefusals(): () => void {
  const print = console.error;
  console.error = (...words: unknown[]) => {
    const heard = inApi.getStore();
    const [first] = words;
    if (!heard) print(...words);
    else if (first instanceof Error && first.name === "PostgresError") heard.refusal = first as Error & PostgresRefusal;
    else heard.printed.push(words);
  };
  return () => {
    console.error = print;
  };
}
