import type { FailedAttempt } from "./database.ts";

/** One e-mail in Resend's wire format (POST /emails, an item of POST /emails/batch). */
export interface ProviderEmail {
  from: string;
  to: string[];
  subject: string;
  html: string;
  text: string;
  headers: Record<string, string>;
  tags: { name: string; value: string }[];
  reply_to?: string;
}

/** What the provider did with a batch. Accepted: one id per letter, in their order. */
export type SendOutcome = ({ ok: true; ids: string[] } | ({ ok: false } & FailedAttempt)) & {
  /** What the provider says it allows; null: it did not say. */
  requestsPerSecond: number | null;
};

/** A letter in the provider's list. */
export interface ListedEmail {
  id: string;
  to: string[];
  createdAt: Date;
}

export interface Provider {
  /**
   * Sends one batch. Never rejects: an answer that did not come is an outcome too.
   * @param body the JSON array of 1–100 `ProviderEmail`s, best as UTF-8; the same bytes at every attempt
   * @param key the idempotency key
   */
  sendBatch(body: string | Uint8Array<ArrayBuffer>, key: string, letterCount: number): Promise<SendOutcome>;
  /** Letters accepted since then, newest first; null: the key may not read, or no answer came. */
  listEmails(since: Date): Promise<ListedEmail[] | null>;
  /** The tags of one accepted letter, by name; null: the key may not read, or no answer came. */
  readTags(id: string): Promise<Record<string, string> | null>;
}
