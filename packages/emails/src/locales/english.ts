import { isolate } from "../isolate.ts";
import type { Catalogue } from "./catalogue.ts";
import { createCounting } from "./counting.ts";

/** English, with the numbers of `locale`. */
export function english(locale: string): Catalogue {
  const counted = createCounting(locale);
  const name = (text: string) => isolate(text, "ltr");
  const messages = (count: number) => counted(count, { one: "# new message", other: "# new messages" });
  const moreMessages = (count: number) => counted(count, { one: "# more message", other: "# more messages" });
  const events = (count: number) => counted(count, { one: "# event", other: "# events" });
  const moreEvents = (count: number) => counted(count, { one: "# more event", other: "# more events" });
  const people = ([first, second, ...others]: string[]) => {
    if (first === undefined) return "Somebody";
    if (second === undefined) return name(first);
    if (others.length === 0) return `${name(first)} and ${name(second)}`;
    return `${name(first)}, ${name(second)} and ${counted(others.length, { one: "# other", other: "# others" })}`;
  };
  const digest = { hourly: "Your hourly digest", daily: "Your daily digest", weekly: "Your weekly digest" };

  return {
    language: "en",
    direction: "ltr",

    someoneWhoLeft: "Someone who left",
    edited: "edited",
    mentionsYou: "mentions you",
    noText: "(nothing that can be shown)",
    hidden: {
      email: "[e-mail hidden]",
      phone: "[phone number hidden]",
      card: "[card number hidden]",
      bankAccount: "[account number hidden]",
      key: "[key or password hidden]",
      code: "[code hidden]",
      link: "[private link hidden]",
    },
    textStaysInChat: "What was written stays in the chat.",

    newMessages: messages,
    andMoreMessages: (count) => `and ${moreMessages(count)}`,
    andMoreEvents: (eventCount, messageCount) => {
      if (eventCount === 0) return `and ${moreMessages(messageCount)}`;
      const more = `and ${moreEvents(eventCount)}`;
      return messageCount === 0 ? more : `${more} with ${messages(messageCount)}`;
    },
    mentionedYou: (names) => `${people(names)} mentioned you`,
    newMessagesInEvent: (count, event) => `${messages(count)} in ${name(event)}`,
    newMessagesInEvents: (messageCount, eventCount) => `${messages(messageCount)} in ${events(eventCount)}`,

    conversationSubject: (event) => `${event}: new messages`,
    mentionSubject: (names, event) => `${people(names)} mentioned you in ${name(event)}`,
    combinedSubject: (messageCount, firstEvent, otherEvents) => {
      const subject = `${messages(messageCount)} in ${name(firstEvent)}`;
      return otherEvents === 0 ? subject : `${subject} and ${moreEvents(otherEvents)}`;
    },
    digestSubject: (rhythm, messageCount, eventCount) => `${digest[rhythm]}: ${messages(messageCount)} in ${events(eventCount)}`,

    combinedHeading: "New in your events",
    digestHeading: digest,
    openChat: "Open the chat",
    openApp: "See them all",
    becauseMention: (event) => `You get this because somebody mentioned you in ${name(event)}.`,
    becauseParticipant: (event) => `You get this because you take part in ${name(event)}.`,
    becauseMember: (organization, event) =>
      `You get this because you are a member of ${name(organization)}, which runs ${name(event)}.`,
    why: "Why exactly?",
    muteEvent: "Mute this event",
    changePreferences: "Change what you get by e-mail",
    unsubscribeFromEvent: "Unsubscribe from this event",
    unsubscribeFromCombined: "Unsubscribe from these letters",
    unsubscribeFromDigest: "Unsubscribe from the digest",

    repliesAreRead: "You can answer this e-mail; replies are read.",
    repliesAreNotRead: "Replies to this e-mail are not read. Please answer in the chat.",
    timesAreIn: (timeZone) => `Times are in ${timeZone}.`,
    sentTo: (address) => `Sent to ${name(address)}.`,
  };
}
