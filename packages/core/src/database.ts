import type { DispatchFacts, LetterFacts } from "@chat-notifications/emails/letter-facts.ts";

/** Up to 100 letters that this processor holds for its lease and sends in one request. */
export interface Dispatch {
  id: string;
  /** Counts from 1; marks carry it, so that a worker whose lease was taken over cannot overwrite. */
  attempt: number;
  facts: DispatchFacts;
  letters: LetterFacts[];
}

/** Why a dispatch is not known to be accepted; `mark_notification_failed()` says what follows from each. */
export type FailedOutcome = "ambiguous" | "in_progress" | "refused" | "rejected" | "unconfirmed";

export interface FailedAttempt {
  outcome: FailedOutcome;
  /** A code, never a message that could hold an address. */
  reason: string;
  /** Position of the letter that the provider named as bad. */
  letterIndex: number | null;
  retryAfterMs: number | null;
}

/**
 * The SQL functions the processor calls, one method each. `asOf` is the time they decide by; without it the
 * database's clock. Methods reject when the database cannot be reached; nothing is half done then.
 */
export interface Database {
  settleBursts(): Promise<number>;
  continueFanOut(): Promise<number>;
  getPendingNotifications(batchSize: number): Promise<Dispatch[]>;
  beginAttempt(dispatch: Dispatch, bodySha256: Uint8Array): Promise<boolean>;
  markNotificationSent(dispatch: Dispatch, providerIds: string[]): Promise<boolean>;
  markNotificationFailed(dispatch: Dispatch, failed: FailedAttempt, jitter: number): Promise<boolean>;
  /** Milliseconds until something known now is due, 0 if it is; null: nothing waits. */
  nextDueInMs(): Promise<number | null>;
  /** Calls `wake` when something is due sooner than a sleeping processor would look. Returns how to stop listening. */
  listen(wake: () => void): Promise<() => Promise<void>>;
}
