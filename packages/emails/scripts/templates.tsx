import { createSlots, type Shape } from "../templates/slots.tsx";
import CombinedLetter from "../templates/combined-letter.tsx";
import ConversationLetter from "../templates/conversation-letter.tsx";
import DigestLetter from "../templates/digest-letter.tsx";
import MessageList from "../templates/message-list.tsx";
import type { ConversationLetterView, EventView, FrameView, MessageListView, OverviewLetterView } from "../src/letter-view.ts";
import type { TemplateSource } from "./compile-template.ts";

const frame: Shape<FrameView> = {
  language: "text",
  direction: "text",
  subject: "text",
  preheader: "text",
  preferencesUrl: "text",
  preferencesLabel: "text",
  unsubscribeUrl: "optional",
  unsubscribeLabel: "text",
  replies: "text",
  times: "text",
  sentTo: "text",
  sender: "text",
  postalAddress: "text",
};

const event: Shape<EventView> = {
  organization: "text",
  title: "text",
  url: "text",
  summary: "text",
  messages: "html",
  more: "optional",
  openLabel: "text",
  why: "text",
  whyUrl: "text",
  whyLabel: "text",
  muteUrl: "text",
  muteLabel: "text",
};

const conversation: Shape<ConversationLetterView> = { ...frame, event, more: "optional", appUrl: "text" };

const overview: Shape<OverviewLetterView> = {
  ...frame,
  heading: "text",
  date: "text",
  summary: "text",
  events: [event],
  more: "optional",
  appUrl: "text",
};

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
