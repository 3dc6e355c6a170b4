import type { ContentMode } from "./content-mode.ts";
import type { DigestRhythm } from "./digest-rhythm.ts";

/**
 * What the database freezes when it composes letters, and what rendering needs: the border between
 * `get_pending_notifications()` (SQL) and this package. Times are ISO 8601 in UTC; message ids are
 * decimal strings (bigint in SQL); message text is untrusted.
 */

/** What all letters of one dispatch share. Frozen once, so that a retry renders the same bytes. */
export interface DispatchFacts {
  template_version: number;
  sender: Sender;
  urls: Urls;
  /** Of the key that signs unsubscribe links; default null: there are none. */
  token_key_id?: string | null;
  events: Record<string, EventFacts>;
  messages: Record<string, MessageFacts>;
}

export interface Sender {
  /** RFC 5322 mailbox, e.g. `Acme Events <chat@notify.example.com>`. */
  from: string;
  reply_to: string | null;
  /** What the footer says of replies. */
  replies_are_read: boolean;
  postal_address: string;
  product_name: string;
}

export interface Urls {
  /** Origin and base path of the web app, without a trailing slash. */
  app: string;
  /** Base URL of the edge functions, without a trailing slash: `https://<project>.supabase.co/functions/v1`. */
  functions: string;
  /** Domain for List-Id and thread roots, e.g. `notify.example.com`. */
  list_domain: string;
}

export interface EventFacts {
  title: string;
  organization_name: string;
}

export interface MessageFacts {
  event_id: string;
  /** null when the account is gone. */
  author_name: string | null;
  body: string;
  posted_at: string;
  edited: boolean;
}

export type LetterKind = "conversation" | "combined" | "digest";

/** One letter to one recipient. */
export interface LetterFacts {
  email_id: string;
  kind: LetterKind;
  /** Of a digest; default daily. */
  digest?: DigestRhythm | null;
  recipient: Recipient;
  /** Newest event first; at most 20. A conversation letter has exactly one. */
  parts: LetterPart[];
  /** What did not fit into `parts`. */
  more: { events: number; messages: number };
  composed_at: string;
}

export interface Recipient {
  user_id: string;
  email: string;
  display_name: string | null;
  locale: string;
  time_zone: string;
  /** The stricter of the recipient's and the organization's; default `redacted`. */
  content_mode?: ContentMode | null;
}

/** One event's news for one recipient. */
export interface LetterPart {
  event_id: string;
  /** All new messages for this reader, those not shown included. */
  count: number;
  /** Ids of the newest of them, oldest first, at most 10; keys of `DispatchFacts.messages`. */
  shown: string[];
  /** Those of `shown` that mention the reader. */
  mentions: string[];
  /** Why the reader gets it. */
  reason: "mention" | "participant" | "member";
}

export interface RenderedLetter {
  subject: string;
  /** The pieces joined. */
  readonly html: string;
  readonly text: string;
  /**
   * A letter's own and what it shares in turn, beginning with its own, which may be empty. What letters of one dispatch
   * share is the same string in each: whoever encodes it does so once.
   */
  htmlPieces: readonly string[];
  textPieces: readonly string[];
  headers: Record<string, string>;
}
