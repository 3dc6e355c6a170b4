// Renders and sends one claimed dispatch; answers …/health.
import { createResendProvider } from "@chat-notifications/core/resend-provider.ts";
import { createSendChatNotifications } from "@chat-notifications/core/send-chat-notifications.ts";
import { createAppLinks } from "@chat-notifications/emails/letter-links.ts";
import { createLetterRenderer } from "@chat-notifications/emails/render-letter.ts";
import { openDatabase } from "../_shared/open-database.ts";
import { log, serve } from "../_shared/serve.ts";

export default serve(["deploymentUrl", "database", "secretKeys", "resend"], (settings) =>
  createSendChatNotifications({
    database: openDatabase(settings, settings.deploymentUrl),
    provider: createResendProvider({ ...settings.resend, fetch }),
    createRenderer: (facts) => createLetterRenderer(facts, createAppLinks(facts.urls)),
    random: Math.random,
    secretKeys: settings.secretKeys,
    health: async () => Response.json({ status: "ok" }),
    log,
  }),
);
