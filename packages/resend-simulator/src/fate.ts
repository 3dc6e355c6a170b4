/** What Resend reports about a letter after it was accepted. */
export type LetterEventType =
  | "email.sent"
  | "email.delivered"
  | "email.delivery_delayed"
  | "email.bounced"
  | "email.complained"
  | "email.failed"
  | "email.suppressed";

/** Bounce types with the subtypes Resend gives them. */
export const bounceSubTypes = {
  Permanent: ["General", "NoEmail", "Suppressed", "OnAccountSuppressionList"],
  Transient: ["General", "MailboxFull", "MessageTooLarge", "ContentRejected", "AttachmentRejected"],
  Undetermined: ["Undetermined"],
} as const;

export interface Bounce {
  readonly type: keyof typeof bounceSubTypes;
  readonly subType: string;
}

export interface LetterEvent {
  readonly type: LetterEventType;
  /** Milliseconds after the letter was accepted. */
  readonly afterMs: number;
  /** Of `email.bounced`. */
  readonly bounce?: Bounce;
  /** Of `email.failed`. */
  readonly reason?: string;
}

export const fateNames = ["delivered", "delayed", "bounced", "complained", "failed", "suppressed"] as const;
export type FateName = (typeof fateNames)[number];

/** What becomes of a letter; the times come with the fate's events. */
export interface FateChoice {
  readonly name: FateName;
  /** Of `bounced`; default Permanent, General. */
  readonly bounce?: Bounce;
}

export interface Fate extends FateChoice {
  /** In the order in which they happen. */
  readonly events: readonly LetterEvent[];
}

/** Resend's `last_event`, as far as the simulator moves a letter. */
export type LastEvent =
  | "queued"
  | "scheduled"
  | "sent"
  | "delivered"
  | "delivery_delayed"
  | "bounced"
  | "complained"
  | "failed"
  | "suppressed";

const permanent: Bounce = { type: "Permanent", subType: "General" };

/**
 * Makes fates; letters with the same one share it. A single e-mail is sent when it is accepted, a batch a tenth of
 * `deliverAfterMs` later; delivered, bounced, delayed … after `deliverAfterMs`, what follows that after five times as long.
 */
export function createFates(deliverAfterMs: number): (choice: FateChoice, place: "single" | "batch") => Fate {
  const made = new Map<string, Fate>();

  function make({ name, bounce = permanent }: FateChoice, place: "single" | "batch"): Fate {
    const sent: LetterEvent = { type: "email.sent", afterMs: place === "single" ? 0 : deliverAfterMs / 10 };
    const first = (type: LetterEventType) => ({ type, afterMs: deliverAfterMs });
    const later = (type: LetterEventType) => ({ type, afterMs: deliverAfterMs * 5 });
    switch (name) {
      case "delivered":
        return { name, events: [sent, first("email.delivered")] };
      case "delayed":
        return { name, events: [sent, first("email.delivery_delayed"), later("email.delivered")] };
      case "bounced":
        return { name, bounce, events: [sent, { ...first("email.bounced"), bounce }] };
      case "complained":
        return { name, events: [sent, first("email.delivered"), later("email.complained")] };
      case "failed":
        return { name, events: [{ ...first("email.failed"), reason: "reached_daily_quota" }] };
      case "suppressed":
        return { name, events: [first("email.suppressed")] };
    }
  }

  return (choice, place) => {
    const key = `${choice.name}/${choice.bounce?.type ?? ""}/${choice.bounce?.subType ?? ""}/${place}`;
    const fate = made.get(key) ?? make(choice, place);
    made.set(key, fate);
    return fate;
  };
}

/** Of a letter with `scheduled_at`: the simulator takes it and leaves it there. */
export const scheduledFate: Fate = { name: "delivered", events: [] };

/** What has happened to a letter by `now`, oldest first. */
export function eventsUntil(email: { readonly acceptedAt: number; readonly fate: Fate }, now: number): readonly LetterEvent[] {
  return email.fate.events.filter(({ afterMs }) => email.acceptedAt + afterMs <= now);
}

export function lastEventOf(email: { readonly acceptedAt: number; readonly fate: Fate }, now: number): LastEvent {
  if (email.fate === scheduledFate) return "scheduled";
  const last = eventsUntil(email, now).at(-1);
  return last ? (last.type.slice("email.".length) as LastEvent) : "queued";
}
