import type { ContentMode } from "./content-mode.ts";
import { digestRhythm } from "./digest-rhythm.ts";
import { withoutIsolates } from "./isolate.ts";
import type { LetterFacts } from "./letter-facts.ts";
import type { Catalogue } from "./locales/catalogue.ts";
import { cleanLine } from "./untrusted-text.ts";

const LONGEST_SUBJECT = 120;
const LONGEST_TITLE = 60;
const LONGEST_NAME = 30;

/** What the letter is about as a whole; events and messages it had no room for included. */
export interface LetterCounts {
  messages: number;
  events: number;
}

/**
 * The subject: a conversation's stays the same so that mail clients thread by it, a mention says who.
 * One line, at most 120 user-perceived characters.
 */
export function letterSubject(
  letter: LetterFacts,
  counts: LetterCounts,
  firstTitle: string,
  mentioners: string[],
  mode: ContentMode,
  words: Catalogue,
): string {
  const subject = rawSubject(letter, counts, cleanLine(firstTitle, LONGEST_TITLE), mentioners, mode, words);
  // Names carry word joiners against links; a subject has none to prevent.
  // A title such as "=?utf-8?B?…?=" is an encoded word to mail clients: the joiner keeps it text.
  return cleanLine(withoutIsolates(subject.replaceAll("\u2060", "")).replaceAll("=?", "=\u2060?"), LONGEST_SUBJECT);
}

function rawSubject(
  letter: LetterFacts,
  counts: LetterCounts,
  title: string,
  mentioners: string[],
  mode: ContentMode,
  words: Catalogue,
): string {
  switch (letter.kind) {
    case "digest":
      return words.digestSubject(digestRhythm(letter.digest), counts.messages, counts.events);
    case "combined":
      return words.combinedSubject(counts.messages, title, counts.events - 1);
    case "conversation": {
      const mentioned = letter.parts[0]!.reason === "mention" && (mentioners.length > 0 || mode === "none");
      if (!mentioned) return words.conversationSubject(title);
      return words.mentionSubject(mentioners.map((name) => cleanLine(name, LONGEST_NAME)), title);
    }
  }
}
