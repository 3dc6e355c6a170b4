import { createHash } from "node:crypto";
import type { Agenda } from "./agenda.ts";
import type { LetterEvent } from "./fate.ts";
import type { AcceptedEmail } from "./ledger.ts";
import type { Suppression, Suppressions } from "./suppressions.ts";
import { isResendTestAddress } from "./test-recipients.ts";
import type { WebhookDeliveries } from "./webhooks/webhook-deliveries.ts";
import type { WebhookEndpoints } from "./webhooks/webhook-endpoints.ts";
import { letterPayload, suppressionPayload, type TagsForm } from "./webhooks/webhook-payload.ts";

export interface LetterEvents {
  /** Plans what the letter's fate holds. */
  plan(email: AcceptedEmail): void;
  /** Plans it again after a restart; `suppressed`: its address was put on the list for it before. */
  planAgain(email: AcceptedEmail, suppressed: boolean): void;
  /** Lets something happen to a letter now; what its fate still held is called off. */
  happen(email: AcceptedEmail, event: Omit<LetterEvent, "afterMs">): LetterEvent;
  /** Tells the endpoints of a change of the suppression list. */
  tellSuppression(change: "added" | "removed", suppression: Suppression): void;
}

/** What happens to letters after they were accepted: the suppression list grows and webhooks are told. */
export function createLetterEvents(parts: {
  readonly agenda: Agenda;
  readonly endpoints: WebhookEndpoints;
  readonly deliveries: WebhookDeliveries;
  readonly suppressions: Suppressions;
  readonly tagsForm: TagsForm;
  readonly now: () => number;
  /** What was delivered before a restart, by `svix-id`. */
  readonly isDelivered: (id: string) => boolean;
}): LetterEvents {
  const { agenda, endpoints, deliveries, suppressions, now } = parts;

  function tell(type: string, subject: string, payload: () => string): void {
    const subscribed = endpoints.subscribedTo(type);
    if (subscribed.length === 0) return;
    const body = payload();
    for (const endpoint of subscribed) {
      const id = messageId(endpoint.id, type, subject);
      if (!parts.isDelivered(id)) deliveries.deliver(endpoint, id, body);
    }
  }

  function happened(email: AcceptedEmail, event: LetterEvent, suppresses = true): void {
    // Called off when something else was made to happen meanwhile.
    if (!email.fate.events.includes(event)) return;
    tell(event.type, `${email.id}/${event.afterMs}`, () => letterPayload(email, event, parts.tagsForm));
    const origin = suppresses ? suppressesFor(event) : null;
    if (origin && email.about !== null && !isResendTestAddress(email.about)) suppressions.add(email.about, origin, email.id);
  }

  function plan(email: AcceptedEmail, suppresses: boolean): void {
    for (const event of email.fate.events) {
      const matters = suppressesFor(event) !== null || endpoints.subscribedTo(event.type).length > 0;
      if (matters) agenda.plan(email.acceptedAt + event.afterMs, () => happened(email, event, suppresses));
    }
  }

  return {
    plan: (email) => plan(email, true),
    planAgain: (email, suppressed) => plan(email, !suppressed),
    happen(email, event) {
      const afterMs = Math.max(0, now() - email.acceptedAt);
      const past = email.fate.events.filter((earlier) => earlier.afterMs <= afterMs);
      const added: LetterEvent = { ...event, afterMs };
      email.fate = { ...email.fate, events: [...past, added] };
      happened(email, added);
      return added;
    },
    tellSuppression(change, suppression) {
      tell(`suppression.${change}`, suppression.id, () => suppressionPayload(change, suppression, now()));
    },
  };
}

function suppressesFor({ type, bounce }: LetterEvent): Suppression["origin"] | null {
  if (type === "email.complained") return "complaint";
  return type === "email.bounced" && bounce?.type === "Permanent" ? "bounce" : null;
}

// The same after a restart, so that what comes again is recognized.
function messageId(endpointId: string, type: string, subject: string): string {
  return `msg_${createHash("sha256").update(`${endpointId}/${type}/${subject}`).digest("hex").slice(0, 27)}`;
}
