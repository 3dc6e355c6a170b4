import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { withLogin } from "../../apps/local/src/login-roles.ts";
import type { StackAddress } from "../../apps/local/src/replay/find-stack.ts";
import type { Secrets } from "../../apps/local/src/secrets.ts";
import { EDGE_FUNCTIONS } from "../../scripts/edge-functions.ts";
import { openEdgeGateway } from "../../supabase/tests/edge-runtime/edge-gateway.ts";

export interface ScheduledFunctions {
  /** For the stack's EDGE_FUNCTIONS_URL. */
  origin: string;
  /** Starts the functions in Deno for this stack, in place of those that run, and a tick every second. */
  start(dataDir: string, address: StackAddress): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** The edge functions as the platform runs them: one Deno process each behind a gateway, called by a schedule. */
export async function openScheduledFunctions(): Promise<ScheduledFunctions> {
  const gateway = await openEdgeGateway();
  let ticking = new AbortController();
  let ticks: Promise<void> = Promise.resolve();

  // In place of pg_cron, thirty times as fast. Nobody waits for an answer and nobody repeats a tick that fails.
  const tick = async (address: StackAddress, secretKey: string, signal: AbortSignal) => {
    while (!signal.aborted) {
      const headers = { apikey: secretKey };
      fetch(`${address.supabaseUrl}/functions/v1/process-notifications-cron`, { method: "POST", headers, body: "{}" }).then((answer) => answer.body?.cancel(), () => {});
      await wait(1_000, undefined, { signal }).catch(() => {});
    }
  };
  const kill = async () => {
    ticking.abort();
    await ticks;
    await Promise.all([...gateway.functions.values()].map((running) => running.stop()));
    gateway.functions.clear();
  };
  return {
    origin: gateway.origin,
    kill,
    async start(dataDir, address) {
      await kill();
      const secrets = JSON.parse(await readFile(path.join(dataDir, "secrets.json"), "utf8")) as Secrets;
      await gateway.start(EDGE_FUNCTIONS, {
        SUPABASE_URL: address.supabaseUrl,
        DATABASE_URL: withLogin(address.databaseUrl, "notifier", secrets.notifierPassword),
        SUPABASE_SECRET_KEYS: JSON.stringify({ default: secrets.secretKey }),
        RESEND_API_KEY: secrets.simulatorKey,
        RESEND_BASE_URL: address.resendBaseUrl,
        RESEND_WEBHOOK_SECRET: secrets.webhookSecret,
        UNSUBSCRIBE_KEYS: secrets.unsubscribeKey,
      });
      ticking = new AbortController();
      ticks = tick(address, secrets.secretKey, ticking.signal);
    },
    async stop() {
      await kill();
      await gateway.stop();
    },
  };
}
