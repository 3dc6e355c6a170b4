import { scheduledFate, type Fate, type FateChoice } from "./fate.ts";
import type { IdempotencyKeys } from "./idempotency-keys.ts";
import type { LedgerFile, RecordedRequest } from "./ledger-file.ts";
import type { AcceptedEmail, Ledger } from "./ledger.ts";
import type { LetterEvents } from "./letter-events.ts";
import type { Quota } from "./quota.ts";
import type { Suppressions } from "./suppressions.ts";
import { recipientCount } from "./wire-email.ts";

// Svix gives a message up after its last retry, about 27.6 h after the first attempt.
const STILL_TOLD_MS = 28 * 60 * 60 * 1000;

/**
 * Brings back what earlier runs wrote: letters, idempotency keys, quotas and the suppression list. Webhooks that were
 * not delivered are planned again, under the same `svix-id`; `delivered` is filled with those that were.
 */
export function restoreLedger(
  file: LedgerFile,
  parts: {
    readonly ledger: Ledger;
    readonly idempotencyKeys: IdempotencyKeys;
    readonly quota: Quota;
    readonly suppressions: Suppressions;
    readonly letterEvents: LetterEvents;
    readonly fateOf: (choice: FateChoice, place: "single" | "batch") => Fate;
    readonly delivered: Set<string>;
    readonly now: () => number;
  },
): void {
  const { ledger, idempotencyKeys, quota, suppressions, delivered } = parts;
  const causes = new Set<string>();

  function restoreRequest(request: RecordedRequest): void {
    const { endpoint, key, bodyHash, acceptedAt, size, answer } = request;
    const place = endpoint === "POST /emails" ? "single" : "batch";
    const emails = request.emails.map(({ id, index, bytes, about = null, fate: name = "delivered", bounce, wire }) => {
      const choice = { name, ...(bounce && { bounce }) };
      const fate = wire.scheduled_at ? scheduledFate : parts.fateOf(choice, place);
      const batch = place === "single" ? null : { index, size };
      return { id, acceptedAt, wire, idempotencyKey: key, batch, bytes, about, fate };
    });
    const restored = ledger.add(emails);
    quota.restore(
      restored.reduce((sum, { wire }) => sum + recipientCount(wire), 0),
      acceptedAt,
    );
    if (key === null || bodyHash === null) return;
    idempotencyKeys.restore(endpoint, key, {
      since: acceptedAt,
      bodyHash,
      answer: { status: 200, body: answer, contentType: "application/json" },
    });
  }

  function restoreEvent(email: AcceptedEmail, event: Fate["events"][number]): void {
    const past = email.fate.events.filter(({ afterMs }) => afterMs <= event.afterMs);
    email.fate = { ...email.fate, events: [...past, event] };
  }

  for (const entry of file.entries()) {
    if ("request" in entry) restoreRequest(entry.request);
    else if ("suppressed" in entry) {
      suppressions.restore(entry.suppressed);
      if (entry.suppressed.sourceId !== null) causes.add(entry.suppressed.sourceId);
    } else if ("unsuppressed" in entry) suppressions.forget(entry.unsuppressed);
    else if ("webhookDelivered" in entry) delivered.add(entry.webhookDelivered);
    else if ("happened" in entry) {
      const email = ledger.get(entry.happened.email);
      if (email) restoreEvent(email, entry.happened.event);
    } else if ("reset" in entry) {
      for (const part of [ledger, idempotencyKeys, quota, suppressions]) part.reset();
      delivered.clear();
    }
  }
  for (const email of ledger.all()) {
    if (parts.now() - email.acceptedAt < STILL_TOLD_MS) parts.letterEvents.planAgain(email, causes.has(email.id));
  }
}
