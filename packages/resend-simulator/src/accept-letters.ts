import { accepted, type Answer } from "./answer.ts";
import type { SendEndpoint } from "./call.ts";
import type { DecidedFate } from "./decide-fate.ts";
import { scheduledFate, type Fate, type FateChoice } from "./fate.ts";
import type { LedgerFile, RecordedEmail } from "./ledger-file.ts";
import type { AcceptedEmail, Ledger } from "./ledger.ts";
import type { LetterEvents } from "./letter-events.ts";
import type { ParsedSend } from "./parse-send.ts";
import type { Quota } from "./quota.ts";
import { recipientCount, type WireEmail } from "./wire-email.ts";

export interface Acceptance {
  readonly endpoint: SendEndpoint;
  readonly parsed: ParsedSend & { ok: true };
  readonly key: string | null;
  readonly bodyHash: string | null;
  readonly bodyBytes: number;
}

/** Accepts a validated request whole, or refuses it by quota; the answer is what a replay will get as well. */
export type AcceptLetters = (acceptance: Acceptance) => Answer;

export function createAcceptLetters(parts: {
  readonly quota: Quota;
  readonly ledger: Ledger;
  readonly ledgerFile: LedgerFile | null;
  readonly keepContentOf: number;
  readonly decideFate: (wire: WireEmail) => DecidedFate;
  readonly fateOf: (choice: FateChoice, place: "single" | "batch") => Fate;
  readonly letterEvents: LetterEvents;
  readonly onAccepted: (email: AcceptedEmail) => void;
  readonly now: () => number;
  readonly randomUUID: () => string;
}): AcceptLetters {
  return ({ endpoint, parsed, key, bodyHash, bodyBytes }) => {
    const refusal = parts.quota.take(parsed.letters.reduce((sum, { wire }) => sum + recipientCount(wire), 0));
    if (refusal) return refusal;
    const acceptedAt = parts.now();
    const place = endpoint === "POST /emails" ? "single" : "batch";
    // The share of the body is near enough to what an e-mail holds in memory, and costs nothing to know.
    const bytes = Math.ceil(bodyBytes / parsed.size);
    const keepsContent = parts.ledger.totals.emails < parts.keepContentOf;
    const emails = parsed.letters.map(({ wire: sent, index }): Omit<AcceptedEmail, "sequence"> => {
      const { choice, about } = parts.decideFate(sent);
      const wire = keepsContent ? sent : withoutContent(sent);
      return {
        id: parts.randomUUID(),
        acceptedAt,
        wire,
        idempotencyKey: key,
        batch: place === "single" ? null : { index, size: parsed.size },
        bytes,
        about,
        fate: wire.scheduled_at ? scheduledFate : parts.fateOf(choice, place),
      };
    });
    const data = emails.map(({ id }) => ({ id }));
    const answer = accepted(place === "single" ? data[0] : parsed.errors ? { data, errors: parsed.errors } : { data });
    // Before anybody can see it: what is not in the file was never accepted.
    parts.ledgerFile?.append({
      request: { endpoint, key, bodyHash, acceptedAt, size: parsed.size, answer: answer.body, emails: emails.map(recorded) },
    });
    for (const email of parts.ledger.add(emails)) {
      parts.letterEvents.plan(email);
      parts.onAccepted(email);
    }
    return answer;
  };
}

function withoutContent({ html: _html, text: _text, ...rest }: WireEmail): WireEmail {
  return rest;
}

function recorded({ id, wire, batch, bytes, about, fate }: Omit<AcceptedEmail, "sequence">): RecordedEmail {
  const ordinary = fate.name === "delivered" && about === null;
  return { id, index: batch?.index ?? 0, bytes, ...(!ordinary && { about, fate: fate.name, bounce: fate.bounce }), wire };
}
