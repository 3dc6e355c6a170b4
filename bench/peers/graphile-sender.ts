// A process of the peer: graphile-worker, react-email and the Resend SDK, each as its documentation suggests.
import { run } from "graphile-worker";
import { createElement } from "react";
import { render } from "react-email";
import { Resend } from "resend";
import ConversationLetter from "../../packages/emails/templates/conversation-letter.tsx";
import { conversationPreview } from "../../packages/emails/templates/preview-props.ts";

const resend = new Resend("re_bench");

const runner = await run({
  connectionString: process.env["DATABASE_URL"]!,
  concurrency: 4,
  noHandleSignals: true,
  taskList: {
    async send(payload) {
      const emails = await Promise.all((payload as string[]).map(async (to) => ({
        from: "Event Chat <chat@example.com>",
        to,
        subject: conversationPreview.subject,
        html: await render(createElement(ConversationLetter, conversationPreview)),
        text: conversationPreview.note ?? "",
      })));
      const { error } = await resend.batch.send(emails);
      if (error !== null) throw new Error(error.message);
    },
  },
});
process.once("SIGTERM", () => void runner.stop().then(() => process.exit(0)));
