import { nextSlot } from "../rhythm/calendar.ts";
import { digestSlot } from "./digest-slot.ts";
import type { History, Message, Person, Step, Wishes } from "./history.ts";
import { isAnnouncement } from "./truth.ts";
import { precedes, type Change, type Span } from "./moments.ts";

const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;
const AFTER_A_VISIT = 120 * SECOND;
/** Weekly digests come on Wednesdays. */
export const WEEKLY_ON = 3;
const MENTION_GRACE = 30 * SECOND;
/** Messages whose burst nobody could open get one when they are this old. */
const OPENER_GRACE = 2 * SECOND;
/** How long a letter that the provider refused stays away at most, before it is composed again. */
const REFUSAL_PAUSE = 31 * SECOND;

/** When news is ready to be told: not before `from`, and surely at `to`. The same time in the ordinary case. */
export interface Ready {
  event: number;
  from: number;
  to: number;
  /** When its first notifications were written: with the message that may have opened its burst. */
  written: Span;
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
  const opener = history.messages.filter((other) => other === message || sharesBurst(other))
    .reduce((first, other) => (other.written.from < first.written.from ? other : first));
  return { event: message.event, from: opener.writtenAt + windowMs, to: surelyReady(history, message, windowMs), written: opener.written };
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

/** A mention waits out its grace, whatever the window. */
export function mentionReady({ event, writtenAt, written }: Message): Ready {
  return { event, from: writtenAt + MENTION_GRACE, to: writtenAt + MENTION_GRACE, written };
}

/** Whether a step may decide on what is ready for the reader, by what they wished for in it. */
export function mayDecideIn(history: History, reader: Person, ready: Ready, { at, span }: Pick<Step, "at" | "span">): boolean {
  return wishesIn(history, reader, ready, span).some((wish) => at >= (isDigest(wish) ? slotOf(wish, ready.from) : ready.from));
}

/** Whether a step may tell it, too: what has been due for a day goes into the next digest after a step that found it. */
export function mayTellIn(history: History, reader: Person, ready: Ready, step: Pick<Step, "at" | "span">): boolean {
  if (!mayDecideIn(history, reader, ready, step)) return false;
  const digest = wishesIn(history, reader, ready, step.span).some(isDigest);
  // What a refusal sent back is due anew.
  if (digest || step.at <= ready.to + DAY || reader.refusals.length > 0) return true;
  return history.steps.some(
    (earlier) => earlier.claims && earlier.at >= ready.from && earlier.at < step.at &&
      wishesIn(history, reader, ready, { from: earlier.span.from, to: step.span.to }).some((wish) => step.at >= slotOf(wish, earlier.at)),
  );
}

/** The step by whose end it is decided whether the reader is told what is ready; undefined: none yet. */
export function lastChance(history: History, reader: Person, ready: Ready, after: Span): Step | undefined {
  /** By a step, into a later digest: it had been due for a day, or a change of wishes raced. */
  let putOff: { moment: number; until: number } | undefined;
  return history.steps.find((step) => {
    if (!step.complete || !precedes(after, step.span) || step.at < ready.to) return false;
    const wishes = wishesIn(history, reader, ready, step.span);
    const change = lastChange(reader, step.span);
    const late = step.at > ready.from + DAY && !wishes.every(isDigest);
    if ((late || isRaced(history, ready, change)) && (putOff === undefined || change.span.to > putOff.moment)) {
      putOff = { moment: step.span.from, until: Math.max(...wishes.map((wish) => slotOf(wish, step.at))) };
    }
    const due = wishes.map((wish) => (isDigest(wish) ? slotOf(wish, Math.max(ready.to, change.at)) : ready.to));
    // A letter composed by then was refused later: it is decided anew.
    const heldBack = reader.refusals.some(({ composed, at }) => composed.from <= step.span.to && step.at < at + REFUSAL_PAUSE);
    return step.at >= Math.max(...due, putOff?.until ?? -Infinity) && !heldBack && !mayBeInTheRoom(reader, ready, step);
  });
}

/** Freedom: who reads may be in the room; letters about it may wait for two minutes then. */
function mayBeInTheRoom(reader: Person, { event }: Ready, { at, span }: Step): boolean {
  return reader.marks[event]!.some((mark) => mark.span.from <= span.to && at < mark.at + AFTER_A_VISIT);
}

interface Wish extends Wishes {
  timeZone: string;
}

function wishesIn(history: History, reader: Person, ready: Ready, span: Span): Wish[] {
  // Freedom: a processor or a chat transaction beside a change of wishes may not know of it, and schedules by what was
  // before. At worst the news comes in the digest that it would have come in.
  const raced = isRaced(history, ready, lastChange(reader, span));
  const wishes = raced ? reader.wishes.changes().map(({ value }) => value) : reader.wishes.possible(span);
  const timeZones = raced ? reader.timeZone.changes().map(({ value }) => value) : reader.timeZone.possible(span);
  return wishes.flatMap((wish) => timeZones.map((timeZone) => ({ ...wish, timeZone })));
}

function lastChange(reader: Person, span: Span): Change<unknown> {
  const changes = [...reader.wishes.changes(), ...reader.timeZone.changes()].filter((made) => made.span.from <= span.to);
  return changes.reduce((newest, made) => (made.span.from >= newest.span.from ? made : newest));
}

function isRaced(history: History, { written }: Ready, { span }: Change<unknown>): boolean {
  if (precedes(span, written)) return false;
  const transactions = history.messages.flatMap((message) =>
    message.committed === null ? [] : [{ from: message.written.from, to: message.committed.to }],
  );
  return [...transactions, ...history.steps.map((step) => step.span)].some((other) => !precedes(other, span) && !precedes(span, other));
}

function isDigest({ delivery }: Wishes): boolean {
  return delivery === "hourly" || delivery === "daily" || delivery === "weekly";
}

/** Of those who want letters at once, the daily digest that takes what is late. */
function slotOf({ delivery, digestAt, timeZone }: Wish, notBefore: number): number {
  if (delivery === "hourly" || delivery === "weekly") return nextSlot(delivery, digestAt, WEEKLY_ON, timeZone, notBefore);
  return digestSlot(digestAt, timeZone, notBefore);
}
