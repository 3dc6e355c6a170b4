/** What a letter says about one event. */
export interface LetterNews {
  /** Ids of the messages it shows. */
  shown: string[];
  /** How many more it says there are. */
  more: number;
}

const LINK = /<a\s([^>]*)>([^<]*)<\/a>/g;

/**
 * Reads from a letter's HTML what it tells of an event: messages by their links, "and N more" by its link to the event.
 * null: the event is not in it. Links that people wrote into their messages (`rel="… ugc"`) count for nothing.
 */
export function readLetter(html: string, eventId: string): LetterNews | null {
  const news: LetterNews = { shown: [], more: 0 };
  let found = false;
  for (const [, attributes = "", text = ""] of html.matchAll(LINK)) {
    const href = /(?:^|\s)href="([^"]*)"/.exec(attributes)?.[1] ?? "";
    const [address = "", fragment] = href.split("#");
    if (!address.endsWith(`/events/${eventId}`) || /(?:^|\s)rel=/.test(attributes)) continue;
    found = true;
    const message = /^message-(\d+)$/.exec(fragment ?? "")?.[1];
    if (message !== undefined) news.shown.push(message);
    // The event's title and the button lead to the same place, and a title may hold a number.
    else if (/(?:^|\s)class="accent"/.test(attributes)) news.more += firstNumber(text);
  }
  return found ? news : null;
}

function firstNumber(text: string): number {
  return Number((/\d[\d.,'\u00a0\u202f]*/.exec(text)?.[0] ?? "0").replace(/\D/g, ""));
}
