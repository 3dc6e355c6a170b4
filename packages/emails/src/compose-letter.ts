import { createEventNames, type EventNames } from "./letter-names.ts";
import type { DispatchFacts, LetterFacts, LetterPart } from "./letter-facts.ts";
import type { LetterLinks } from "./letter-links.ts";
import { letterSubject, type LetterCounts } from "./letter-subject.ts";
import type { ConversationLetterView, EventView, FrameView, OverviewLetterView } from "./letter-view.ts";
import type { Catalogue } from "./locales/catalogue.ts";
import { createMessageLists, type MessageList, type ShownLimit } from "./message-lists.ts";
import { findReader } from "./reader.ts";
import { cleanLine } from "./untrusted-text.ts";

/** A letter in words, ready for the templates. */
export type ComposedLetter = {
  words: Catalogue;
  firstTitle: string;
  /** The text version of each part's messages. */
  texts: string[];
} & (
  | { kind: "conversation"; view: ConversationLetterView }
  | { kind: "combined" | "digest"; view: OverviewLetterView }
);

/** Chooses the words of a letter; everything its letters share is worked out once per dispatch. */
export function createLetterComposer(
  facts: DispatchFacts,
  links: LetterLinks,
): (letter: LetterFacts, limit: ShownLimit) => ComposedLetter {
  const namesOf = createEventNames(facts);
  const listOf = createMessageLists(facts, links);
  const product = cleanLine(facts.sender.product_name, 80);
  const postalAddress = cleanLine(facts.sender.postal_address, 200);

  return (letter, limit) => {
    const { recipient } = letter;
    const reader = findReader(recipient.locale, recipient.time_zone);
    const words = reader.catalogue;
    const year = letter.composed_at.slice(0, 4);
    const lists = letter.parts.map((part) => listOf(part, reader, year, limit));
    const names = letter.parts.map((part) => namesOf(part.event_id));
    const counts = countNews(letter);
    const first = names[0]!;

    const frame: FrameView = {
      language: words.language,
      direction: words.direction,
      subject: letterSubject(letter, counts, first.title, lists[0]!.mentioners, words),
      preheader: preheader(letter, names, lists),
      preferencesUrl: links.preferences(letter),
      preferencesLabel: words.changePreferences,
      unsubscribeUrl: links.unsubscribe(letter),
      unsubscribeLabel: unsubscribeLabel(letter, words),
      replies: facts.sender.replies_are_read ? words.repliesAreRead : words.repliesAreNotRead,
      times: words.timesAreIn(reader.timeZone.replaceAll("_", " ")),
      sentTo: words.sentTo(cleanLine(recipient.email, 254)),
      sender: product,
      postalAddress,
    };
    const { more } = letter;
    const rest = {
      more: more.events > 0 || more.messages > 0 ? words.andMoreEvents(more.events, more.messages) : null,
      appUrl: facts.urls.app,
    };
    const events = letter.parts.map((part, at) => eventView(letter, part, names[at]!, lists[at]!, links, words));
    const shared = { words, firstTitle: first.title, texts: lists.map((list) => list.text) };

    if (letter.kind === "conversation") {
      return { ...shared, kind: letter.kind, view: { ...frame, ...rest, event: events[0]! } };
    }
    const digest = letter.kind === "digest";
    const overview = {
      heading: digest ? words.digestHeading : words.combinedHeading,
      date: digest ? reader.day(letter.composed_at, year) : "",
      summary: words.newMessagesInEvents(counts.messages, counts.events),
      events,
    };
    return { ...shared, kind: letter.kind, view: { ...frame, ...rest, ...overview } };
  };
}

function countNews({ parts, more }: LetterFacts): LetterCounts {
  return {
    messages: parts.reduce((sum, part) => sum + part.count, more.messages),
    events: parts.length + more.events,
  };
}

function eventView(
  letter: LetterFacts,
  part: LetterPart,
  names: EventNames,
  list: MessageList,
  links: LetterLinks,
  words: Catalogue,
): EventView {
  const hidden = part.count - list.shown;
  const mentioned = part.reason === "mention" && list.mentioners.length > 0;
  return {
    organization: names.organization,
    title: names.title,
    url: links.event(part.event_id),
    summary: mentioned ? words.mentionedYou(words.people(list.mentioners)) : words.newMessages(part.count),
    messages: list.html,
    more: hidden > 0 ? words.andMoreMessages(hidden) : null,
    openLabel: words.openChat,
    why: because(part, names, words),
    whyUrl: links.why(letter, part),
    whyLabel: words.why,
    muteUrl: links.mute(letter, part.event_id),
    muteLabel: words.muteEvent,
  };
}

function because(part: LetterPart, names: EventNames, words: Catalogue): string {
  switch (part.reason) {
    case "mention":
      return words.becauseMention(names.title);
    case "participant":
      return words.becauseParticipant(names.title);
    case "member":
      return words.becauseMember(names.organization, names.title);
  }
}

/** A conversation's first words; an overview's event titles, because its subject already says how many. */
function preheader(letter: LetterFacts, names: EventNames[], lists: MessageList[]): string {
  if (letter.kind === "conversation") return lists[0]!.preview;
  return cleanLine(names.map(({ title }) => title).join(", "), 160);
}

function unsubscribeLabel({ kind }: LetterFacts, words: Catalogue): string {
  switch (kind) {
    case "conversation":
      return words.unsubscribeFromEvent;
    case "combined":
      return words.unsubscribeFromCombined;
    case "digest":
      return words.unsubscribeFromDigest;
  }
}
