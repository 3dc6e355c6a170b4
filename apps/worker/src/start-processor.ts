import type { Database } from "@chat-notifications/core/database.ts";
import type { Log } from "@chat-notifications/core/deliver-dispatch.ts";
import { keepWatch, type WatchDeps } from "@chat-notifications/core/keep-watch.ts";
import { createResendProvider, type ResendOptions } from "@chat-notifications/core/resend-provider.ts";
import { createUnsubscribeLinks } from "@chat-notifications/core/unsubscribe-links.ts";
import type { UnsubscribeKeys } from "@chat-notifications/core/unsubscribe-keys.ts";
import { type Processor, type ProcessorDeps, runProcessor } from "@chat-notifications/core/run-processor.ts";
import { createAppLinks } from "@chat-notifications/emails/letter-links.ts";
import { createLetterRenderer } from "@chat-notifications/emails/render-letter.ts";
import { setTimeout as wait } from "node:timers/promises";

export interface StartProcessorOptions {
  database: Database;
  /** Where mail goes. */
  mail: ResendOptions;
  /** Sign and verify unsubscribe links. */
  unsubscribeKeys: UnsubscribeKeys;
  log: Log;
  /** Recipients to claim in a pass. */
  batchSize?: number;
  /** Heartbeat, numbers and alerts; without it this processor only sends. */
  watch?: Pick<WatchDeps, "operations" | "processor" | "post" | "reportAlive">;
}

/** Starts the processor's loop in a Node process. `stop` finishes what it holds. */
export function startProcessor({ database, mail, unsubscribeKeys, log, batchSize, watch }: StartProcessorOptions): Processor {
  const provider = createResendProvider(mail);
  const deps: ProcessorDeps = {
    database,
    provider,
    createRenderer: (facts) => createLetterRenderer(facts, createAppLinks(facts.urls, createUnsubscribeLinks(facts, unsubscribeKeys))),
    random: Math.random,
    now: () => performance.now(),
    sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => {}),
    log,
    ...(watch === undefined ? {} : { watch: (working: boolean) => keepWatch({ ...watch, working, provider, log }) }),
  };
  return runProcessor(deps, batchSize === undefined ? {} : { batchSize });
}
