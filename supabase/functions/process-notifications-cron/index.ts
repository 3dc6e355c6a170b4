// The schedule's tick: settles, claims, and calls send-chat-notifications for each dispatch.
import { processNotificationsCron } from "@chat-notifications/core/process-notifications-cron.ts";
import { createResendProvider } from "@chat-notifications/core/resend-provider.ts";
import { countStrangers } from "../_shared/count-strangers.ts";
import { openDatabase } from "../_shared/open-database.ts";
import { log, serve } from "../_shared/serve.ts";
import { createWatch } from "../_shared/watch.ts";

export default serve(["deploymentUrl", "database", "secretKeys", "resend", "unsubscribeKeys", "alerting"], (settings) => {
  const provider = createResendProvider({ ...settings.resend, fetch });
  const deps = {
    ...settings,
    database: openDatabase(settings),
    provider,
    watch: createWatch(settings, provider),
    fetch,
    now: () => performance.now(),
    sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
    log,
  };
  return countStrangers("process-notifications-cron", settings, (request) => processNotificationsCron(request, deps));
});
