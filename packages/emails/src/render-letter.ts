import { renderCombinedLetter } from "./compiled/combined-letter.ts";
import { renderDigestLetter } from "./compiled/digest-letter.ts";
import { createLetterComposer, type ComposedOverview } from "./compose-letter.ts";
import { createConversationForms, type LetterPieces } from "./form-letters.ts";
import type { DispatchFacts, LetterFacts, RenderedLetter } from "./letter-facts.ts";
import { letterHeaders } from "./letter-headers.ts";
import type { LetterLinks } from "./letter-links.ts";
import { overviewText } from "./letter-text.ts";
import type { ShownLimit } from "./message-lists.ts";

/** Gmail cuts letters at 102 kB, and the footer with them. */
const MOST_BYTES = 100_000;

/** Tried in turn until the letter fits. The first is what nearly every letter gets. */
const LIMITS: ShownLimit[] = [
  { messages: 10, graphemes: 500, lines: 10 },
  { messages: 5, graphemes: 300, lines: 6 },
  { messages: 3, graphemes: 200, lines: 4 },
  { messages: 2, graphemes: 160, lines: 3 },
  { messages: 1, graphemes: 120, lines: 2 },
  { messages: 0, graphemes: 0, lines: 1 },
];

/**
 * A function that renders the letters of one dispatch; message lists are rendered once and shared.
 * The same facts and links give the same bytes. HTML stays under 100,000 bytes. Throws only for facts
 * that contradict themselves (a part whose event is missing, a letter without parts).
 */
export function createLetterRenderer(facts: DispatchFacts, links: LetterLinks): (letter: LetterFacts) => RenderedLetter {
  const compose = createLetterComposer(facts, links);
  const fillInForm = createConversationForms();
  return (letter) => {
    if (letter.parts.length === 0) throw new Error(`Letter ${letter.email_id} has no parts.`);
    for (const limit of LIMITS) {
      const composed = compose(letter, limit);
      const { html: htmlPieces, text: textPieces } = composed.kind === "conversation" ? fillInForm(composed) : renderOverview(composed);
      if (!fits(htmlPieces)) continue;
      const { view, news } = composed;
      return {
        subject: view.subject,
        htmlPieces,
        textPieces,
        get html() {
          return htmlPieces.join("");
        },
        get text() {
          return textPieces.join("");
        },
        headers: letterHeaders(facts, letter, news[0]!.view.title, view.unsubscribeUrl),
      };
    }
    throw new Error(`Letter ${letter.email_id} does not fit into ${MOST_BYTES} bytes even without messages.`);
  };
}

function renderOverview({ kind, view, words, frame, news }: ComposedOverview): LetterPieces {
  return {
    html: kind === "combined" ? renderCombinedLetter(view) : renderDigestLetter(view),
    text: [overviewText(view, news.map(({ text }) => text), frame.text, words)],
  };
}

const encoder = new TextEncoder();

function fits(pieces: readonly string[]): boolean {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  // One UTF-16 unit is at most three bytes; only large letters are worth counting.
  return length * 3 < MOST_BYTES || encoder.encode(pieces.join("")).length < MOST_BYTES;
}
