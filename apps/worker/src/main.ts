import { openNotifierDatabase } from "./notifier-database.ts";
import { parseWorkerConfig } from "./config.ts";
import { startProcessor } from "./start-processor.ts";

const parsed = parseWorkerConfig(process.env);
if (!parsed.ok) {
  console.error(parsed.message);
  process.exit(1);
}
const { databaseUrl, deploymentUrl, resendApiKey, resendBaseUrl, unsubscribeKeys, batchSize } = parsed.config;
const notifier = openNotifierDatabase(databaseUrl, deploymentUrl, unsubscribeKeys.signingId);
const processor = startProcessor({
  database: notifier.database,
  mail: { apiKey: resendApiKey, baseUrl: resendBaseUrl, fetch: globalThis.fetch },
  unsubscribeKeys,
  batchSize,
  log: (level, event, fields) => console.error(JSON.stringify({ level, event, at: new Date().toISOString(), ...fields })),
});

let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // The second time means now: the lease runs out and another worker sends the same letters.
    if (stopping) process.exit(1);
    stopping = true;
    void processor.stop().then(notifier.close);
  });
}
