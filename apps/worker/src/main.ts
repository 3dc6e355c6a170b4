import { hostname } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { createAlertWebhook } from "@chat-notifications/core/alert-webhook.ts";
import { reportHealth } from "@chat-notifications/core/health.ts";
import { SCHEMA_VERSION } from "@chat-notifications/core/schema-version.ts";
import { checkSchema } from "./check-schema.ts";
import { parseWorkerConfig } from "./config.ts";
import { createLog } from "./create-log.ts";
import { leanFetch } from "./lean-fetch.ts";
import { createMetrics } from "./metrics.ts";
import { openNotifierDatabase } from "./notifier-database.ts";
import { createReportAlive } from "@chat-notifications/core/report-alive.ts";
import { serveStatus } from "./serve-status.ts";
import { startProcessor } from "./start-processor.ts";

const parsed = parseWorkerConfig(process.env);
if (!parsed.ok) {
  console.error(parsed.message);
  process.exit(1);
}
const { config } = parsed;
const notifier = openNotifierDatabase(config.databaseUrl, config.deploymentUrl, config.unsubscribeKeys.signingId);
const { operations } = notifier;
const metrics = createMetrics(operations);
const log = metrics.counting(createLog(config.logLevel));

const refusal = await checkSchema(operations);
if (refusal !== null) {
  console.error(refusal);
  process.exit(1);
}
const processor = startProcessor({
  database: notifier.database,
  mail: { apiKey: config.resendApiKey, baseUrl: config.resendBaseUrl, fetch: leanFetch },
  unsubscribeKeys: config.unsubscribeKeys,
  batchSize: config.batchSize,
  log,
  watch: {
    operations,
    processor: { id: `${hostname()}:${process.pid}`.slice(-100), kind: "worker", version: `schema ${SCHEMA_VERSION}` },
    post: config.alertWebhook && createAlertWebhook({ ...config.alertWebhook, fetch: globalThis.fetch, now: () => new Date() }),
    reportAlive: config.heartbeatUrl === null ? null : createReportAlive(config.heartbeatUrl, globalThis.fetch),
  },
});
const report = () =>
  reportHealth({ operations, now: () => performance.now(), sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => {}) });
const status = config.status && (await serveStatus({ ...config.status, report, metrics }));
log("info", "worker_started", { schema_version: SCHEMA_VERSION, status_port: status?.port ?? null });

let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // The second time means now: the lease runs out and another worker sends the same letters.
    if (stopping) process.exit(1);
    stopping = true;
    void processor.stop().then(() => status?.close()).then(notifier.close);
  });
}
