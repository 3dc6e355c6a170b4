import type { DigestRhythm } from "../digest-rhythm.ts";
import type { SecretKind } from "../secrets/finding.ts";

/**
 * All words of the letters in one language. A language is one file that exports a function from a
 * locale of that language (for its numbers) to a `Catalogue`, added to `find-catalogue.ts`; a missing
 * phrase does not compile. Names and titles arrive clean and clipped; where they stand in a sentence
 * they are isolated, because they may be in another script.
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
  /** Stands where a secret was. */
  hidden: Record<SecretKind, string>;
  /** Where a letter shows no messages by choice. */
  textStaysInChat: string;

  newMessages(count: number): string;
  andMoreMessages(count: number): string;
  /** What the letter had no room for; either count may be 0, not both. */
  andMoreEvents(events: number, messages: number): string;
  /** "Olga, Ben and 2 others mentioned you". No names: nobody the letter may name. */
  mentionedYou(names: string[]): string;
  newMessagesInEvent(messages: number, event: string): string;
  newMessagesInEvents(messages: number, events: number): string;

  conversationSubject(event: string): string;
  mentionSubject(names: string[], event: string): string;
  combinedSubject(messages: number, firstEvent: string, otherEvents: number): string;
  digestSubject(rhythm: DigestRhythm, messages: number, events: number): string;

  combinedHeading: string;
  digestHeading: Record<DigestRhythm, string>;
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
