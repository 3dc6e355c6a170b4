import type { Database } from "@chat-notifications/core/database.ts";
import type { Log } from "@chat-notifications/core/deliver-dispatch.ts";
import { receiveWebhook } from "@chat-notifications/core/receive-webhook.ts";

/** The edge functions of this process by name: the same handlers that Supabase runs in Deno. */
export type EdgeFunctions = Record<string, (request: Request) => Promise<Response>>;

export function createEdgeFunctions({ database, webhookSecrets, log }: { database: Database; webhookSecrets: string[]; log: Log }): EdgeFunctions {
  return {
    "resend-webhook": (request) => receiveWebhook(request, { database, secrets: webhookSecrets, log }),
  };
}
