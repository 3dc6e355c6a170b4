// A process of the peer: graphile-worker, react-email and the Resend SDK, each as its documentation suggests.
import { createHmac } from "node:crypto";
import { run } from "graphile-worker";
import { createElement } from "react";
import { render, toPlainText } from "react-email";
import { Resend } from "resend";
import { escapeHtml, type SafeHtml } from "../../packages/emails/src/escape-html.ts";
import { conversationPreview } from "../../packages/emails/templates/preview-props.ts";
import { Conversation } from "./conversation.tsx";

/** A job: what ten people said, and up to 100 who are told. */
export interface SendJob {
  eventId: string;
  messages: string[];
  /** Of the conversation, those not shown included. */
  count: number;
  recipients: { id: string; name: string; address: string }[];
}

const APP = "https://chat.example.com";
const resend = new Resend("re_bench");

const runner = await run({
  connectionString: process.env["DATABASE_URL"]!,
  concurrency: 4,
  noHandleSignals: true,
  taskList: {
    async send(payload) {
      const job = payload as SendJob;
      const { error } = await resend.batch.send(await Promise.all(job.recipients.map((recipient) => letterTo(recipient, job))));
      if (error !== null) throw new Error(error.message);
    },
  },
});
process.once("SIGTERM", () => void runner.stop().then(() => process.exit(0)));

async function letterTo({ id, name, address }: SendJob["recipients"][number], { eventId, messages, count }: SendJob) {
  const url = `${APP}/events/${eventId}`;
  const unsubscribeUrl = unsubscribeUrlOf(id, eventId);
  const { event } = conversationPreview;
  const view = {
    ...conversationPreview,
    subject: "Event 1: new messages",
    note: null,
    preheader: `Someone: ${messages.at(-1)}`,
    sentTo: `Sent to ${name}, ${address}.`,
    unsubscribeUrl,
    event: {
      news: {
        ...event.news, organization: "Bench Ltd", title: "Event 1", url, summary: `${count} new messages`, messages: "" as SafeHtml,
        more: `and ${count - messages.length} more messages`, why: "You get this because you take part in Event 1.",
      },
      whyUrl: `${APP}/receipts/1?event=${eventId}`,
      muteUrl: `${APP}/settings/notifications?mute=${eventId}`,
    },
  };
  const days = [{
    label: "Sunday 22 November",
    messages: messages.map((body, i) => ({ author: "Someone", time: "16:02", url: `${url}#message-${i}`, body: escapeHtml(body) as SafeHtml, edited: null, mention: null })),
  }];
  const html = await render(createElement(Conversation, { view, days }));
  const root = `<event-${eventId}@chat.example.com>`;
  return {
    from: "Event Chat <chat@example.com>",
    to: [address],
    subject: view.subject,
    html,
    text: toPlainText(html),
    headers: {
      "List-Id": `"Event 1" <${eventId}.events.chat.example.com>`,
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "All",
      "In-Reply-To": root,
      References: root,
      "List-Unsubscribe": `<${unsubscribeUrl}>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    },
    tags: [{ name: "email_id", value: id }, { name: "kind", value: "conversation" }],
  };
}

function unsubscribeUrlOf(userId: string, eventId: string): string {
  const claim = Buffer.from(JSON.stringify([userId, eventId])).toString("base64url");
  return `https://project.supabase.co/functions/v1/unsubscribe?token=${claim}.${createHmac("sha256", "bench").update(claim).digest("base64url")}`;
}
