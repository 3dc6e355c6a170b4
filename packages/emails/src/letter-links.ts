import type { LetterFacts, LetterPart, Urls } from "./letter-facts.ts";

/** Where a letter's links lead. All absolute URLs. */
export interface LetterLinks {
  event(eventId: string): string;
  message(eventId: string, messageId: string): string;
  mute(letter: LetterFacts, eventId: string): string;
  preferences(letter: LetterFacts): string;
  /** The receipt that explains why this reader got this part. */
  why(letter: LetterFacts, part: LetterPart): string;
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
    why: (letter, part) =>
      `${urls.app}/receipts/${encodeURIComponent(letter.email_id)}?event=${encodeURIComponent(part.event_id)}`,
    unsubscribe,
  };
}
