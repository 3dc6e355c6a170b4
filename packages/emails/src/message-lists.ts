import { renderMessageList } from "./compiled/message-list.ts";
import type { ContentMode } from "./content-mode.ts";
import type { SafeHtml } from "./escape-html.ts";
import { isolate } from "./isolate.ts";
import { authorName } from "./letter-names.ts";
import type { DispatchFacts, LetterPart, MessageFacts } from "./letter-facts.ts";
import type { LetterLinks } from "./letter-links.ts";
import type { DayView } from "./letter-view.ts";
import { messageListText } from "./message-list-text.ts";
import type { Reader } from "./reader.ts";
import type { Redactor } from "./redactor.ts";
import { cleanLine, messageContent, showsNothing, type TextLimit } from "./untrusted-text.ts";

/** How much of an event a letter shows. */
export interface ShownLimit extends TextLimit {
  messages: number;
}

/** One event's messages, rendered. Readers of one locale and zone who are shown the same messages share it. */
export interface MessageList {
  html: SafeHtml;
  text: string;
  /** How many messages it shows. */
  shown: number;
  /** The newest words, for the mail client's list: "Olga: Doors open at six". */
  preview: string;
  /** Who mentions the reader, each once. */
  mentioners: string[];
}

export type MessageLists = (
  part: LetterPart,
  reader: Reader,
  mode: ContentMode,
  currentYear: string,
  limit: ShownLimit,
) => MessageList;

/** The accent of `templates/theme.ts`; a test compares them. */
const ACCENT_LINK = ' style="color:#1f5f4d;text-decoration:underline"';

/** Renders each distinct message list of a dispatch once. */
export function createMessageLists(facts: DispatchFacts, links: LetterLinks, redact: Redactor): MessageLists {
  const known = new Map<string, MessageList>();
  return (part, reader, mode, currentYear, limit) => {
    const key = `${part.event_id} ${part.shown.join()} ${part.mentions.join()} ${reader.key} ${mode} ${currentYear} ${limit.messages}`;
    const cached = known.get(key);
    if (cached !== undefined) return cached;
    const shown = (raw: string) => redact(raw, mode, reader.catalogue);
    const list = renderList(facts, links, shown, part, reader, currentYear, limit);
    known.set(key, list);
    return list;
  };
}

function renderList(
  facts: DispatchFacts,
  links: LetterLinks,
  shown: (raw: string) => string,
  part: LetterPart,
  reader: Reader,
  currentYear: string,
  limit: ShownLimit,
): MessageList {
  const { catalogue } = reader;
  const author = ({ author_name }: MessageFacts) =>
    authorName(author_name === null ? null : shown(author_name)) ?? catalogue.someoneWhoLeft;
  const messages = choose(part, limit.messages).flatMap((id) => {
    const message = facts.messages[id];
    if (message === undefined) return [];
    const body = showsNothing(message.body) ? catalogue.noText : shown(message.body);
    return [{ id, message, body, mentions: part.mentions.includes(id) }];
  });

  const days: DayView[] = [];
  const texts: string[] = [];
  for (const { id, message, body, mentions } of messages) {
    const label = reader.day(message.posted_at, currentYear);
    if (days.at(-1)?.label !== label) days.push({ label, messages: [] });
    const content = messageContent(body, limit, ACCENT_LINK);
    days.at(-1)!.messages.push({
      author: author(message),
      time: reader.time(message.posted_at),
      url: links.message(part.event_id, id),
      body: content.html,
      edited: message.edited ? catalogue.edited : null,
      mention: mentions ? catalogue.mentionsYou : null,
    });
    texts.push(content.text);
  }

  const newest = [...messages].reverse().sort((a, b) => Number(b.mentions) - Number(a.mentions)).slice(0, 3);
  return {
    html: renderMessageList({ days }),
    text: messageListText(days, texts, catalogue.direction),
    shown: messages.length,
    preview: newest.map(({ message, body }) => previewLine(author(message), body, catalogue.direction)).join("  ·  "),
    mentioners: [...new Set(messages.filter(({ mentions }) => mentions).map(({ message }) => author(message)))],
  };
}

function previewLine(author: string, body: string, direction: "ltr" | "rtl"): string {
  return `${isolate(author, direction)}: ${isolate(cleanLine(body.slice(0, 200), 80), direction)}`;
}

/** The newest messages, but those that mention the reader first. */
function choose(part: LetterPart, most: number): string[] {
  if (part.shown.length <= most) return part.shown;
  if (most === 0) return [];
  const mentions = part.shown.filter((id) => part.mentions.includes(id)).slice(-most);
  const others = part.shown.filter((id) => !part.mentions.includes(id));
  const kept = new Set([...mentions, ...others.slice(others.length - (most - mentions.length))]);
  return part.shown.filter((id) => kept.has(id));
}
