import type { SafeHtml } from "./escape-html.ts";

/**
 * What the templates show: words already chosen, in the reader's language. `string` is escaped where
 * it is inserted, `SafeHtml` is not.
 */

export interface MessageListView {
  days: DayView[];
}

export interface DayView {
  label: string;
  messages: MessageView[];
}

export interface MessageView {
  author: string;
  time: string;
  url: string;
  body: SafeHtml;
  /** "edited", or null. */
  edited: string | null;
  /** "mentions you", or null. */
  mention: string | null;
}

/** Words around the news; the same for all letters of a kind to readers of one locale and zone. */
export interface FrameView {
  language: string;
  direction: string;
  heading: string;
  preferencesLabel: string;
  unsubscribeLabel: string;
  replies: string;
  times: string;
  sender: string;
  postalAddress: string;
}

/** One event's news; the same for all readers of one locale and zone who are shown the same messages. */
export interface NewsView {
  organization: string;
  title: string;
  url: string;
  summary: string;
  /** The summary under the event's title. */
  brief: string;
  messages: SafeHtml;
  /** "and 3 more messages", or null. */
  more: string | null;
  openLabel: string;
  why: string;
  whyLabel: string;
  muteLabel: string;
}

/** An event in one reader's letter. */
export interface EventView {
  news: NewsView;
  whyUrl: string;
  muteUrl: string;
}

export interface LetterView {
  frame: FrameView;
  subject: string;
  preheader: string;
  /** Why there are no messages, or null. */
  note: string | null;
  sentTo: string;
  preferencesUrl: string;
  unsubscribeUrl: string | null;
  /** What this letter had no room for, or null. */
  more: string | null;
  appUrl: string;
}

export interface ConversationLetterView extends LetterView {
  event: EventView;
}

/** Combined letters and digests: several events. */
export interface OverviewLetterView extends LetterView {
  date: string;
  summary: string;
  events: EventView[];
}
