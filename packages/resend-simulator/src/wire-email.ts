/** One e-mail as `POST /emails` and `POST /emails/batch` carry it (snake_case, Resend's field names). */
export interface WireEmail {
  readonly from?: string;
  readonly to: string | readonly string[];
  readonly subject?: string;
  readonly cc?: string | readonly string[];
  readonly bcc?: string | readonly string[];
  readonly reply_to?: string | readonly string[];
  readonly html?: string;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tags?: readonly { readonly name: string; readonly value: string }[];
  readonly attachments?: readonly WireAttachment[];
  readonly scheduled_at?: string;
  readonly topic_id?: string | null;
  readonly template?: { readonly id: string; readonly variables?: Readonly<Record<string, string | number>> };
}

/** `content` is base64; `path` a URL that Resend would fetch. */
export interface WireAttachment {
  readonly filename?: string;
  readonly content?: string;
  readonly path?: string;
  readonly content_type?: string;
  readonly content_id?: string;
}

/** The addresses of a field that may be absent, one string or a list. */
export function addressesIn(field: string | readonly string[] | null | undefined): readonly string[] {
  if (field === undefined || field === null) return [];
  return typeof field === "string" ? [field] : field;
}

/** How many addresses Resend's quota counts for this e-mail: each of to, cc and bcc. */
export function recipientCount(email: WireEmail): number {
  return addressesIn(email.to).length + addressesIn(email.cc).length + addressesIn(email.bcc).length;
}
