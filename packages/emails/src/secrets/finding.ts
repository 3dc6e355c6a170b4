/** What a letter hides in redacted mode; each has its own words in the catalogues. */
export type SecretKind = "email" | "phone" | "card" | "bankAccount" | "key" | "code" | "link";

/** A secret in a text, from `start` up to `end`, in UTF-16 code units. */
export interface Finding {
  start: number;
  end: number;
  kind: SecretKind;
}

/** Finds one kind of secret in searchable text. Linear in the text's length, whatever the text. */
export type FindKind = (text: string) => Finding[];
