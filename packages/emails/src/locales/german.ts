import { isolate } from "../isolate.ts";
import type { Catalogue } from "./catalogue.ts";
import { createCounting } from "./counting.ts";

/** German (du), with the numbers of `locale`. */
export function german(locale: string): Catalogue {
  const counted = createCounting(locale);
  const name = (text: string) => isolate(text, "ltr");
  const messages = (count: number) => counted(count, { one: "# neue Nachricht", other: "# neue Nachrichten" });
  const moreMessages = (count: number) => counted(count, { one: "# weitere Nachricht", other: "# weitere Nachrichten" });
  const moreEvents = (count: number) => counted(count, { one: "# weitere Veranstaltung", other: "# weitere Veranstaltungen" });
  /** After "in". */
  const inEvents = (count: number) => counted(count, { one: "# Veranstaltung", other: "# Veranstaltungen" });
  const inMoreEvents = (count: number) => counted(count, { one: "# weiteren Veranstaltung", other: "# weiteren Veranstaltungen" });
  const withMessages = (count: number) => counted(count, { one: "# neuen Nachricht", other: "# neuen Nachrichten" });
  const people = ([first, second, ...others]: string[]) => {
    if (first === undefined) return "Jemand";
    if (second === undefined) return name(first);
    if (others.length === 0) return `${name(first)} und ${name(second)}`;
    return `${name(first)}, ${name(second)} und ${counted(others.length, { one: "# weitere Person", other: "# weitere Personen" })}`;
  };
  const have = (names: string[]) => (names.length > 1 ? "haben" : "hat");
  const digest = { hourly: "Deine Stundenübersicht", daily: "Deine Tagesübersicht", weekly: "Deine Wochenübersicht" };

  return {
    language: "de",
    direction: "ltr",

    someoneWhoLeft: "Gelöschtes Konto",
    edited: "bearbeitet",
    mentionsYou: "erwähnt dich",
    noText: "(nichts, was sich anzeigen lässt)",
    hidden: {
      email: "[E-Mail-Adresse ausgeblendet]",
      phone: "[Telefonnummer ausgeblendet]",
      card: "[Kartennummer ausgeblendet]",
      bankAccount: "[Kontonummer ausgeblendet]",
      key: "[Schlüssel oder Passwort ausgeblendet]",
      code: "[Code ausgeblendet]",
      link: "[privater Link ausgeblendet]",
    },
    textStaysInChat: "Was geschrieben wurde, liest du nur im Chat.",

    newMessages: messages,
    andMoreMessages: (count) => `und ${moreMessages(count)}`,
    andMoreEvents: (eventCount, messageCount) => {
      if (eventCount === 0) return `und ${moreMessages(messageCount)}`;
      const more = `und ${moreEvents(eventCount)}`;
      return messageCount === 0 ? more : `${more} mit ${withMessages(messageCount)}`;
    },
    mentionedYou: (names) => `${people(names)} ${have(names)} dich erwähnt`,
    newMessagesInEvent: (count, event) => `${messages(count)} in „${name(event)}“`,
    newMessagesInEvents: (messageCount, eventCount) => `${messages(messageCount)} in ${inEvents(eventCount)}`,

    conversationSubject: (event) => `${event}: neue Nachrichten`,
    mentionSubject: (names, event) => `${people(names)} ${have(names)} dich in „${name(event)}“ erwähnt`,
    combinedSubject: (messageCount, firstEvent, otherEvents) => {
      const subject = `${messages(messageCount)} in „${name(firstEvent)}“`;
      return otherEvents === 0 ? subject : `${subject} und ${inMoreEvents(otherEvents)}`;
    },
    digestSubject: (rhythm, messageCount, eventCount) => `${digest[rhythm]}: ${messages(messageCount)} in ${inEvents(eventCount)}`,

    combinedHeading: "Neues aus deinen Veranstaltungen",
    digestHeading: digest,
    openChat: "Chat öffnen",
    openApp: "Alle ansehen",
    becauseMention: (event) => `Du bekommst diese E-Mail, weil dich jemand in „${name(event)}“ erwähnt hat.`,
    becauseParticipant: (event) => `Du bekommst diese E-Mail, weil du bei „${name(event)}“ dabei bist.`,
    becauseMember: (organization, event) =>
      `Du bekommst diese E-Mail, weil du Mitglied von ${name(organization)} bist und „${name(event)}“ dazugehört.`,
    why: "Warum genau?",
    muteEvent: "Veranstaltung stummschalten",
    changePreferences: "E-Mail-Einstellungen ändern",
    unsubscribeFromEvent: "Diese Veranstaltung abbestellen",
    unsubscribeFromCombined: "Diese E-Mails abbestellen",
    unsubscribeFromDigest: "Übersicht abbestellen",

    repliesAreRead: "Du kannst auf diese E-Mail antworten, Antworten werden gelesen.",
    repliesAreNotRead: "Antworten auf diese E-Mail werden nicht gelesen. Bitte antworte im Chat.",
    timesAreIn: (timeZone) => `Alle Uhrzeiten in der Zeitzone ${timeZone}.`,
    sentTo: (address) => `Gesendet an ${name(address)}.`,
  };
}
