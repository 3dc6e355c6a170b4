import type { Database } from "@chat-notifications/core/database.ts";
import type { Log } from "@chat-notifications/core/deliver-dispatch.ts";
import { receiveWebhook } from "@chat-notifications/core/receive-webhook.ts";
import { unsubscribe } from "@chat-notifications/core/unsubscribe.ts";
import type { UnsubscribeDatabase } from "@chat-notifications/core/unsubscribe-database.ts";
import type { UnsubscribeKeys } from "@chat-notifications/core/unsubscribe-keys.ts";

/** The edge functions of this process by name: the same handlers that Supabase runs in Deno. */
export type EdgeFunctions = Record<string, (request: Request) => Promise<Response>>;

export interface EdgeFunctionDeps {
  database: Database;
  unsubscribing: UnsubscribeDatabase;
  webhookSecrets: string[];
  unsubscribeKeys: UnsubscribeKeys;
  log: Log;
}

export function createEdgeFunctions({ database, unsubscribing, webhookSecrets, unsubscribeKeys, log }: EdgeFunctionDeps): EdgeFunctions {
  return {
    "resend-webhook": (request) => receiveWebhook(request, { database, secrets: webhookSecrets, log }),
    unsubscribe: (request) => unsubscribe(request, { database: unsubscribing, keys: unsubscribeKeys, log }),
  };
}
