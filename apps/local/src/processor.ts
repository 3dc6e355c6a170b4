import type { Database } from "@chat-notifications/core/database.ts";
import type { Log } from "@chat-notifications/core/deliver-dispatch.ts";
import { createResendProvider } from "@chat-notifications/core/resend-provider.ts";
import { type ProcessorDeps, runProcessor } from "@chat-notifications/core/run-processor.ts";
import { createAppLinks } from "@chat-notifications/emails/letter-links.ts";
import { createLetterRenderer } from "@chat-notifications/emails/render-letter.ts";
import { setTimeout as wait } from "node:timers/promises";
import type { MailService } from "./mail-service.ts";

export interface LocalProcessorDeps {
  database: Database;
  mail: MailService;
  log: Log;
}

/** Starts the processor's loop. `stop` finishes what it holds. */
export function startProcessor({ database, mail, log }: LocalProcessorDeps): { stop(): Promise<void> } {
  const deps: ProcessorDeps = {
    database,
    provider: createResendProvider(mail),
    createRenderer: (facts) => createLetterRenderer(facts, createAppLinks(facts.urls)),
    random: Math.random,
    now: () => performance.now(),
    sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => {}),
    log,
  };
  return runProcessor(deps);
}
