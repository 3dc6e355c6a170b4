import { html } from "hono/html";
import type { AcceptedEmail } from "../ledger.ts";
import { addressesIn } from "../wire-email.ts";
import { personIn, recipientsOf } from "./letter-summary.ts";
import { letterTimeline } from "./letter-timeline.ts";
import { templateName } from "./list-page.ts";
import { page as document, queryOf, timeMarkup, type Markup } from "./page.ts";

export const letterViews = ["html", "text", "headers", "json"] as const;
export type LetterView = (typeof letterViews)[number];

const viewNames: Readonly<Record<LetterView, string>> = { html: "HTML", text: "Text", headers: "Headers", json: "JSON" };

export interface LetterPageFacts {
  readonly path: string;
  readonly email: AcceptedEmail;
  readonly view: LetterView;
  readonly search: string;
  readonly newer: AcceptedEmail | undefined;
  readonly older: AcceptedEmail | undefined;
  readonly now: number;
}

/** One letter, as a person reads it. */
export function letterPage(facts: LetterPageFacts): Markup {
  const { path, email, view, search, newer, older, now } = facts;
  const { wire } = email;
  const subject = wire.subject ?? templateName(email);
  const to = recipientsOf(wire).first;
  const neighbour = (label: string, name: string, letter: AcceptedEmail | undefined) =>
    letter
      ? html`<a class="quiet" href="${path}/${letter.id}${queryOf({ q: search, view })}" aria-label="${name}">${label}</a>`
      : html`<span class="quiet off" aria-hidden="true">${label}</span>`;
  return document(
    `${subject} – Mailbox`,
    "letter",
    html`<header class="bar">
<a class="quiet" href="${path}${queryOf({ q: search })}">← Mailbox</a>
<span class="space"></span>
${neighbour("↑", "Newer letter", newer)}${neighbour("↓", "Older letter", older)}
</header>
<main id="content" tabindex="-1">
<div class="envelope">
<span class="face c${to.colour}" aria-hidden="true">${to.initial}</span>
<div>
<h1><bdi>${subject}</bdi></h1>
<dl>
${people(path, "To", wire.to)}${people(path, "Cc", wire.cc)}${people(path, "Bcc", wire.bcc)}
${wire.from ? people(null, "From", wire.from) : ""}
<div><dt>At</dt><dd>${timeMarkup(email.acceptedAt, "full")}</dd></div>
${letterTimeline(email, now)}
${wire.scheduled_at ? html`<div><dt>Scheduled</dt><dd>${wire.scheduled_at}</dd></div>` : ""}
${wire.attachments?.length ? html`<div><dt>Attached</dt><dd>${wire.attachments.map((file) => file.filename ?? file.path ?? "unnamed").join(", ")}</dd></div>` : ""}
</dl>
</div>
</div>
<nav class="tabs" aria-label="Views of this letter">${letterViews.map(
      (name) =>
        html`<a href="${path}/${email.id}${queryOf({ q: search, view: name })}" ${name === view ? html`aria-current="page"` : ""}>${viewNames[name]}</a>`,
    )}${view === "html" && wire.html ? html`<label class="narrow"><input type="checkbox" id="narrow"> Phone width</label>` : ""}</nav>
<section class="view" aria-label="${viewNames[view]}">${viewMarkup(path, email, view)}</section>
</main>`,
  );
}

/** For a letter that was never there, was forgotten to stay within memory, or was emptied away. */
export function missingLetterPage(path: string): Markup {
  return document(
    "Letter not found – Mailbox",
    "letter",
    html`<header class="bar"><a class="quiet" href="${path}">← Mailbox</a></header>
<main id="content" tabindex="-1"><div class="empty"><h2>This letter is not here</h2><p>The mailbox keeps the newest letters; this one was emptied away, has made room, or never existed.</p></div></main>`,
  );
}

function people(path: string | null, label: string, field: Parameters<typeof addressesIn>[0]): Markup {
  const list = addressesIn(field).map(personIn);
  if (list.length === 0) return html``;
  const shown = list.map(({ label: name, address }) => {
    const full = html`<bdi>${name === address ? address : html`${name} <span class="address">${address}</span>`}</bdi>`;
    return path === null ? full : html`<a href="${path}${queryOf({ q: address })}" title="All letters to ${address}">${full}</a>`;
  });
  return html`<div><dt>${label}</dt><dd>${shown.map((person, index) => html`${index ? ", " : ""}${person}`)}</dd></div>`;
}

function viewMarkup(path: string, email: AcceptedEmail, view: LetterView): Markup {
  const { wire } = email;
  if (view === "json") return html`<pre tabindex="0">${JSON.stringify(wire, shortened, 2)}</pre>`;
  if (view === "headers") return headersTable(email);
  if (view === "html" && wire.html) {
    return html`<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer" src="${path}/${email.id}/html" title="The letter as its reader sees it"></iframe>`;
  }
  if (view === "text" && wire.text) return html`<pre class="text" dir="auto" tabindex="0">${wire.text}</pre>`;
  if (wire.template)
    return html`<p class="note">Made from template ${wire.template.id}, which only Resend knows. The JSON shows its variables.</p>`;
  return html`<p class="note">${view === "html" ? "This letter has no HTML version." : wire.text === "" ? "This letter was sent without a text version." : "No text version was sent; Resend would make one from the HTML."}</p>`;
}

// A megabyte of base64 is nothing to read.
function shortened(key: string, value: unknown): unknown {
  return key === "content" && typeof value === "string" && value.length > 200
    ? `${value.slice(0, 200)}… (${value.length} characters)`
    : value;
}

function headersTable(email: AcceptedEmail): Markup {
  const { wire } = email;
  const line = (name: string, value: string) => html`<tr><th scope="row">${name}</th><td><bdi>${value}</bdi></td></tr>`;
  const field = (name: string, value: Parameters<typeof addressesIn>[0]) =>
    addressesIn(value).length ? line(name, addressesIn(value).join(", ")) : "";
  const tags = wire.tags ?? [];
  return html`<table>
<caption>Header fields</caption>
${field("From", wire.from)}${field("To", wire.to)}${field("Cc", wire.cc)}${field("Bcc", wire.bcc)}${field("Reply-To", wire.reply_to)}${line("Subject", wire.subject ?? "")}
${Object.entries(wire.headers ?? {}).map(([name, value]) => line(name, value))}
</table>
${tags.length ? html`<table><caption>Tags</caption>${tags.map(({ name, value }) => line(name, value))}</table>` : ""}
<table><caption>Request</caption>
${line("E-mail id", email.id)}${line("Idempotency-Key", email.idempotencyKey ?? "none")}${line("Sent as", email.batch ? `number ${email.batch.index + 1} of a batch of ${email.batch.size}` : "a single e-mail")}
</table>`;
}
