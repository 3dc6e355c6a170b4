import { html } from "hono/html";
import type { AcceptedEmail, LedgerTotals } from "../ledger.ts";
import type { EmailPage } from "../page-of-emails.ts";
import { previewOf, recipientsOf } from "./letter-summary.ts";
import { page as document, queryOf, timeMarkup, type Markup } from "./page.ts";

export interface ListPageFacts {
  readonly path: string;
  readonly page: EmailPage;
  readonly search: string;
  readonly totals: LedgerTotals;
  /** How many letters can still be read. */
  readonly kept: number;
  readonly etag: string;
}

/** The list of letters, newest first. */
export function listPage(facts: ListPageFacts): Markup {
  const { path, page, search, kept } = facts;
  return document(
    kept ? `Mailbox (${kept.toLocaleString("en")})` : "Mailbox",
    "list",
    html`<header class="bar">
<h1><a href="${path}">Mailbox</a></h1>
<form class="search" role="search" action="${path}">
<input type="search" name="q" value="${search}" placeholder="Search recipients and subjects" aria-label="Search recipients and subjects" autocomplete="off" spellcheck="false">
</form>
<span data-part="empty"><button class="quiet" type="button" popovertarget="empty" ${kept ? "" : "disabled"}>Empty</button></span>
<div id="empty" class="dialog" popover role="dialog" aria-labelledby="empty-title">
<h2 id="empty-title">Empty the mailbox?</h2>
<p>All letters are removed here. What your application remembers about them stays.</p>
<form method="post" action="${path}/empty"><button class="quiet" type="button" popovertarget="empty" popovertargetaction="hide">Cancel</button><button class="danger">Empty the mailbox</button></form>
</div>
</header>
<main id="content" tabindex="-1" data-refresh data-etag="${facts.etag}">
<p class="count" data-part="count" role="status">${countLine(facts)}</p>
<div data-part="list">${page.emails.length ? rows(facts) : emptyList(facts)}</div>
<nav class="pages" aria-label="Pages" data-part="pages">${pageLinks(path, page, search)}</nav>
</main>
<footer>Nothing here leaves this machine: these letters were accepted by the Resend simulator instead of being sent.</footer>`,
  );
}

function countLine({ search, kept, totals }: ListPageFacts): Markup {
  const number = (value: number) => value.toLocaleString("en");
  if (search) return html`Letters matching “<bdi>${search}</bdi>”`;
  if (kept === 0) return html``;
  const letters = kept === 1 ? "1 letter" : `${number(kept)} letters`;
  return html`${kept === totals.emails ? letters : `${letters} kept of ${number(totals.emails)} accepted`}`;
}

function rows({ path, page, search }: ListPageFacts): Markup {
  return html`<ol class="letters">${page.emails.map((email) => row(path, email, search))}</ol>`;
}

function row(path: string, email: AcceptedEmail, search: string): Markup {
  const { wire } = email;
  const { first, more } = recipientsOf(wire);
  return html`<li data-letter="${email.id}"><a href="${path}/${email.id}${queryOf({ q: search })}">
<span class="face c${first.colour}" aria-hidden="true">${first.initial}</span>
<span class="who"><bdi>${first.label}</bdi>${more ? html` <span class="more">+${more}</span>` : ""}</span>
<span class="what"><span class="subject"><bdi>${wire.subject ?? templateName(email)}</bdi></span> <span class="preview"><bdi>${previewOf(wire)}</bdi></span></span>
<span class="when">${timeMarkup(email.acceptedAt, "short")}</span>
</a></li>`;
}

/** What stands in for the subject of a letter made from a template. */
export function templateName({ wire }: AcceptedEmail): string {
  return wire.template ? `Template ${wire.template.id}` : "(no subject)";
}

function emptyList({ path, search, totals }: ListPageFacts): Markup {
  if (search) {
    return html`<div class="empty"><h2>Nothing found</h2><p>No letter has these words in its recipients or subject.</p><p><a class="button" href="${path}">Show all letters</a></p></div>`;
  }
  if (totals.emails) {
    return html`<div class="empty"><h2>The mailbox is empty</h2><p>New letters appear here by themselves.</p></div>`;
  }
  return html`<div class="empty"><svg viewBox="0 0 48 48" width="56" height="56" aria-hidden="true"><path d="M6 13h36v24H6zM6 14l18 14 18-14" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round"/></svg>
<h2>No letters yet</h2><p>Every e-mail your application sends through the Resend API at this address appears here by itself, and goes nowhere else.</p></div>`;
}

function pageLinks(path: string, { emails, hasNewer, hasOlder }: EmailPage, search: string): Markup {
  const newer = queryOf({ q: search, before: emails[0]?.id });
  const older = queryOf({ q: search, after: emails.at(-1)?.id });
  return html`${hasNewer ? html`<a class="button" rel="prev" href="${path}${newer}">← Newer</a>` : ""}<span></span>${hasOlder ? html`<a class="button" rel="next" href="${path}${older}">Older →</a>` : ""}`;
}
