import { readFile } from "node:fs/promises";
import path from "node:path";
import { withLogin } from "../../apps/local/src/login-roles.ts";
import type { StackAddress } from "../../apps/local/src/replay/find-stack.ts";
import type { Secrets } from "../../apps/local/src/secrets.ts";
import { EDGE_FUNCTIONS } from "../../scripts/edge-functions.ts";
import { openEdgeGateway } from "../../supabase/tests/edge-runtime/edge-gateway.ts";
import { startTicking } from "./start-ticking.ts";

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
  let stopTicking = async () => {};

  const kill = async () => {
    await stopTicking();
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
      // Thirty times as fast as pg_cron.
      stopTicking = startTicking(address.supabaseUrl, secrets.secretKey, 1_000);
    },
    async stop() {
      await kill();
      await gateway.stop();
    },
  };
}
