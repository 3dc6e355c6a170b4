import { burstReady, lastChance, mayDecideIn, mayTellIn, mentionReady, type Ready } from "./due.ts";
import type { ComposedLetter, History, Message, Person, Step } from "./history.ts";
import { precedes, type Span } from "./moments.ts";
import type { DeliveredLetter } from "./delivered-letter.ts";
import { both, isAnnouncement, isMentioned, isNews, levelsOf, mayBeTold, wants } from "./truth.ts";

const HOUR = 60 * 60_000;
const LEASE = 120_000;

/** Everything that is wrong with what was really delivered, in words; empty: each was told what they had to be, once. */
export function judge(history: History, delivered: DeliveredLetter[]): string[] {
  const complaints: string[] = [];
  const complain = (text: string) => void complaints.push(text);
  const told = new Map<string, ComposedLetter>();
  const hidden: { letter: ComposedLetter; reader: Person; event: number; count: number }[] = [];
  const accepted = new Set<string>();

  for (const { emailId, address, parts } of delivered) {
    const letter = history.letters.get(emailId);
    const reader = history.people.find((person) => addressOf(person) === address);
    if (letter === undefined || reader === undefined) {
      complain(`letter ${emailId} to ${address}: nobody was to write it`);
      continue;
    }
    if (accepted.has(emailId)) complain(`${reader.handle} got the letter ${emailId} twice`);
    accepted.add(emailId);
    for (const part of parts) {
      for (const { message: number, version } of part.shown) {
        const message = history.messages[number]!;
        const name = `${reader.handle} was told message ${number}`;
        const key = `${reader.number} ${number}`;
        if (told.has(key)) complain(`${name} twice`);
        told.set(key, letter);
        if (message.event !== part.event) complain(`${name} as one of event ${part.event}`);
        for (const wrong of whyWrong(history, reader, message, letter)) complain(`${name} ${wrong}`);
        if (!isLatestText(message, version, letter.composed)) complain(`${name} with another text than its latest`);
      }
      if (part.hidden > 0) hidden.push({ letter, reader, event: part.event, count: part.hidden });
    }
    if (parts.every((part) => part.shown.length === 0)) complain(`${reader.handle} got a letter without messages`);
  }

  // "and N more": which messages a letter counts without showing them is not said. They fit if there are enough that
  // nobody showed this reader, and each one that had to be told may be among those of some letter.
  const unseen = (reader: Person, event: number) =>
    history.messages.filter((message) => message.event === event && !told.has(`${reader.number} ${message.number}`));
  for (const { letter, reader, event, count } of hidden) {
    const fitting = unseen(reader, event).filter((message) => whyWrong(history, reader, message, letter).length === 0);
    if (fitting.length < count) complain(`${reader.handle}: and ${count} more messages in event ${event}, of ${fitting.length}`);
  }

  for (const reader of history.people) {
    const uncounted = new Map(history.events.map(({ number }) => [number, 0]));
    for (const { reader: other, event, count } of hidden) {
      if (other === reader) uncounted.set(event, uncounted.get(event)! + count);
    }
    for (const message of history.messages) {
      const letter = told.get(`${reader.number} ${message.number}`);
      const name = `${reader.handle} and message ${message.number}`;
      if (letter !== undefined) {
        if (isLate(history, reader, message, letter)) complain(`${name}: told too late, at ${new Date(letter.at).toISOString()}`);
      } else if (!mayStayUntold(history, reader, message, accepted)) {
        const counted = hidden.some(
          (part) => part.reader === reader && part.event === message.event &&
            whyWrong(history, reader, message, part.letter).length === 0,
        );
        const left = uncounted.get(message.event)!;
        if (!counted || left === 0) complain(`${name}: not told`);
        else uncounted.set(message.event, left - 1);
      }
    }
    for (const step of history.steps.filter(({ complete, single }) => complete && single)) {
      const own = [...history.letters.values()].filter((letter) => letter.reader === reader.number);
      // Freedom: what a letter that never left told is told by a second one, when nobody asked again for an hour.
      if (own.some((letter) => precedes(letter.composed, step.span) && letter.attempts.every(({ outcome }) => outcome === "refused"))) continue;
      const letters = own.filter(
        (letter) =>
          !precedes(letter.composed, step.span) && !precedes(step.span, letter.composed) &&
          // A refused letter goes, and is composed afresh.
          !letter.attempts.some(({ outcome }) => outcome === "refused"),
      );
      if (letters.length > 1) complain(`${reader.handle} got ${letters.length} letters at once`);
    }
  }
  return complaints;
}

export function addressOf({ handle }: Person): string {
  return `${handle}@example.com`;
}

/** Freedom: a message that is deleted while the letter is composed may be shown without its text. */
function isLatestText({ version, deleted }: Message, shown: number | null, span: Span): boolean {
  return shown === null ? deleted.possible(span).includes(true) : version.possible(span).includes(shown);
}

/** Why this letter should not have told its reader the message. */
function whyWrong(history: History, reader: Person, message: Message, letter: ComposedLetter): string[] {
  if (letter.reader !== reader.number) return ["in somebody else's letter"];
  if (message.committed === null || message.committed.from > letter.composed.to) return ["that was not committed"];
  const announcement = isAnnouncement(history, message);
  const mentioned = isMentioned(history, reader, message).possible;
  const wrong: string[] = [];
  if (!isNews(history, reader, message, letter.composed).possible) wrong.push("that is no news to them");
  if (!wants(reader, message.event, announcement || mentioned, letter.composed).possible) wrong.push("that they did not want");
  if (!mayBeTold(history, reader, message, letter.composed, { from: letter.at, to: letter.at }).possible) wrong.push("that they may not be told");
  const step = { at: letter.at, span: letter.composed };
  const ready = [burst(history, message), ...(mentioned ? [mentionReady(message)] : [])];
  if (!ready.some((each) => mayTellIn(history, reader, each, step))) wrong.push("at the wrong time");
  return wrong;
}

const bursts = new WeakMap<Message, Ready>();

function burst(history: History, message: Message): Ready {
  const known = bursts.get(message);
  if (known !== undefined) return known;
  const ready = burstReady(history, message, isAnnouncement(history, message) ? 0 : history.events[message.event]!.windowMs);
  bursts.set(message, ready);
  return ready;
}

/** What decides on a message: in which steps the decision can have been, and whether it can have been against telling. */
interface Decision {
  span: Span;
  mayBeAgainst: boolean;
}

function mayStayUntold(history: History, reader: Person, message: Message, accepted: Set<string>): boolean {
  if (message.committed === null || message.author === reader.number) return true;
  if (wentDownWithItsLetter(history, reader, message, accepted)) return true;
  const byBurst = burstDecision(history, reader, message);
  const mentioned = isMentioned(history, reader, message);
  // Whoever is certainly not mentioned, or wanted nothing of it when it was written, depends on the burst alone.
  const wanted = both(mentioned, wants(reader, message.event, true, message.written));
  if (!wanted.possible) {
    // Freedom: turned from nothing to mentions after the message was written. A level hears of what comes after it.
    const turnedOn = mentioned.possible && levelsOf(reader, message.event, byBurst.span).includes("mentions");
    return byBurst.mayBeAgainst || turnedOn;
  }
  const byMention = decide(history, reader, message, mentionReady(message), message.committed, true);
  if (!byMention.mayBeAgainst && wanted.certain) return false;
  // The mention decided against telling. The burst tells instead, unless it had left the message to the mention.
  return byBurst.mayBeAgainst || byBurst.span.from <= byMention.span.to;
}

function burstDecision(history: History, reader: Person, message: Message): Decision {
  const announcement = isAnnouncement(history, message);
  const ready = burst(history, message);
  const decision = decide(history, reader, message, ready, message.committed!, announcement);
  const steps = history.steps.filter((step) => step.span.to > message.committed!.from);
  const fannedOut = {
    from: steps.find((step) => step.settles && step.at >= ready.from)?.span.from ?? Infinity,
    to: steps.find((step) => step.complete && precedes(message.committed!, step.span) && step.at >= ready.to)?.span.to ?? Infinity,
  };
  // Freedom: who wants nothing when recipients are collected gets no row, though a first page may have given them one.
  const againstRow = !wants(reader, message.event, announcement, fannedOut).certain;
  // Freedom: who turns mail off meanwhile has the news skipped at once, not when the digest would have been.
  const meanwhile = { from: Math.min(fannedOut.from, decision.span.from), to: decision.span.to };
  const turnedOff = reader.wishes.possible(meanwhile).some(({ delivery }) => delivery === "off");
  return { span: decision.span, mayBeAgainst: decision.mayBeAgainst || againstRow || turnedOff };
}

function decide(history: History, reader: Person, message: Message, ready: Ready, after: Span, addressed: boolean): Decision {
  const first = history.steps.find(
    (step) => step.claims && step.span.to > after.from && mayDecideIn(history, reader, ready, step),
  );
  const last = lastChance(history, reader, ready, after);
  const span = { from: first?.span.from ?? Infinity, to: last?.span.to ?? Infinity };
  const times = { from: first?.at ?? -Infinity, to: last?.at ?? Infinity };
  const holds = both(
    isNews(history, reader, message, span), wants(reader, message.event, addressed, span), mayBeTold(history, reader, message, span, times),
  );
  return { span, mayBeAgainst: !holds.certain };
}

function isLate(history: History, reader: Person, message: Message, letter: ComposedLetter): boolean {
  const last = (ready: Ready): Step | undefined => lastChance(history, reader, ready, message.committed!);
  const chances = [last(burst(history, message)), ...(isMentioned(history, reader, message).possible ? [last(mentionReady(message))] : [])];
  return chances.every((step) => step !== undefined && precedes(step.span, letter.composed));
}

/** The provider rejected its letter for good, or nobody could learn what became of it until the key was forgotten. */
function wentDownWithItsLetter(history: History, reader: Person, message: Message, accepted: Set<string>): boolean {
  return [...history.letters].some(([emailId, { reader: to, parts, attempts, composed, held }]) => {
    if (to !== reader.number || accepted.has(emailId)) return false;
    const part = parts.find(({ event }) => event === history.events[message.event]!.id);
    const holdsIt = part !== undefined &&
      (part.shown.includes(String(message.id)) || (part.count > part.shown.length && message.committed!.from <= composed.to));
    const last = attempts.at(-1);
    if (!holdsIt || last === undefined) return false;
    const ambiguous = attempts.some(({ outcome }) => outcome === "ambiguous");
    if (!ambiguous) return last.outcome === "rejected" && last.size === 1;
    const keyForgotten = attempts[0]!.at + 23 * HOUR;
    return !history.steps.some(
      ({ complete, at }) => complete && at >= last.at + HOUR + LEASE && at < keyForgotten && !held.some((since) => at >= since && at < since + LEASE),
    );
  });
}
