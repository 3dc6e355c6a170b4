import type { ContentMode } from "./content-mode.ts";
import type { SafeHtml } from "./escape-html.ts";
import type { DispatchFacts, LetterPart } from "./letter-facts.ts";
import { createEventNames, type EventNames } from "./letter-names.ts";
import type { LetterLinks } from "./letter-links.ts";
import { newsText, type NewsText } from "./letter-text.ts";
import type { NewsView } from "./letter-view.ts";
import type { Catalogue } from "./locales/catalogue.ts";
import { createMessageLists, type MessageList, type ShownLimit } from "./message-lists.ts";
import type { Reader } from "./reader.ts";
import { createRedactor } from "./redactor.ts";

/** One event's news in both versions, without what is one reader's own. */
export interface EventNews {
  /** Equal for news that are equal, in letters of one dispatch. */
  key: string;
  view: NewsView;
  text: NewsText;
  list: MessageList;
}

export type FindEventNews = (
  part: LetterPart,
  reader: Reader,
  mode: ContentMode,
  currentYear: string,
  limit: ShownLimit,
) => EventNews;

/** Works out each distinct piece of news of a dispatch once: most letters of an event say the same. */
export function createEventNews(facts: DispatchFacts, links: LetterLinks): FindEventNews {
  const known = new Map<string, EventNews>();
  const redact = createRedactor();
  const namesOf = createEventNames(facts, redact);
  const listOf = createMessageLists(facts, links, redact);
  return (part, reader, mode, currentYear, limit) => {
    const key =
      `${part.event_id} ${part.count} ${part.reason} ${part.shown.join()} ${part.mentions.join()} ` +
      `${reader.key} ${mode} ${currentYear} ${limit.messages}`;
    const cached = known.get(key);
    if (cached !== undefined) return cached;
    const names = namesOf(part.event_id, mode, reader.catalogue);
    const list = mode === "none" ? noMessages(part, names, reader.catalogue) : listOf(part, reader, mode, currentYear, limit);
    const view = newsView(part, names, mode, list, links, reader.catalogue);
    const news = { key, view, text: newsText(view, list.text), list };
    known.set(key, news);
    return news;
  };
}

/** What stands for the messages where the letter shows none: how many there are and where, nobody's name. */
function noMessages(part: LetterPart, { title }: EventNames, words: Catalogue): MessageList {
  const preview = part.reason === "mention" ? words.mentionSubject([], title) : words.newMessagesInEvent(part.count, title);
  return { html: "" as SafeHtml, text: "", shown: 0, preview, mentioners: [] };
}

function newsView(
  part: LetterPart,
  names: EventNames,
  mode: ContentMode,
  list: MessageList,
  links: LetterLinks,
  words: Catalogue,
): NewsView {
  const hidden = mode === "none" ? 0 : part.count - list.shown;
  return {
    organization: names.organization,
    title: names.title,
    url: links.event(part.event_id),
    summary: summary(part, mode, list, words),
    brief: mode === "none" ? brief(part, words) : summary(part, mode, list, words),
    messages: list.html,
    more: hidden > 0 ? words.andMoreMessages(hidden) : null,
    openLabel: words.openChat,
    why: because(part, names, words),
    whyLabel: words.why,
    muteLabel: words.muteEvent,
  };
}

function summary(part: LetterPart, mode: ContentMode, list: MessageList, words: Catalogue): string {
  if (mode === "none") return list.preview;
  return part.reason === "mention" && list.mentioners.length > 0 ? words.mentionedYou(list.mentioners) : words.newMessages(part.count);
}

/** The summary without the event's title, for where the title stands right above. */
function brief(part: LetterPart, words: Catalogue): string {
  return part.reason === "mention" ? words.mentionedYou([]) : words.newMessages(part.count);
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
