// Renders and sends one claimed dispatch; answers …/health.
import { createResendProvider } from "@chat-notifications/core/resend-provider.ts";
import { createSendChatNotifications } from "@chat-notifications/core/send-chat-notifications.ts";
import { createUnsubscribeLinks } from "@chat-notifications/core/unsubscribe-links.ts";
import { createAppLinks } from "@chat-notifications/emails/letter-links.ts";
import { createLetterRenderer } from "@chat-notifications/emails/render-letter.ts";
import { countStrangers } from "../_shared/count-strangers.ts";
import { createHealth } from "../_shared/health.ts";
import { openDatabase } from "../_shared/open-database.ts";
import { log, serve } from "../_shared/serve.ts";

export default serve(["deploymentUrl", "database", "secretKeys", "resend", "unsubscribeKeys"], (settings) =>
  countStrangers("send-chat-notifications", settings, createSendChatNotifications({
    database: openDatabase(settings),
    provider: createResendProvider({ ...settings.resend, fetch }),
    createRenderer: (facts) => createLetterRenderer(facts, createAppLinks(facts.urls, createUnsubscribeLinks(facts, settings.unsubscribeKeys))),
    random: Math.random,
    secretKeys: settings.secretKeys,
    health: createHealth(settings),
    log,
  })),
);
