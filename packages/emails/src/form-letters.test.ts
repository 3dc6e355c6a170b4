import fc from "fast-check";
import { expect, test } from "vitest";
import { sampleFacts, sampleLetters } from "../samples/sample-facts.ts";
import { renderConversationLetter } from "./compiled/conversation-letter.ts";
import { createLetterComposer, type ComposedConversation } from "./compose-letter.ts";
import { createConversationForms } from "./form-letters.ts";
import type { DispatchFacts, LetterFacts } from "./letter-facts.ts";
import { createAppLinks, type LetterLinks } from "./letter-links.ts";
import { conversationText } from "./letter-text.ts";

const LIMIT = { messages: 10, graphemes: 500, lines: 10 };
const base = sampleLetters.conversation;

/** What people wrote holds the characters that stand for a form's blanks, too. */
const facts: DispatchFacts = {
  ...sampleFacts,
  events: Object.fromEntries(Object.entries(sampleFacts.events).map(([id, event]) => [id, { ...event, title: `${event.title} \u0001 \u0002` }])),
  messages: Object.fromEntries(Object.entries(sampleFacts.messages).map(([id, message]) => [id, { ...message, body: `\u0002${message.body}\u0001` }])),
};

/** Readers who share nearly everything, or little. */
const letters = fc.array(
  fc.record({
    email: fc.oneof(fc.emailAddress(), fc.string({ unit: "binary" }).map((text) => `${text}\u0001\u0002@example.com`)),
    locale: fc.constantFrom("en", "de", "ar"),
    time_zone: fc.constantFrom("UTC", "Asia/Tokyo"),
    content_mode: fc.constantFrom("full" as const, "redacted" as const, "none" as const),
    count: fc.integer({ min: 1, max: 3 }),
    mentions: fc.boolean(),
    token: fc.option(fc.stringMatching(/^[a-z&<"]{1,20}$/)),
  }).map(({ count, mentions, token, ...recipient }): { letter: LetterFacts; token: string | null } => ({
    token,
    letter: {
      ...base,
      recipient: { ...base.recipient, ...recipient },
      parts: [{ ...base.parts[0]!, count: base.parts[0]!.count + count, mentions: mentions ? base.parts[0]!.shown.slice(-1) : [] }],
    },
  })),
  { minLength: 2, maxLength: 20 },
);

test("a form that is filled in is the letter that its template renders, whoever was written to before", () => {
  fc.assert(
    fc.property(letters, (all) => {
      const tokens = new Map(all.map(({ letter, token }) => [letter, token]));
      const unsubscribe: LetterLinks["unsubscribe"] = (letter) => {
        const token = tokens.get(letter) ?? null;
        return token === null ? null : `https://example.com/unsubscribe?token=${token}`;
      };
      const compose = createLetterComposer(facts, createAppLinks(facts.urls, unsubscribe));
      const fillIn = createConversationForms();
      for (const { letter } of all) {
        const composed = compose(letter, LIMIT) as ComposedConversation;
        const { html, text } = fillIn(composed);
        const { view, news, frame, words } = composed;
        expect(html.join("")).toBe(renderConversationLetter(view).join(""));
        expect(text.join("")).toBe(conversationText(view, news[0]!.text, frame.text, words));
      }
    }),
  );
});

test("what two readers share is the same string in both letters, and none of it is theirs alone", () => {
  const compose = createLetterComposer(facts, createAppLinks(facts.urls, () => "https://example.com/unsubscribe?token=t"));
  const fillIn = createConversationForms();
  const letterTo = (email: string) => fillIn(compose({ ...base, recipient: { ...base.recipient, email } }, LIMIT) as ComposedConversation);
  const [ann, bob] = [letterTo("ann@example.com"), letterTo("bob@example.com")];
  const shared = (pieces: string[]) => pieces.filter((_, at) => at % 2 === 1);
  for (const version of ["html", "text"] as const) {
    expect(shared(ann[version])).toEqual(shared(bob[version]));
    expect(shared(ann[version]).join("")).not.toMatch(/ann@|bob@|token=/);
    expect(ann[version].join("")).toContain("ann@example.com");
  }
});
