import { html } from "hono/html";
import { eventsUntil, type LetterEvent } from "../fate.ts";
import type { AcceptedEmail } from "../ledger.ts";
import { timeMarkup, type Markup } from "./page.ts";

const names: Readonly<Record<LetterEvent["type"], string>> = {
  "email.sent": "Sent",
  "email.delivered": "Delivered",
  "email.delivery_delayed": "Delayed",
  "email.bounced": "Bounced",
  "email.complained": "Marked as spam",
  "email.failed": "Failed",
  "email.suppressed": "Suppressed",
};

/** What has happened to a letter so far, in one line of its envelope; nothing while it waits. */
export function letterTimeline(email: AcceptedEmail, now: number): Markup {
  const events = eventsUntil(email, now);
  if (events.length === 0) return html``;
  const steps = events.map(
    (event, index) => html`${index ? html` <span class="address" aria-hidden="true">→</span> ` : ""}${step(email, event)}`,
  );
  return html`<div><dt>Status</dt><dd>${steps}</dd></div>`;
}

function step({ acceptedAt }: AcceptedEmail, event: LetterEvent): Markup {
  const at = acceptedAt + event.afterMs;
  const sameDay = new Date(at).toISOString().slice(0, 10) === new Date(acceptedAt).toISOString().slice(0, 10);
  const detail = event.bounce ? ` (${event.bounce.type}, ${event.bounce.subType})` : event.reason ? ` (${event.reason})` : "";
  return html`${names[event.type]}${detail} <span class="address">${timeMarkup(at, sameDay ? "time" : "full")}</span>`;
}
