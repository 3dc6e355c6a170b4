// The worker's processor (apps/worker/src/start-processor.ts), with its steps reported to the killer.
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { createResendProvider } from "@chat-notifications/core/resend-provider.ts";
import { createUnsubscribeLinks } from "@chat-notifications/core/unsubscribe-links.ts";
import { runProcessor } from "@chat-notifications/core/run-processor.ts";
import { createAppLinks } from "@chat-notifications/emails/letter-links.ts";
import { createLetterRenderer } from "@chat-notifications/emails/render-letter.ts";
import { parseWorkerConfig } from "../../apps/worker/src/config.ts";
import { openNotifierDatabase } from "../../apps/worker/src/notifier-database.ts";
import { awaitStart } from "./await-start.ts";
import { reportSteps } from "./report-steps.ts";
import { createSteppedDelivery } from "./stepped-delivery.ts";

const parsed = parseWorkerConfig(process.env);
if (!parsed.ok) throw new Error(parsed.message);
const { databaseUrl, deploymentUrl, resendApiKey, resendBaseUrl, unsubscribeKeys, batchSize } = parsed.config;
const dwellMs = Number(process.env["CHAOS_DWELL_MS"] ?? 8);
const freshKeys = process.env["CHAOS_FRESH_KEYS"] === "1";
await awaitStart();

const stepped = createSteppedDelivery({
  database: openNotifierDatabase(databaseUrl, deploymentUrl, unsubscribeKeys.signingId).database,
  provider: createResendProvider({ apiKey: resendApiKey, baseUrl: resendBaseUrl, fetch: globalThis.fetch, timeoutMs: 2_500 }),
  report: reportSteps(),
  dwell: async () => void (await wait(Math.random() * dwellMs)),
  keyOf: freshKeys ? () => randomUUID() : (dispatchId) => dispatchId,
});
runProcessor(
  {
    ...stepped,
    createRenderer: (facts) => createLetterRenderer(facts, createAppLinks(facts.urls, createUnsubscribeLinks(facts, unsubscribeKeys))),
    // Drawn from the lowest hundredth: retries come after tenths of a second rather than after half a minute.
    random: () => Math.random() / 100,
    now: () => performance.now(),
    sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => {}),
    log: (level, event, fields) => console.error(JSON.stringify({ level, event, ...fields })),
  },
  // Longer than a worker stands still (25 s), or it would wake to its own alarm; shorter than what the judge calls silent (30 s).
  { batchSize, pollMs: 500, hangMs: 27_000 },
);
