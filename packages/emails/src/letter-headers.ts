import type { DispatchFacts, LetterFacts } from "./letter-facts.ts";
import { cleanLine } from "./untrusted-text.ts";

/**
 * A letter's own headers. One-click unsubscribing means the scope of `List-Id`: a conversation's is
 * its event's, the others' is their kind's. `title` is the event's, for a conversation letter.
 */
export function letterHeaders(
  facts: DispatchFacts,
  letter: LetterFacts,
  title: string,
  unsubscribeUrl: string | null,
): Record<string, string> {
  const domain = facts.urls.list_domain;
  const headers: Record<string, string> = {
    "List-Id": listId(letter, domain, title),
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "All",
  };
  if (letter.kind === "conversation") {
    // The provider replaces Message-ID, so letters of one event hang together by a root that was never sent.
    const root = `<event-${letter.parts[0]!.event_id}@${domain}>`;
    headers["In-Reply-To"] = root;
    headers["References"] = root;
  }
  if (unsubscribeUrl !== null) {
    headers["List-Unsubscribe"] = `<${headerUrl(unsubscribeUrl)}>`;
    headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click";
  }
  return headers;
}

function listId(letter: LetterFacts, domain: string, title: string): string {
  if (letter.kind !== "conversation") return `<${letter.kind}.${domain}>`;
  const id = `<${letter.parts[0]!.event_id}.events.${domain}>`;
  const phrase = cleanLine(title, 60);
  // A phrase in another script would need RFC 2047 words, which not every provider passes on unharmed; one that looks
  // like such a word would be decoded.
  return /^[\x20-\x7e]+$/.test(phrase) && !phrase.includes("=?") ? `"${phrase.replace(/["\\]/g, "\\$&")}" ${id}` : id;
}

/** Ready-made URLs pass; anything else is encoded by the URL parser, which throws for what is none. */
function headerUrl(url: string): string {
  return /^https?:[\x21-\x3b\x3d\x3f-\x7e]+$/.test(url) ? url : new URL(url).href;
}
