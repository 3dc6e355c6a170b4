import type { DispatchFacts, LetterFacts } from "@chat-notifications/emails/letter-facts.ts";

/** Up to 100 letters that this processor holds for its lease and sends in one request. */
export interface Dispatch {
  id: string;
  /** Counts from 1; marks carry it, so that a worker whose lease was taken over cannot overwrite. */
  attempt: number;
  facts: DispatchFacts;
  letters: LetterFacts[];
  /** The request as it was sent, after an ambiguous attempt; null: render it. */
  body: string | null;
}

/** A dispatch that is claimed and not read: what another function needs to send it. */
export interface ClaimedDispatch {
  id: string;
  attempt: number;
  letterCount: number;
}

/** Why a dispatch is not known to be accepted; `mark_notification_failed()` says what follows from each. */
export type FailedOutcome =
  | "ambiguous"
  | "in_progress"
  | "rate_limited"
  | "quota_exceeded"
  | "unauthorized"
  | "rejected"
  | "unconfirmed";

export interface FailedAttempt {
  outcome: FailedOutcome;
  /** A code, never a message that could hold an address. */
  reason: string;
  /** Position of the letter that the provider named as bad. */
  letterIndex: number | null;
  retryAfterMs: number | null;
}

/** How many letters may go out now. None: in how many ms to ask again (null: when something is switched), and why. */
export interface Permission {
  letters: number;
  retryInMs: number | null;
  reason: string | null;
}

/** A dispatch that the provider has by its word about the key alone, and its first letter: all were accepted or none. */
export interface UnconfirmedDispatch {
  id: string;
  /** When its first attempt began. */
  since: Date;
  emailId: string;
  address: string;
}

/** One verified webhook, reduced to what the database keeps. */
export interface WebhookEvent {
  svixId: string;
  type: string;
  occurredAt: string;
  /** Our id, from the letter's tag. */
  emailId: string | null;
  providerId: string | null;
  /** Of suppression events. */
  address: string | null;
  /** Bounce type or failure reason. */
  detail: string | null;
}

export type WebhookResult = "applied" | "outdated" | "unknown_email" | "ignored" | "duplicate";

/**
 * The SQL functions the processor calls, one method each. `asOf` is the time they decide by; without it the
 * database's clock. Methods reject when the database cannot be reached; nothing is half done then.
 */
export interface Database {
  settleBursts(): Promise<number>;
  continueFanOut(): Promise<number>;
  permitSending(letters: number): Promise<Permission>;
  /** Gives back what a permission did not use; negative for what a retried dispatch took beyond it. */
  returnPermission(letters: number, requests: number): Promise<void>;
  getPendingNotifications(batchSize: number): Promise<Dispatch[]>;
  /** Claims as `getPendingNotifications` does and leaves the letters in the database. */
  claimPendingNotifications(batchSize: number): Promise<ClaimedDispatch[]>;
  /** A dispatch that is held at this attempt; null: another worker took it over, or it is done. */
  heldDispatch(id: string, attempt: number): Promise<Dispatch | null>;
  beginAttempt(dispatch: Dispatch, bodySha256: Uint8Array): Promise<boolean>;
  markNotificationSent(dispatch: Dispatch, providerIds: string[]): Promise<boolean>;
  /** @param body the request as sent, kept while its outcome is unknown; null: nothing was sent */
  markNotificationFailed(dispatch: Dispatch, failed: FailedAttempt, body: string | null, jitter: number): Promise<boolean>;
  observeRateLimit(requestsPerSecond: number): Promise<void>;
  unconfirmedDispatches(): Promise<UnconfirmedDispatch[]>;
  /** @param providerIds in the letters' order, as many as are known */
  confirmDispatch(id: string, providerIds: string[]): Promise<boolean>;
  receiveWebhookEvent(event: WebhookEvent): Promise<WebhookResult>;
  /** Milliseconds until something known now is due, 0 if it is; null: nothing waits. */
  nextDueInMs(): Promise<number | null>;
  /** Calls `wake` when something is due sooner than a sleeping processor would look. Returns how to stop listening. */
  listen(wake: () => void): Promise<() => Promise<void>>;
}
