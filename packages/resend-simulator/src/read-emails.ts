import { accepted, invalid, refused, type Answer } from "./answer.ts";
import { isUuid } from "./check-email.ts";
import { lastEventOf } from "./fate.ts";
import { iso } from "./iso-time.ts";
import type { AcceptedEmail, Ledger } from "./ledger.ts";
import { pageOfEmails } from "./page-of-emails.ts";
import { addressesIn } from "./wire-email.ts";

/** `GET /emails/:id`: 422 when it is no UUID, 404 when it is not kept. */
export function retrieveEmail(ledger: Ledger, id: string, now: number): Answer {
  if (!isUuid(id)) return refused(422, "invalid_parameter", "The `id` must be a valid UUID.");
  const email = ledger.get(id);
  if (!email) return refused(404, "not_found", "Email not found");
  const { wire } = email;
  return accepted({
    object: "email",
    ...summary(email, now),
    cc: addressesIn(wire.cc),
    bcc: addressesIn(wire.bcc),
    reply_to: addressesIn(wire.reply_to),
    html: wire.html ?? null,
    text: wire.text ?? null,
    tags: wire.tags ?? [],
  });
}

/** `GET /emails`: `limit` 1–100 (default 20), cursors `after` (older) or `before` (newer), newest first. */
export function listEmails(ledger: Ledger, query: URLSearchParams, now: number): Answer {
  const limit = query.has("limit") ? Number(query.get("limit")) : 20;
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    return invalid(
      "The pagination limit must be a number between 1 and 100. See https://resend.com/docs/pagination for more information.",
    );
  }
  const after = query.get("after");
  const before = query.get("before");
  if (after !== null && before !== null) {
    return invalid("Only one of `after` and `before` can be used. See https://resend.com/docs/pagination for more information.");
  }
  const cursor = after ?? before;
  const at = cursor === null ? undefined : ledger.get(cursor)?.sequence;
  if (cursor !== null && at === undefined) {
    return invalid(
      "The pagination cursor is not the ID of an email. See https://resend.com/docs/pagination for more information.",
    );
  }
  const page = pageOfEmails(ledger, { limit, ...(at !== undefined && (before === null ? { after: at } : { before: at })) });
  return accepted({
    object: "list",
    has_more: before === null ? page.hasOlder : page.hasNewer,
    data: page.emails.map((email) => summary(email, now)),
  });
}

/** Resend sends through Amazon SES, which makes the Message-ID; senders cannot choose it. */
export function messageIdOf(id: string): string {
  return `<${id}@email.amazonses.com>`;
}

function summary(email: AcceptedEmail, now: number) {
  const { id, acceptedAt, wire } = email;
  const list = (field: Parameters<typeof addressesIn>[0]) => (addressesIn(field).length ? addressesIn(field) : null);
  return {
    id,
    message_id: messageIdOf(id),
    to: addressesIn(wire.to),
    from: wire.from ?? "",
    created_at: iso(acceptedAt),
    subject: wire.subject ?? "",
    cc: list(wire.cc),
    bcc: list(wire.bcc),
    reply_to: list(wire.reply_to),
    last_event: lastEventOf(email, now),
    scheduled_at: wire.scheduled_at ?? null,
    topic_id: wire.topic_id ?? null,
  };
}
