import { setTimeout as wait } from "node:timers/promises";
import { countRefusals } from "@chat-notifications/core/count-refusals.ts";
import type { Database } from "@chat-notifications/core/database.ts";
import type { Log } from "@chat-notifications/core/deliver-dispatch.ts";
import { health } from "@chat-notifications/core/health.ts";
import { keepWatch } from "@chat-notifications/core/keep-watch.ts";
import type { Operations } from "@chat-notifications/core/operations-database.ts";
import { processNotificationsCron } from "@chat-notifications/core/process-notifications-cron.ts";
import { receiveWebhook } from "@chat-notifications/core/receive-webhook.ts";
import { createResendProvider, type ResendOptions } from "@chat-notifications/core/resend-provider.ts";
import { SCHEMA_VERSION } from "@chat-notifications/core/schema-version.ts";
import { createSendChatNotifications } from "@chat-notifications/core/send-chat-notifications.ts";
import { hasServiceKey } from "@chat-notifications/core/service-key.ts";
import { unsubscribe } from "@chat-notifications/core/unsubscribe.ts";
import type { UnsubscribeDatabase } from "@chat-notifications/core/unsubscribe-database.ts";
import type { UnsubscribeKeys } from "@chat-notifications/core/unsubscribe-keys.ts";
import { createUnsubscribeLinks } from "@chat-notifications/core/unsubscribe-links.ts";
import { createAppLinks } from "@chat-notifications/emails/letter-links.ts";
import { createLetterRenderer } from "@chat-notifications/emails/render-letter.ts";
import { forwardRequest } from "./forward-request.ts";

const NAMES = ["process-notifications-cron", "send-chat-notifications", "resend-webhook", "unsubscribe"];

/** The edge functions of this process by name: the same handlers that Supabase runs in Deno. */
export type EdgeFunctions = Record<string, (request: Request) => Promise<Response>>;

export interface EdgeFunctionDeps {
  database: Database;
  unsubscribing: UnsubscribeDatabase;
  operations: Operations;
  deploymentUrl: string;
  /** `sb_secret_…`: who shows it may tick and send, and sees reasons and details of health. */
  secretKeys: string[];
  /** Where mail goes. */
  mail: ResendOptions;
  webhookSecrets: string[];
  unsubscribeKeys: UnsubscribeKeys;
  log: Log;
}

export function createEdgeFunctions(deps: EdgeFunctionDeps): EdgeFunctions {
  const { database, unsubscribing, operations, secretKeys, webhookSecrets, unsubscribeKeys, log } = deps;
  const provider = createResendProvider(deps.mail);
  const now = () => performance.now();
  const sleep = (ms: number, signal?: AbortSignal) => wait(ms, undefined, { signal }).catch(() => {});
  const processor = { id: "schedule", kind: "schedule" as const, version: `schema ${SCHEMA_VERSION}` };
  const healthDeps = { operations, isTrusted: (request: Request) => hasServiceKey(request, secretKeys), now, sleep };
  const functions: EdgeFunctions = {
    "process-notifications-cron": (request) =>
      processNotificationsCron(request, {
        ...deps, provider, fetch, now, sleep,
        watch: () => keepWatch({ operations, processor, provider, post: null, reportAlive: null, log }),
      }),
    "send-chat-notifications": createSendChatNotifications({
      ...deps,
      provider,
      createRenderer: (facts) => createLetterRenderer(facts, createAppLinks(facts.urls, createUnsubscribeLinks(facts, unsubscribeKeys))),
      random: Math.random,
      health: (request) => health(request, healthDeps),
    }),
    "resend-webhook": (request) => receiveWebhook(request, { database, secrets: webhookSecrets, log }),
    unsubscribe: (request) => unsubscribe(request, { database: unsubscribing, keys: unsubscribeKeys, log }),
  };
  return Object.fromEntries(Object.entries(functions).map(([name, handler]) => [name, countRefusals(name, handler, operations.noteRefusals, now)]));
}

/** Functions that run elsewhere, such as in Deno, under `/functions/v1/…` there. */
export function forwardEdgeFunctions(baseUrl: string): EdgeFunctions {
  const forward = (request: Request) => {
    const { pathname, search } = new URL(request.url);
    return forwardRequest(request, `${baseUrl}${pathname}${search}`);
  };
  return Object.fromEntries(NAMES.map((name) => [name, forward]));
}
