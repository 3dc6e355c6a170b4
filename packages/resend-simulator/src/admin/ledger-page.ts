import { accepted, invalid, type Answer } from "../answer.ts";
import { lastEventOf } from "../fate.ts";
import type { AcceptedEmail, Ledger } from "../ledger.ts";
import { addressesIn } from "../wire-email.ts";

const DEFAULT_LIMIT = 1000;
const MAX_LIMIT = 10_000;
const PAGE_BYTES = 16 * 1024 * 1024;

/**
 * `GET /admin/ledger`: what was really accepted, oldest first, after the sequence `after` (default: from the
 * beginning), at most `limit` (default 1000). `content=1` adds text, html and headers; such a page also ends at 16 MB.
 * `next` is the `after` of the next page, null at the end. `missed` counts e-mails that were asked for but are no
 * longer kept: a judge must not trust a page where it is not 0. `format=ndjson`: one e-mail a line and nothing else.
 */
export function ledgerPage(ledger: Ledger, query: URLSearchParams, now: number): Answer & { readonly missed: number } {
  const wanted = (name: string, otherwise: number) => (query.has(name) ? Number(query.get(name)) : otherwise);
  const after = wanted("after", -1);
  const limit = wanted("limit", DEFAULT_LIMIT);
  if (!Number.isSafeInteger(after) || after < -1)
    return { ...invalid("`after` must be a sequence: a whole number from -1."), missed: 0 };
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    return { ...invalid(`\`limit\` must be a whole number from 1 to ${MAX_LIMIT}.`), missed: 0 };
  }
  const content = query.get("content") === "1";
  const { first, end } = ledger.range;
  const start = Math.max(after + 1, first);
  const emails: object[] = [];
  let sequence = start;
  for (let bytes = 0; sequence < end && emails.length < limit && bytes < PAGE_BYTES; sequence += 1) {
    const email = ledger.at(sequence);
    if (!email) continue;
    emails.push(entry(email, content, now));
    if (content) bytes += email.bytes;
  }
  const missed = Math.max(0, start - (after + 1));
  if (query.get("format") === "ndjson") {
    return {
      status: 200,
      contentType: "application/x-ndjson",
      body: emails.map((email) => `${JSON.stringify(email)}\n`).join(""),
      missed,
    };
  }
  const next = sequence < end ? sequence - 1 : null;
  return { ...accepted({ totals: ledger.totals, first, end, missed, next, emails }), missed };
}

function entry(email: AcceptedEmail, content: boolean, now: number): object {
  const { sequence, id, acceptedAt, wire, idempotencyKey, batch } = email;
  return {
    sequence,
    id,
    acceptedAt: new Date(acceptedAt).toISOString(),
    idempotencyKey,
    batch,
    from: wire.from ?? null,
    to: addressesIn(wire.to),
    subject: wire.subject ?? null,
    tags: Object.fromEntries((wire.tags ?? []).map(({ name, value }) => [name, value])),
    lastEvent: lastEventOf(email, now),
    ...(content && { text: wire.text ?? null, html: wire.html ?? null, headers: wire.headers ?? {} }),
  };
}
