import type { Catalogue } from "./locales/catalogue.ts";
import type { ConversationLetterView, EventView, FrameView, OverviewLetterView } from "./letter-view.ts";
import { COLUMNS, wrapText } from "./wrap-text.ts";

/** The text versions: written for reading at 72 columns, every link on its own line. */

/** An event as the text version shows it; its messages are already text. */
export interface EventText {
  event: EventView;
  messages: string;
}

const RULE = "-".repeat(COLUMNS);

export function conversationText(view: ConversationLetterView, messages: string, words: Catalogue): string {
  const { event } = view;
  return blocks([
    wrapText(`${event.title}\n${event.organization}`),
    wrapText(event.summary),
    ...news({ event, messages }),
    ...more(view, words),
    RULE,
    ...reason(event),
    ...footer(view),
  ]);
}

export function overviewText(view: OverviewLetterView, events: EventText[], words: Catalogue): string {
  return blocks([
    wrapText([view.heading, view.date].filter((line) => line !== "").join("\n")),
    wrapText(view.summary),
    ...events.flatMap(({ event, messages }) => [
      RULE,
      wrapText(`${event.title}\n${event.organization}\n${event.summary}`),
      ...news({ event, messages }),
      ...reason(event),
    ]),
    ...more(view, words),
    RULE,
    ...footer(view),
  ]);
}

function news({ event, messages }: EventText): string[] {
  return [messages, event.more ?? "", link(event.openLabel, event.url)];
}

function more({ more, appUrl }: { more: string | null; appUrl: string }, words: Catalogue): string[] {
  return more === null ? [] : [wrapText(more), link(words.openApp, appUrl)];
}

function reason(event: EventView): string[] {
  return [`${wrapText(event.why)}\n${link(event.whyLabel, event.whyUrl)}`, link(event.muteLabel, event.muteUrl)];
}

function footer(view: FrameView): string[] {
  return [
    link(view.preferencesLabel, view.preferencesUrl),
    view.unsubscribeUrl === null ? "" : link(view.unsubscribeLabel, view.unsubscribeUrl),
    wrapText(`${view.replies}\n${view.times} ${view.sentTo}`),
    wrapText(`${view.sender}\n${view.postalAddress}`),
  ];
}

function link(label: string, url: string): string {
  return `${label}${/[?:]$/.test(label) ? "" : ":"}\n${url}`;
}

function blocks(all: string[]): string {
  return `${all.filter((block) => block !== "").join("\n\n")}\n`;
}
