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

/** What every letter has around its news. */
export interface FrameView {
  language: string;
  direction: string;
  subject: string;
  preheader: string;
  preferencesUrl: string;
  preferencesLabel: string;
  unsubscribeUrl: string | null;
  unsubscribeLabel: string;
  replies: string;
  times: string;
  sentTo: string;
  sender: string;
  postalAddress: string;
}

/** One event's news. */
export interface EventView {
  organization: string;
  title: string;
  url: string;
  summary: string;
  messages: SafeHtml;
  /** "and 3 more messages", or null. */
  more: string | null;
  openLabel: string;
  why: string;
  whyUrl: string;
  whyLabel: string;
  muteUrl: string;
  muteLabel: string;
}

export interface ConversationLetterView extends FrameView {
  event: EventView;
  /** What this letter had no room for, or null. */
  more: string | null;
  appUrl: string;
}

/** Combined letters and digests: several events. */
export interface OverviewLetterView extends FrameView {
  heading: string;
  date: string;
  summary: string;
  events: EventView[];
  more: string | null;
  appUrl: string;
}
