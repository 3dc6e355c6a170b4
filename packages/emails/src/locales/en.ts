import type { Catalogue } from "./catalogue.ts";

const plural = new Intl.PluralRules("en");
const digits = new Intl.NumberFormat("en");

function counted(count: number, one: string, other: string): string {
  return `${digits.format(count)} ${plural.select(count) === "one" ? one : other}`;
}

const messages = (count: number) => counted(count, "new message", "new messages");
const events = (count: number) => counted(count, "event", "events");

export const en: Catalogue = {
  language: "en",
  direction: "ltr",

  someoneWhoLeft: "Someone who left",
  edited: "edited",
  mentionsYou: "mentions you",
  noText: "(nothing that can be shown)",
  people: ([first = "", second, ...others]) => {
    if (second === undefined) return first;
    if (others.length === 0) return `${first} and ${second}`;
    return `${first}, ${second} and ${counted(others.length, "other", "others")}`;
  },

  newMessages: messages,
  andMoreMessages: (count) => `and ${counted(count, "more message", "more messages")}`,
  andMoreEvents: (eventCount, messageCount) => {
    if (eventCount === 0) return `and ${counted(messageCount, "more message", "more messages")}`;
    const more = `and ${counted(eventCount, "more event", "more events")}`;
    return messageCount === 0 ? more : `${more} with ${messages(messageCount)}`;
  },
  mentionedYou: (people) => `${people} mentioned you`,
  newMessagesInEvents: (messageCount, eventCount) => `${messages(messageCount)} in ${events(eventCount)}`,

  conversationSubject: (event) => `${event}: new messages`,
  mentionSubject: (people, event) => `${people} mentioned you in ${event}`,
  combinedSubject: (messageCount, firstEvent, otherEvents) => {
    const subject = `${messages(messageCount)} in ${firstEvent}`;
    return otherEvents === 0 ? subject : `${subject} and ${counted(otherEvents, "more event", "more events")}`;
  },
  digestSubject: (messageCount, eventCount) => `Your daily digest: ${messages(messageCount)} in ${events(eventCount)}`,

  combinedHeading: "New in your events",
  digestHeading: "Your daily digest",
  openChat: "Open the chat",
  openApp: "See them all",
  becauseMention: (event) => `You get this because somebody mentioned you in ${event}.`,
  becauseParticipant: (event) => `You get this because you take part in ${event}.`,
  becauseMember: (organization, event) => `You get this because you are a member of ${organization}, which runs ${event}.`,
  why: "Why exactly?",
  muteEvent: "Mute this event",
  changePreferences: "Change what you get by e-mail",
  unsubscribeFromEvent: "Unsubscribe from this event",
  unsubscribeFromCombined: "Unsubscribe from these letters",
  unsubscribeFromDigest: "Unsubscribe from the digest",

  repliesAreRead: "You can answer this e-mail; replies are read.",
  repliesAreNotRead: "Replies to this e-mail are not read. Please answer in the chat.",
  timesAreIn: (timeZone) => `Times are in ${timeZone}.`,
  sentTo: (address) => `Sent to ${address}.`,
};
