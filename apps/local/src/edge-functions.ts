import { setTimeout as wait } from "node:timers/promises";
import type { Database } from "@chat-notifications/core/database.ts";
import type { Log } from "@chat-notifications/core/deliver-dispatch.ts";
import { health } from "@chat-notifications/core/health.ts";
import type { Operations } from "@chat-notifications/core/operations-database.ts";
import { receiveWebhook } from "@chat-notifications/core/receive-webhook.ts";
import { hasServiceKey } from "@chat-notifications/core/service-key.ts";
import { unsubscribe } from "@chat-notifications/core/unsubscribe.ts";
import type { UnsubscribeDatabase } from "@chat-notifications/core/unsubscribe-database.ts";
import type { UnsubscribeKeys } from "@chat-notifications/core/unsubscribe-keys.ts";

/** The edge functions of this process by name: the same handlers that Supabase runs in Deno. */
export type EdgeFunctions = Record<string, (request: Request) => Promise<Response>>;

export interface EdgeFunctionDeps {
  database: Database;
  unsubscribing: UnsubscribeDatabase;
  operations: Operations;
  /** `sb_secret_…`: who shows it sees reasons and details of health. */
  secretKey: string;
  webhookSecrets: string[];
  unsubscribeKeys: UnsubscribeKeys;
  log: Log;
}

export function createEdgeFunctions(deps: EdgeFunctionDeps): EdgeFunctions {
  const { database, unsubscribing, operations, secretKey, webhookSecrets, unsubscribeKeys, log } = deps;
  const healthDeps = {
    operations,
    isTrusted: (request: Request) => hasServiceKey(request, [secretKey]),
    now: () => performance.now(),
    sleep: (ms: number, signal: AbortSignal) => wait(ms, undefined, { signal }).catch(() => {}),
  };
  return {
    // Letters leave through this process's own loop: nobody has a dispatch to send by a call.
    "send-chat-notifications": async (request) =>
      new URL(request.url).pathname.endsWith("/health")
        ? health(request, healthDeps)
        : Response.json({ message: "Here the processor sends by itself. Ask for /health." }, { status: 404 }),
    "resend-webhook": (request) => receiveWebhook(request, { database, secrets: webhookSecrets, log }),
    unsubscribe: (request) => unsubscribe(request, { database: unsubscribing, keys: unsubscribeKeys, log }),
  };
}
