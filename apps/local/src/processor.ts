import type { Log } from "@chat-notifications/core/deliver-dispatch.ts";
import { createPostgresDatabase } from "@chat-notifications/core/postgres-database.ts";
import { createResendProvider } from "@chat-notifications/core/resend-provider.ts";
import { type ProcessorDeps, runProcessor } from "@chat-notifications/core/run-processor.ts";
import { createAppLinks } from "@chat-notifications/emails/letter-links.ts";
import { createLetterRenderer } from "@chat-notifications/emails/render-letter.ts";
import { setTimeout as wait } from "node:timers/promises";
import postgres from "postgres";
import type { MailService } from "./mail-service.ts";

export interface LocalProcessorDeps {
  /** URL of the execute-only login `notifier`. */
  databaseUrl: string;
  /** SUPABASE_URL of this deployment, for which delivery is switched on. */
  deploymentUrl: string;
  mail: MailService;
  log: Log;
}

/** Starts the processor's loop on connections of its own. `stop` finishes what it holds, then closes them. */
export function startProcessor({ databaseUrl, deploymentUrl, mail, log }: LocalProcessorDeps): { stop(): Promise<void> } {
  const sql = postgres(databaseUrl, { max: 4, onnotice() {}, connection: { application_name: "chat-notifications processor" } });
  const deps: ProcessorDeps = {
    database: createPostgresDatabase(sql, { deploymentUrl }),
    provider: createResendProvider(mail),
    createRenderer: (facts) => createLetterRenderer(facts, createAppLinks(facts.urls)),
    random: Math.random,
    now: () => performance.now(),
    sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => {}),
    log,
  };
  const processor = runProcessor(deps);
  return {
    async stop() {
      await processor.stop();
      await sql.end({ timeout: 5 });
    },
  };
}
