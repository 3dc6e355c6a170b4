import type { ConversationLetterView, EventView, FrameView, LetterView, NewsView, OverviewLetterView } from "./letter-view.ts";
import type { Catalogue } from "./locales/catalogue.ts";
import { COLUMNS, wrapText } from "./wrap-text.ts";

/** The text versions: written for reading at 72 columns, every link on its own line. */

/** The text of `NewsView`, wrapped. */
export interface NewsText {
  /** From the title to the link to the chat. */
  news: string;
  why: string;
}

/** The text of `FrameView`, wrapped. */
export interface FrameText {
  replies: string;
  sender: string;
}

const RULE = "-".repeat(COLUMNS);

export function newsText(view: NewsView, messages: string): NewsText {
  return {
    news: blocks([
      wrapText(`${view.title}\n${view.organization}`),
      wrapText(view.summary),
      messages,
      view.more ?? "",
      link(view.openLabel, view.url),
    ]),
    why: wrapText(view.why),
  };
}

export function frameText(view: FrameView): FrameText {
  return { replies: wrapText(`${view.replies}\n${view.times}`), sender: wrapText(`${view.sender}\n${view.postalAddress}`) };
}

export function conversationText(view: ConversationLetterView, news: NewsText, frame: FrameText, words: Catalogue): string {
  return `${blocks([news.news, note(view), more(view, words), RULE, reason(view.event, news), footer(view, frame)])}\n`;
}

export function overviewText(view: OverviewLetterView, news: NewsText[], frame: FrameText, words: Catalogue): string {
  const heading = view.date === "" ? view.frame.heading : `${view.frame.heading}\n${view.date}`;
  const events = view.events.map((event, at) => blocks([RULE, news[at]!.news, reason(event, news[at]!)]));
  return `${blocks([heading, view.summary, note(view), ...events, more(view, words), RULE, footer(view, frame)])}\n`;
}

function note({ note }: LetterView): string {
  return note === null ? "" : wrapText(note);
}

function more({ more, appUrl }: LetterView, words: Catalogue): string {
  return more === null ? "" : `${more}\n\n${link(words.openApp, appUrl)}`;
}

function reason({ news, whyUrl, muteUrl }: EventView, { why }: NewsText): string {
  return `${why}\n${link(news.whyLabel, whyUrl)}\n\n${link(news.muteLabel, muteUrl)}`;
}

function footer(view: LetterView, { replies, sender }: FrameText): string {
  const { frame, unsubscribeUrl } = view;
  return blocks([
    link(frame.preferencesLabel, view.preferencesUrl),
    unsubscribeUrl === null ? "" : link(frame.unsubscribeLabel, unsubscribeUrl),
    `${replies}\n${view.sentTo}`,
    sender,
  ]);
}

function link(label: string, url: string): string {
  return /[?؟]$/.test(label) ? `${label}\n${url}` : `${label}:\n${url}`;
}

/** Blocks with an empty line between them; empty ones are left out. */
function blocks(all: string[]): string {
  let text = "";
  for (const block of all) {
    if (block !== "") text += text === "" ? block : `\n\n${block}`;
  }
  return text;
}
