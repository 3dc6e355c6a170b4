import type { AcceptedEmail } from "../ledger.ts";
import { addressesIn } from "../wire-email.ts";

/** What somebody typed into the search field: every word must occur in the recipients or the subject. */
export function searchTerm(typed: string | undefined): { text: string; matches: (email: AcceptedEmail) => boolean } {
  const text = (typed ?? "").trim().slice(0, 200);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return { text, matches: () => true };
  return {
    text,
    matches({ wire }) {
      const recipients = [wire.to, wire.cc, wire.bcc].flatMap((field) => addressesIn(field));
      const haystack = `${recipients.join(" ")} ${wire.subject ?? ""}`.toLowerCase();
      return words.every((word) => haystack.includes(word));
    },
  };
}
