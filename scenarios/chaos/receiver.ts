// Receives Resend's webhooks as the edge function does, with its step reported to the killer.
import { setTimeout as wait } from "node:timers/promises";
import { receiveWebhook } from "@chat-notifications/core/receive-webhook.ts";
import { listen } from "../../apps/local/src/http-server.ts";
import { openNotifierDatabase } from "../../apps/worker/src/notifier-database.ts";
import { awaitStart } from "./await-start.ts";
import { reportSteps } from "./report-steps.ts";

const { DATABASE_URL = "", SUPABASE_URL = "", WEBHOOK_SECRET = "", PORT = "0", CHAOS_DWELL_MS = "8" } = process.env;
const dwell = () => wait(Math.random() * Number(CHAOS_DWELL_MS));
await awaitStart();

const report = reportSteps();
const { database } = openNotifierDatabase(DATABASE_URL, SUPABASE_URL);
const server = await listen(Number(PORT), "127.0.0.1");
server.serve((request) =>
  receiveWebhook(request, {
    database: {
      async receiveWebhookEvent(event) {
        const over = report.begin("webhook");
        try {
          await dwell();
          const result = await database.receiveWebhookEvent(event);
          await dwell();
          return result;
        } finally {
          over();
        }
      },
    },
    secrets: [WEBHOOK_SECRET],
    log: (level, event, fields) => console.error(JSON.stringify({ level, event, ...fields })),
  }),
);
