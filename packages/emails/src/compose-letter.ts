import { contentMode, type ContentMode } from "./content-mode.ts";
import { digestRhythm } from "./digest-rhythm.ts";
import { createEventNews, type EventNews } from "./event-news.ts";
import { isolate } from "./isolate.ts";
import type { DispatchFacts, LetterFacts } from "./letter-facts.ts";
import { createLetterFrames, type LetterFrame } from "./letter-frame.ts";
import type { LetterLinks } from "./letter-links.ts";
import { letterSubject, type LetterCounts } from "./letter-subject.ts";
import type { ConversationLetterView, LetterView, OverviewLetterView } from "./letter-view.ts";
import type { Catalogue } from "./locales/catalogue.ts";
import type { ShownLimit } from "./message-lists.ts";
import { findReader, type Reader } from "./reader.ts";
import { cleanLine } from "./untrusted-text.ts";

/** A letter in words, ready for the templates; `news` goes with the parts, one by one. */
interface Composed {
  words: Catalogue;
  frame: LetterFrame;
  news: EventNews[];
}
export type ComposedConversation = Composed & { kind: "conversation"; view: ConversationLetterView };
export type ComposedOverview = Composed & { kind: "combined" | "digest"; view: OverviewLetterView };
export type ComposedLetter = ComposedConversation | ComposedOverview;

/** Chooses the words of a letter; everything its letters share is worked out once per dispatch. */
export function createLetterComposer(
  facts: DispatchFacts,
  links: LetterLinks,
): (letter: LetterFacts, limit: ShownLimit) => ComposedLetter {
  const newsOf = createEventNews(facts, links);
  const frameOf = createLetterFrames(facts);

  return (letter, limit) => {
    const { recipient, parts, kind } = letter;
    const mode = contentMode(recipient.content_mode);
    const reader = findReader(recipient.locale, recipient.time_zone);
    const words = reader.catalogue;
    const year = letter.composed_at.slice(0, 4);
    const news = parts.map((part) => newsOf(part, reader, mode, year, limit));
    const frame = frameOf(letter, reader);
    const events = parts.map((part, at) => ({
      news: news[at]!.view,
      whyUrl: links.why(part),
      muteUrl: links.mute(letter, part.event_id),
    }));
    const counts = countNews(letter);
    const common = letterView(facts, letter, counts, mode, frame, news, links, words);
    const composed = { words, frame, news };

    if (kind === "conversation") return { ...composed, kind, view: { ...common, event: events[0]! } };
    const date = kind === "digest" ? digestDate(letter, reader, year) : "";
    const summary = words.newMessagesInEvents(counts.messages, counts.events);
    return { ...composed, kind, view: { ...common, date, summary, events } };
  };
}

function letterView(
  facts: DispatchFacts,
  letter: LetterFacts,
  counts: LetterCounts,
  mode: ContentMode,
  frame: LetterFrame,
  news: EventNews[],
  links: LetterLinks,
  words: Catalogue,
): LetterView {
  const { more } = letter;
  const first = news[0]!;
  return {
    frame: frame.view,
    subject: letterSubject(letter, counts, first.view.title, first.list.mentioners, mode, words),
    note: mode === "none" ? words.textStaysInChat : null,
    preheader: preheader(letter, news, words),
    sentTo: words.sentTo(cleanLine(letter.recipient.email, 254)),
    preferencesUrl: links.preferences(letter),
    unsubscribeUrl: links.unsubscribe(letter),
    more: more.events > 0 || more.messages > 0 ? words.andMoreEvents(more.events, more.messages) : null,
    appUrl: facts.urls.app,
  };
}

/** When the digest was made: every hour's needs the time too. */
function digestDate({ digest, composed_at }: LetterFacts, reader: Reader, year: string): string {
  const day = reader.day(composed_at, year);
  return digestRhythm(digest) === "hourly" ? `${day} · ${reader.time(composed_at)}` : day;
}

function countNews({ parts, more }: LetterFacts): LetterCounts {
  return {
    messages: parts.reduce((sum, part) => sum + part.count, more.messages),
    events: parts.length + more.events,
  };
}

/** A conversation's first words; an overview's event titles, because its subject already says how many. */
function preheader(letter: LetterFacts, news: EventNews[], { direction }: Catalogue): string {
  if (letter.kind === "conversation") return news[0]!.list.preview;
  const titles = news.slice(0, 5).map(({ view }) => isolate(cleanLine(view.title, 40), direction));
  return titles.join(direction === "rtl" ? "، " : ", ");
}
