import type { LetterFacts, LetterPart, Urls } from "./letter-facts.ts";

/** Where a letter's links lead. All absolute URLs. */
export interface LetterLinks {
  event(eventId: string): string;
  message(eventId: string, messageId: string): string;
  mute(letter: LetterFacts, eventId: string): string;
  preferences(letter: LetterFacts): string;
  /** The receipt of one of the part's messages: the newest that mentions the reader, or the newest. */
  why(part: LetterPart): string;
  /** One-click address (RFC 8058); null leaves the link and its headers out. */
  unsubscribe(letter: LetterFacts): string | null;
}

/**
 * The web app's own pages, for readers who are signed in there.
 * @param unsubscribe one-click addresses, which need a key
 */
export function createAppLinks(urls: Urls, unsubscribe: LetterLinks["unsubscribe"] = () => null): LetterLinks {
  const event = (eventId: string) => `${urls.app}/events/${encodeURIComponent(eventId)}`;
  const preferences = `${urls.app}/settings/notifications`;
  return {
    event,
    message: (eventId, messageId) => `${event(eventId)}#message-${encodeURIComponent(messageId)}`,
    mute: (_letter, eventId) => `${preferences}?mute=${encodeURIComponent(eventId)}`,
    preferences: () => preferences,
    why: ({ mentions, shown }) => `${urls.app}/receipts/${encodeURIComponent(mentions.at(-1) ?? shown.at(-1) ?? "")}`,
    unsubscribe,
  };
}
