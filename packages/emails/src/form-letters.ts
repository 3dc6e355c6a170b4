import { renderConversationLetter } from "./compiled/conversation-letter.ts";
import type { ComposedConversation } from "./compose-letter.ts";
import { escapeHtml } from "./escape-html.ts";
import { conversationText } from "./letter-text.ts";

/** Both versions of a letter in pieces: its own and what it shares in turn, beginning with its own, as `RenderedLetter`. */
export interface LetterPieces {
  html: string[];
  text: string[];
}

/** Text with a blank at every second place. */
interface Form {
  html: string[];
  text: string[];
}

/** Where a reader's own words go: control characters, which no text of a letter holds (`cleanText`). */
const SENT_TO = "\u0001";
const UNSUBSCRIBE = "\u0002";
const BLANK = /([\u0001\u0002])/;

/**
 * Conversation letters of one dispatch. Nearly all differ in two places of their footer only: a form is rendered once for
 * all who are told the same. A dispatch of 100 letters with ten messages took 15 ms to render and write, with forms 5.
 */
export function createConversationForms(): (composed: ComposedConversation) => LetterPieces {
  const known = new Map<string, Form>();
  return (composed) => {
    const { sentTo, unsubscribeUrl } = composed.view;
    const key = keyOf(composed);
    let form = known.get(key);
    if (form === undefined) {
      form = renderForm(composed);
      known.set(key, form);
    }
    return {
      html: fillIn(form.html, escapeHtml(sentTo), escapeHtml(unsubscribeUrl ?? "")),
      text: fillIn(form.text, sentTo, unsubscribeUrl ?? ""),
    };
  };
}

/** Everything that a form says. */
function keyOf({ frame, news, view }: ComposedConversation): string {
  const { subject, note, preheader, preferencesUrl, more, event } = view;
  return [
    frame.key, news[0]!.key, subject, note, preheader, preferencesUrl, more, event.whyUrl, event.muteUrl, view.unsubscribeUrl === null,
  ].join("\n");
}

function renderForm({ view, frame, news, words }: ComposedConversation): Form {
  const blank = { ...view, sentTo: SENT_TO, unsubscribeUrl: view.unsubscribeUrl === null ? null : UNSUBSCRIBE };
  return {
    html: renderConversationLetter(blank).join("").split(BLANK),
    text: conversationText(blank, news[0]!.text, frame.text, words).split(BLANK),
  };
}

function fillIn(form: string[], sentTo: string, unsubscribeUrl: string): string[] {
  const pieces = [""];
  form.forEach((piece, at) => pieces.push(at % 2 === 0 ? piece : piece === SENT_TO ? sentTo : unsubscribeUrl));
  return pieces;
}
