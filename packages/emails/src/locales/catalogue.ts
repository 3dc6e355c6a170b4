/**
 * All words of the letters in one language. A language is one file that exports a `Catalogue`, added
 * to `find-catalogue.ts`; a missing phrase does not compile. Names and titles arrive clean and clipped.
 */
export interface Catalogue {
  /** BCP 47 language, also the letter's `lang`. */
  language: string;
  direction: "ltr" | "rtl";

  someoneWhoLeft: string;
  edited: string;
  mentionsYou: string;
  /** Stands where a message has nothing that can be shown. */
  noText: string;
  /** "Olga, Ben and 2 others"; `names` is never empty. */
  people(names: string[]): string;

  newMessages(count: number): string;
  andMoreMessages(count: number): string;
  /** What the letter had no room for; either count may be 0, not both. */
  andMoreEvents(events: number, messages: number): string;
  mentionedYou(people: string): string;
  newMessagesInEvents(messages: number, events: number): string;

  conversationSubject(event: string): string;
  mentionSubject(people: string, event: string): string;
  combinedSubject(messages: number, firstEvent: string, otherEvents: number): string;
  digestSubject(messages: number, events: number): string;

  combinedHeading: string;
  digestHeading: string;
  openChat: string;
  openApp: string;
  becauseMention(event: string): string;
  becauseParticipant(event: string): string;
  becauseMember(organization: string, event: string): string;
  why: string;
  muteEvent: string;
  changePreferences: string;
  unsubscribeFromEvent: string;
  unsubscribeFromCombined: string;
  unsubscribeFromDigest: string;

  repliesAreRead: string;
  repliesAreNotRead: string;
  timesAreIn(timeZone: string): string;
  sentTo(address: string): string;
}
