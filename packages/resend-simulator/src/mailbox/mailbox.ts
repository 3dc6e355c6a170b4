import { Hono, type Context } from "hono";
import type { AcceptedEmail, Ledger } from "../ledger.ts";
import { isOwnPage } from "../own-page.ts";
import { pageOfEmails } from "../page-of-emails.ts";
import { letterDocument } from "./letter-document.ts";
import { letterPage, letterViews, missingLetterPage, type LetterView } from "./letter-page.ts";
import { listPage } from "./list-page.ts";
import { pageHeaders, type Markup } from "./page.ts";
import { searchTerm } from "./search-term.ts";

const PAGE_SIZE = 50;

/**
 * The mailbox under `path`: the list (`?q=` searches recipients and subjects, `?after=`/`?before=` page),
 * one letter, its HTML in a document of its own, and emptying.
 */
export function createMailbox(ledger: Ledger, path: string, now: () => number): Hono {
  const mailbox = new Hono({ strict: false });

  mailbox.get("/", (c) => {
    const etag = `"${ledger.revision}"`;
    if (c.req.header("if-none-match") === etag) return c.body(null, 304);
    const search = searchTerm(c.req.query("q"));
    const cursor = (name: string) => ledger.get(c.req.query(name) ?? "")?.sequence;
    const after = cursor("after");
    const before = cursor("before");
    const position = before !== undefined ? { before } : after !== undefined ? { after } : {};
    let page = pageOfEmails(ledger, { limit: PAGE_SIZE, ...position }, search.matches);
    // Going back to a half-filled first page: show it full.
    if (before !== undefined && !page.hasNewer) page = pageOfEmails(ledger, { limit: PAGE_SIZE }, search.matches);
    const { first, end } = ledger.range;
    const list = listPage({ path, page, search: search.text, totals: ledger.totals, kept: end - first, etag });
    return html(c, list, { etag });
  });

  mailbox.get("/:id", (c) => {
    const email = ledger.get(c.req.param("id"));
    if (!email) return html(c, missingLetterPage(path), {}, 404);
    const search = searchTerm(c.req.query("q"));
    const [newer] = pageOfEmails(ledger, { limit: 1, before: email.sequence }, search.matches).emails;
    const [older] = pageOfEmails(ledger, { limit: 1, after: email.sequence }, search.matches).emails;
    const view = viewOf(c.req.query("view"), email);
    return html(c, letterPage({ path, email, view, search: search.text, newer, older, now: now() }));
  });

  mailbox.get("/:id/html", (c) => {
    const email = ledger.get(c.req.param("id"));
    return email?.wire.html ? letterDocument(email.wire.html) : html(c, missingLetterPage(path), {}, 404);
  });

  mailbox.delete("/", (c) => {
    if (!isOwnPage(c)) return c.text("The mailbox can only be emptied from its own page.", 403);
    ledger.forget();
    return c.body(null, 204);
  });

  // What the button can do without a script: forms only know POST.
  mailbox.post("/empty", (c) => {
    if (!isOwnPage(c)) return c.text("The mailbox can only be emptied from its own page.", 403);
    ledger.forget();
    return c.redirect(path, 303);
  });

  return mailbox;
}

function html(c: Context, page: Markup, headers: Record<string, string> = {}, status: 200 | 404 = 200) {
  return c.html(page, status, { ...pageHeaders, ...headers });
}

function viewOf(wanted: string | undefined, email: AcceptedEmail): LetterView {
  const known = letterViews.find((view) => view === wanted);
  return known ?? (email.wire.html ? "html" : "text");
}
