import { createAlertWebhook } from "@chat-notifications/core/alert-webhook.ts";
import type { EdgeSettings } from "@chat-notifications/core/edge-settings.ts";
import { keepWatch } from "@chat-notifications/core/keep-watch.ts";
import { createPostgresOperations } from "@chat-notifications/core/operations-database.ts";
import type { Provider } from "@chat-notifications/core/provider.ts";
import { createReportAlive } from "@chat-notifications/core/report-alive.ts";
import { SCHEMA_VERSION } from "@chat-notifications/core/schema-version.ts";
import { connect } from "./open-database.ts";
import { log } from "./serve.ts";

/** The schedule's turn of watching, at the end of a tick. */
export function createWatch(settings: Pick<EdgeSettings, "database" | "deploymentUrl" | "alerting">, provider: Provider): () => Promise<void> {
  const { alerting: { webhook, heartbeatUrl } } = settings;
  const deps = {
    operations: createPostgresOperations(connect(settings), settings),
    processor: { id: "schedule", kind: "schedule" as const, version: `schema ${SCHEMA_VERSION}` },
    provider,
    post: webhook && createAlertWebhook({ ...webhook, fetch, now: () => new Date() }),
    reportAlive: heartbeatUrl === null ? null : createReportAlive(heartbeatUrl, fetch),
    log,
  };
  return () => keepWatch(deps);
}
