import type { History, Message, Person, Presence } from "./history.ts";
import { precedes, type Span } from "./moments.ts";

/**
 * What can be said of a span in which things may have changed: it held at some moment, it held at every moment.
 * Only a span in which nothing relevant changed makes both the same, which is the ordinary case.
 */
export interface Truth {
  possible: boolean;
  certain: boolean;
}

export function both(...truths: Truth[]): Truth {
  return { possible: truths.every(({ possible }) => possible), certain: truths.every(({ certain }) => certain) };
}

function among<T>(values: T[], holds: (value: T) => boolean): Truth {
  return { possible: values.some(holds), certain: values.every(holds) };
}

/** The message exists, is somebody else's news to this reader, and the reader may see it and has not read it. */
export function isNews(history: History, reader: Person, message: Message, span: Span): Truth {
  const always = (holds: boolean): Truth => ({ possible: holds, certain: holds });
  return both(
    always(message.committed !== null && message.author !== reader.number),
    among(message.deleted.possible(span), (deleted) => !deleted),
    maySee(history, reader, message, span),
    isUnread(reader, message, span),
  );
}

/** In the event now, and since before the message was written: nobody is told what was said before they came. */
export function maySee(history: History, reader: Person, message: Message, span: Span): Truth {
  const asParticipant = among(presences(history, reader, message.event, span).participant, hasCome);
  const asMember = among(presences(history, reader, message.event, span).member, hasCome);
  function hasCome(presence: Presence | null): boolean {
    return presence !== null && presence.since <= message.writtenAt;
  }
  return { possible: asParticipant.possible || asMember.possible, certain: asParticipant.certain || asMember.certain };
}

export function presences(history: History, reader: Person, event: number, span: Span) {
  return {
    participant: reader.participantIn[event]!.possible(span),
    member: reader.memberOf[history.events[event]!.organization]!.possible(span),
  };
}

/** Read: at most the marked message, and visible when the mark was set. */
function isUnread(reader: Person, message: Message, span: Span): Truth {
  const marks = reader.marks[message.event]!.filter(({ upTo }) => message.id <= upTo);
  const maybeRead = marks.some((mark) => mark.span.from <= span.to && message.committed!.from <= mark.span.to);
  // Freedom: a mark below an earlier one. The reader has now seen a message that came late with a smaller id, and yet
  // "a smaller id than before changes nothing"; both answers are fair.
  const goesBack = (mark: (typeof marks)[number]) =>
    reader.marks[message.event]!.some((other) => other.upTo > mark.upTo && other.span.from <= mark.span.to);
  const surelyRead = marks.some(
    (mark) => precedes(mark.span, span) && precedes(message.committed!, mark.span) && !goesBack(mark),
  );
  return { possible: !surelyRead, certain: !maybeRead };
}

/** Wants to hear of it: mail is on, and the event's level lets it through. `addressed`: it mentions them, or everyone. */
export function wants(reader: Person, event: number, addressed: boolean, span: Span): Truth {
  return both(
    among(reader.wishes.possible(span), ({ delivery }) => delivery !== "off"),
    among(levelsOf(reader, event, span), (level) => level === "all" || (level === "mentions" && addressed)),
  );
}

export function levelsOf(reader: Person, event: number, span: Span) {
  const otherwise = reader.wishes.possible(span);
  return reader.levels[event]!.possible(span).flatMap((own) => otherwise.map(({ level }) => own ?? level ?? "all"));
}

/** Wants it or not: their address takes mail, they agreed, they do not block its author, and hear the event at that time. */
export function mayBeTold(history: History, reader: Person, message: Message, span: Span, at: { from: number; to: number }): Truth {
  const mutes = reader.mutes[message.event]!.possible(span);
  return both(
    among(reader.suppressed.possible(span), (suppressed) => !suppressed),
    among(reader.confirmed.possible(span), (confirmed) => confirmed),
    among(reader.consented.possible(span), (consented) => consented || !history.events[message.event]!.consentRequired),
    among(message.author === null ? [false] : reader.blocks[message.author]!.possible(span), (blocked) => !blocked),
    { possible: mutes.some((until) => until === null || until <= at.to), certain: mutes.every((until) => until === null || until <= at.from) },
  );
}

/** @everyone counts from those who organize the event or its organization. */
export function isAnnouncement(history: History, message: Message): boolean {
  if (!message.everyone || message.author === null) return false;
  const { participant, member } = presences(history, history.people[message.author]!, message.event, message.written);
  return [...participant, ...member].some((presence) => presence?.organizer === true);
}

/** The message's @handle reaches this reader: somebody else's, and they were in the event when it was written. */
export function isMentioned(history: History, reader: Person, message: Message): Truth {
  const { participant, member } = presences(history, reader, message.event, message.written);
  const byHandle = message.mentions === reader.number && message.author !== reader.number;
  const present = (presence: Presence | null) => presence !== null;
  return {
    possible: byHandle && (participant.some(present) || member.some(present)),
    certain: byHandle && (participant.every(present) || member.every(present)),
  };
}
