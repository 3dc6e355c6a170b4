import type { DispatchFacts, LetterFacts } from "@chat-notifications/emails/letter-facts.ts";
import type { UnsubscribeKeys } from "./unsubscribe-keys.ts";
import { MissingKey, sealUnsubscribeToken, type UnsubscribeClaim } from "./unsubscribe-token.ts";

/**
 * One-click addresses for the letters of one dispatch, signed with the key that it has frozen; null for a dispatch
 * that has none. Throws MissingKey when that key is not among ours, before anything is sent.
 */
export function createUnsubscribeLinks(facts: DispatchFacts, keys: UnsubscribeKeys): (letter: LetterFacts) => string | null {
  const keyId = facts.token_key_id ?? null;
  if (keyId === null) return () => null;
  if (!keys.secrets.has(keyId)) throw new MissingKey(keyId);
  return (letter) => `${facts.urls.functions}/unsubscribe?token=${sealUnsubscribeToken(claimOf(letter), keyId, keys)}`;
}

/** What the letter's own list is: its event, the digests, or – a letter about several events – all letters. */
function claimOf({ kind, recipient, parts }: LetterFacts): UnsubscribeClaim {
  const userId = recipient.user_id;
  switch (kind) {
    case "conversation":
      return { userId, scope: "event", eventId: parts[0]!.event_id };
    case "combined":
      return { userId, scope: "all", eventId: null };
    case "digest":
      return { userId, scope: "digest", eventId: null };
  }
}
