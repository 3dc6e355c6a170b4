import type { SafeHtml } from "../src/escape-html.ts";
import type { ConversationLetterView, EventView, FrameView, LetterView, MessageListView, OverviewLetterView } from "../src/letter-view.ts";

/** What React Email's preview server shows, and the compiler is tested with. `npm run preview` shows whole letters instead. */

const frame: FrameView = {
  language: "en",
  direction: "ltr",
  heading: "Your daily digest",
  preferencesLabel: "Change what you get by e-mail",
  unsubscribeLabel: "Unsubscribe",
  replies: "Replies to this e-mail are not read.",
  times: "Times are in Europe/Berlin.",
  sender: "Event Chat",
  postalAddress: "Harbour Culture e.V., Am Kai 12, 24103 Kiel",
};

const letter: LetterView = {
  frame,
  subject: "Harbour Lights Festival: new messages",
  note: "What was written stays in the chat.",
  preheader: "Olga Petrova: The stage is up!",
  sentTo: "Sent to sam@example.com.",
  preferencesUrl: "https://chat.example.com/settings/notifications",
  unsubscribeUrl: null,
  more: null,
  appUrl: "https://chat.example.com",
};

const event: EventView = {
  news: {
    organization: "Harbour Culture",
    title: "Lights & “Sound” <2026>",
    url: "https://chat.example.com/events/1",
    summary: "4 new messages",
    brief: "4 new messages",
    messages: "<p><strong>Olga Petrova</strong> 16:02<br>The stage is up!</p>" as SafeHtml,
    more: "and 3 more messages",
    openLabel: "Open the chat",
    why: "You get this because you take part in Lights & “Sound” <2026>.",
    whyLabel: "Why exactly?",
    muteLabel: "Mute this event",
  },
  whyUrl: "https://chat.example.com/receipts/1?event=1&x='y'",
  muteUrl: "https://chat.example.com/settings/notifications?mute=1",
};

const quietEvent: EventView = { ...event, news: { ...event.news, title: "Open Choir Night", more: null } };

export const conversationPreview: ConversationLetterView = { ...letter, event };

export const overviewPreview: OverviewLetterView = {
  ...letter,
  unsubscribeUrl: "https://chat.example.com/unsubscribe?a=1&b=2",
  more: "and 2 more events with 9 new messages",
  date: "Monday 9 November",
  summary: "17 new messages in 4 events",
  events: [event, quietEvent],
};

const message = {
  author: "Olga Petrova",
  time: "16:02",
  url: "https://chat.example.com/events/1#message-1",
  body: "The <b>stage</b> is up!" as SafeHtml,
  edited: null,
  mention: null,
};

export const messageListPreview: MessageListView = {
  days: [
    { label: "Sunday 8 November", messages: [message, { ...message, edited: "edited" }] },
    { label: "Monday 9 November", messages: [{ ...message, author: `"Ben" <b>`, mention: "mentions you", edited: "edited" }] },
  ],
};
