import { createSlots, type Shape } from "../templates/slots.tsx";
import CombinedLetter from "../templates/combined-letter.tsx";
import ConversationLetter from "../templates/conversation-letter.tsx";
import DigestLetter from "../templates/digest-letter.tsx";
import MessageList from "../templates/message-list.tsx";
import type { ConversationLetterView, EventView, LetterView, MessageListView, OverviewLetterView } from "../src/letter-view.ts";
import type { TemplateSource } from "./compile-template.ts";

const letter: Shape<LetterView> = {
  frame: {
    language: "text",
    direction: "text",
    heading: "text",
    preferencesLabel: "text",
    unsubscribeLabel: "text",
    replies: "text",
    times: "text",
    sender: "text",
    postalAddress: "text",
  },
  subject: "text",
  preheader: "text",
  note: "optional",
  sentTo: "text",
  preferencesUrl: "text",
  unsubscribeUrl: "optional",
  more: "optional",
  appUrl: "text",
};

const event: Shape<EventView> = {
  news: {
    organization: "text",
    title: "text",
    url: "text",
    summary: "text",
    brief: "text",
    messages: "html",
    more: "optional",
    openLabel: "text",
    why: "text",
    whyLabel: "text",
    muteLabel: "text",
  },
  whyUrl: "text",
  muteUrl: "text",
};

const conversation: Shape<ConversationLetterView> = { ...letter, event };
const overview: Shape<OverviewLetterView> = { ...letter, date: "text", summary: "text", events: [event] };

const messageList: Shape<MessageListView> = {
  days: [
    {
      label: "text",
      messages: [{ author: "text", time: "text", url: "text", body: "html", edited: "optional", mention: "optional" }],
    },
  ],
};

/** All templates, each with the tree the compiler reads. */
export const templates: TemplateSource[] = [
  {
    name: "message-list",
    view: "MessageListView",
    tree: <MessageList {...createSlots(messageList, "view")} />,
    document: false,
  },
  {
    name: "conversation-letter",
    view: "ConversationLetterView",
    tree: <ConversationLetter {...createSlots(conversation, "view")} />,
    document: true,
  },
  {
    name: "combined-letter",
    view: "OverviewLetterView",
    tree: <CombinedLetter {...createSlots(overview, "view")} />,
    document: true,
  },
  {
    name: "digest-letter",
    view: "OverviewLetterView",
    tree: <DigestLetter {...createSlots(overview, "view")} />,
    document: true,
  },
];
