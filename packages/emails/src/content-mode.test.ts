import { describe, expect, test } from "vitest";
import { sampleFacts, sampleLetters } from "../samples/sample-facts.ts";
import { contentMode, type ContentMode } from "./content-mode.ts";
import type { DispatchFacts, LetterFacts, RenderedLetter } from "./letter-facts.ts";
import { createAppLinks } from "./letter-links.ts";
import { languages } from "./locales/find-catalogue.ts";
import { createLetterRenderer } from "./render-letter.ts";

const links = createAppLinks(sampleFacts.urls);
const render = createLetterRenderer(sampleFacts, links);
const { confidential, conversation, mention, combined, digest } = sampleLetters;

const inMode = (letter: LetterFacts, mode: ContentMode | null | undefined, locale = letter.recipient.locale): LetterFacts => ({
  ...letter,
  recipient: { ...letter.recipient, locale, content_mode: mode },
});

/** All that leaves with a letter, as one text. */
function everything({ subject, html, text, headers }: RenderedLetter): string {
  return [subject, html, text, ...Object.entries(headers).flat()].join("\n");
}

const SECRETS = ["layla@example.org", "٠١٠٠ ١٢٣ ٤٥٦٧", "4711", "3f9a7c1e5b", "171 3920012", "DE89 3704"];

describe("in full mode", () => {
  test("a letter shows everything that was written", () => {
    const letter = everything(render(inMode(confidential, "full")));
    for (const secret of SECRETS) expect(letter).toContain(secret);
  });
});

describe("in redacted mode", () => {
  test.each(Object.keys(languages))("a letter in %s shows what was written without its secrets", (locale) => {
    const letter = everything(render(inMode(confidential, "redacted", locale)));
    for (const secret of SECRETS) expect(letter).not.toContain(secret);
    const { hidden } = languages[locale]!(locale);
    for (const kind of ["email", "phone", "code", "link", "bankAccount"] as const) expect(letter.replace(/\s+/g, " ")).toContain(hidden[kind]);
    expect(letter).toContain("https://chat.example.com/files/plan?v=3");
  });

  test("is what letters come in unless something else is said", () => {
    for (const mode of [undefined, null, "secret" as ContentMode]) {
      expect(render(inMode(confidential, mode))).toEqual(render(inMode(confidential, "redacted")));
    }
    expect(["full", "redacted", "none", "", null, undefined].map(contentMode)).toEqual(["full", "redacted", "none", "redacted", "redacted", "redacted"]);
  });

  test("a letter without secrets is the same as in full mode", () => {
    for (const letter of [conversation, mention, combined, digest]) {
      expect(render(inMode(letter, "redacted"))).toEqual(render(inMode(letter, "full")));
    }
  });

  test("names and titles are redacted too, in the subject and the preview line as well", () => {
    const event = mention.parts[0]!.event_id;
    const facts: DispatchFacts = {
      ...sampleFacts,
      events: { [event]: { title: "Call +49 171 3920012", organization_name: "office@example.org" } },
      messages: { "106": { ...sampleFacts.messages["106"]!, author_name: "ben@example.org", body: "I am jane@example.org" } },
    };
    for (const mode of ["redacted", "none"] as const) {
      const letter = createLetterRenderer(facts, links)(inMode(mention, mode));
      expect(everything(letter)).not.toMatch(/3920012|office@|ben@|jane@/);
      expect(letter.subject).toContain("in Call [phone number hidden]");
    }
  });

  test("a secret is hidden before the text is cut, so that nobody reads its beginning", () => {
    const event = mention.parts[0]!.event_id;
    const body = `${"x ".repeat(245)}4242 4242 4242 4242`;
    const facts = { ...sampleFacts, messages: { "106": { ...sampleFacts.messages["106"]!, body } }, events: { [event]: sampleFacts.events[event]! } };
    expect(everything(createLetterRenderer(facts, links)(mention))).not.toContain("4242");
    expect(everything(createLetterRenderer(facts, links)(inMode(mention, "full")))).toContain("4242 4242…");
  });

  test("control characters cannot split a secret", () => {
    const event = mention.parts[0]!.event_id;
    const body = "write to jane\u0000@\u202eexample.org";
    const facts = { ...sampleFacts, messages: { "106": { ...sampleFacts.messages["106"]!, body } }, events: { [event]: sampleFacts.events[event]! } };
    expect(everything(createLetterRenderer(facts, links)(mention))).not.toContain("jane");
  });
});

describe("without content", () => {
  const names = ["Olga", "Petrova", "Ben", "Adeyemi", "ليلى", "Jonas", "Brandt", "Mei", "Aino"];
  const bodies = Object.values(sampleFacts.messages).flatMap(({ body }) => body.split(/\s+/)).filter((word) => word.length > 7 && !word.startsWith("http"));

  test.each(Object.keys(languages))("no letter in %s holds a word that was written or the name of who wrote it", (locale) => {
    for (const letter of [confidential, conversation, mention, combined, digest]) {
      const all = everything(render(inMode(letter, "none", locale)));
      for (const word of [...names, ...bodies]) expect(all).not.toContain(word);
      expect(all).not.toContain("#message-");
    }
  });

  test("a letter says how many messages there are and where", () => {
    const letter = render(inMode(conversation, "none"));
    for (const version of [letter.html, letter.text]) expect(version).toContain("8 new messages in Harbour Lights Festival");
    expect(letter.subject).toBe("Harbour Lights Festival: new messages");
    expect(letter.text).not.toContain("more message");
  });

  test("a mention says that somebody mentioned the reader", () => {
    expect(render(inMode(mention, "none")).subject).toBe("Somebody mentioned you in Harbour Lights Festival");
    expect(render(inMode(mention, "none", "de")).subject).toBe("Jemand hat dich in „Harbour Lights Festival“ erwähnt");
    expect(render(inMode(mention, "none", "ar")).subject).toBe("إشارة إليك في Harbour Lights Festival");
  });

  test("a letter keeps its ways to the chat, the reason, muting and preferences", () => {
    const { html } = render(inMode(digest, "none"));
    for (const { event_id, shown, mentions } of digest.parts) {
      for (const href of [`/events/${event_id}"`, `/receipts/${mentions.at(-1) ?? shown.at(-1)}"`, `mute=${event_id}"`]) expect(html).toContain(href);
    }
  });
});

test("readers of one dispatch get what their own mode shows, whoever is rendered first", () => {
  const modes = ["full", "redacted", "none"] as const;
  const alone = modes.map((mode) => createLetterRenderer(sampleFacts, links)(inMode(confidential, mode)));
  for (const order of [[0, 1, 2], [2, 1, 0], [1, 0, 2]]) {
    const shared = createLetterRenderer(sampleFacts, links);
    for (const at of order) expect(shared(inMode(confidential, modes[at]))).toEqual(alone[at]);
  }
});
