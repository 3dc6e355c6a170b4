// What Resend reports of letters: delivered, bounced, complained of.
import { receiveWebhook } from "@chat-notifications/core/receive-webhook.ts";
import { countStrangers } from "../_shared/count-strangers.ts";
import { openDatabase } from "../_shared/open-database.ts";
import { log, serve } from "../_shared/serve.ts";

export default serve(["deploymentUrl", "database", "webhookSecrets"], (settings) => {
  const deps = { database: openDatabase(settings), secrets: settings.webhookSecrets, log };
  return countStrangers("resend-webhook", settings, (request) => receiveWebhook(request, deps));
});
