import type { DispatchFacts, LetterPart } from "./letter-facts.ts";
import { createEventNames, type EventNames } from "./letter-names.ts";
import type { LetterLinks } from "./letter-links.ts";
import { newsText, type NewsText } from "./letter-text.ts";
import type { NewsView } from "./letter-view.ts";
import type { Catalogue } from "./locales/catalogue.ts";
import { createMessageLists, type MessageList, type ShownLimit } from "./message-lists.ts";
import type { Reader } from "./reader.ts";

/** One event's news in both versions, without what is one reader's own. */
export interface EventNews {
  view: NewsView;
  text: NewsText;
  list: MessageList;
}

export type FindEventNews = (part: LetterPart, reader: Reader, currentYear: string, limit: ShownLimit) => EventNews;

/** Works out each distinct piece of news of a dispatch once: most letters of an event say the same. */
export function createEventNews(facts: DispatchFacts, links: LetterLinks): FindEventNews {
  const known = new Map<string, EventNews>();
  const namesOf = createEventNames(facts);
  const listOf = createMessageLists(facts, links);
  return (part, reader, currentYear, limit) => {
    const key =
      `${part.event_id} ${part.count} ${part.reason} ${part.shown.join()} ${part.mentions.join()} ` +
      `${reader.key} ${currentYear} ${limit.messages}`;
    const cached = known.get(key);
    if (cached !== undefined) return cached;
    const list = listOf(part, reader, currentYear, limit);
    const view = newsView(part, namesOf(part.event_id), list, links, reader.catalogue);
    const news = { view, text: newsText(view, list.text), list };
    known.set(key, news);
    return news;
  };
}

function newsView(part: LetterPart, names: EventNames, list: MessageList, links: LetterLinks, words: Catalogue): NewsView {
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
    whyLabel: words.why,
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
