import { digestSlot } from "./digest-slot.ts";
import type { History, Message, Person, Step, Wishes } from "./history.ts";
import { isAnnouncement } from "./truth.ts";
import { precedes, type Span } from "./moments.ts";

const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;
/** Messages whose burst nobody could open get one when they are this old. */
const OPENER_GRACE = 2 * SECOND;
/** How long a letter that the provider refused stays away at most, before it is composed again. */
const REFUSAL_PAUSE = 31 * SECOND;

/** When news is ready to be told: not before `from`, and surely at `to`. The same time in the ordinary case. */
export interface Ready {
  from: number;
  to: number;
}

/** When the window of a message's burst ends: that of the first message that nobody has told. */
export function burstReady(history: History, message: Message, windowMs: number): Ready {
  const announcement = isAnnouncement(history, message);
  const sharesBurst = (other: Message) =>
    other.event === message.event &&
    isAnnouncement(history, other) === announcement &&
    other.writtenAt <= message.writtenAt &&
    !history.steps.some(
      (step) =>
        step.complete &&
        precedes(step.span, message.written) &&
        other.committed !== null &&
        precedes(other.committed, step.span) &&
        step.at >= surelyReady(history, other, windowMs),
    );
  const opened = history.messages.filter((other) => other === message || sharesBurst(other));
  return {
    from: Math.min(...opened.map(({ writtenAt }) => writtenAt)) + windowMs,
    to: surelyReady(history, message, windowMs),
  };
}

/**
 * Freedom: who opens the burst of a message that was written beside open transactions depends on what they could see
 * of each other. A settling that sees the message gives it a burst, and that has a whole window at most.
 */
function surelyReady(history: History, message: Message, windowMs: number): number {
  if (message.undisturbed) return message.writtenAt + windowMs;
  const settling = history.steps.find(
    (step) =>
      step.settles &&
      step.single &&
      message.committed !== null &&
      precedes(message.committed, step.span) &&
      step.at >= message.writtenAt + OPENER_GRACE,
  );
  return settling === undefined ? Infinity : settling.at + windowMs;
}

/** Whether a step may tell the reader what is ready, by what they wished for in it. */
export function mayTellIn(history: History, reader: Person, ready: Ready, { at, span }: Pick<Step, "at" | "span">): boolean {
  return wishesIn(reader, span).some(({ delivery, digestAt, timeZone }) => {
    if (delivery === "daily") return at >= digestSlot(digestAt, timeZone, ready.from);
    if (at < ready.from) return false;
    // What a refusal sent back is due anew.
    if (at <= ready.to + DAY || reader.refusals.length > 0) return true;
    return history.steps.some(
      (earlier) => earlier.claims && earlier.at >= ready.from && earlier.at < at &&
        wishesIn(reader, { from: earlier.span.from, to: span.to })
          .some((wish) => at >= digestSlot(wish.digestAt, wish.timeZone, earlier.at)),
    );
  });
}

/** The step by whose end it is decided whether the reader is told what is ready; undefined: none yet. */
export function lastChance(history: History, reader: Person, ready: Ready, after: Span): Step | undefined {
  /** Went into a later digest, at a step, because it had been due for a day or because a change raced with composing. */
  let postponed: { by: Step; until: number } | undefined;
  return history.steps.find((step) => {
    if (!step.complete || !precedes(after, step.span) || step.at < ready.to) return false;
    const change = lastChange(reader, step.span);
    const due = wishesIn(reader, step.span).map((wish) => {
      const late = wish.delivery !== "daily" && step.at > ready.from + DAY;
      if (!late && !change.raced) {
        return wish.delivery === "daily" ? digestSlot(wish.digestAt, wish.timeZone, Math.max(ready.to, change.at)) : ready.to;
      }
      if (postponed === undefined || change.span.to > postponed.by.span.from) {
        postponed = { by: step, until: digestSlot(wish.digestAt, wish.timeZone, step.at) };
      }
      return postponed.until;
    });
    const heldBack = reader.refusals.some(
      (refusal) => refusal.span.from <= step.span.to && step.at < refusal.at + REFUSAL_PAUSE,
    );
    return step.at >= Math.max(...due) && !heldBack;

    function lastChange(person: Person, span: Span) {
      const changes = [...person.wishes.changes(), ...person.timeZone.changes()].filter((made) => made.span.from <= span.to);
      const last = changes.reduce((newest, made) => (made.span.from >= newest.span.from ? made : newest));
      // Freedom: a change beside a processor is seen by it or not.
      return { ...last, raced: history.steps.some((other) => !precedes(other.span, last.span) && !precedes(last.span, other.span)) };
    }
  });
}

interface Wish extends Wishes {
  timeZone: string;
}

function wishesIn(reader: Person, span: Span): Wish[] {
  return reader.wishes.possible(span).flatMap((wish) =>
    reader.timeZone.possible(span).map((timeZone) => ({ ...wish, timeZone })),
  );
}
