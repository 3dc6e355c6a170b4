import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { sampleFacts, sampleLetters } from "../../samples/sample-facts.ts";
import type { ContentMode } from "../content-mode.ts";
import type { DispatchFacts, LetterFacts } from "../letter-facts.ts";
import { createAppLinks } from "../letter-links.ts";
import { createLetterRenderer } from "../render-letter.ts";
import { arabic } from "./arabic.ts";
import { english } from "./english.ts";
import { findCatalogue, languages } from "./find-catalogue.ts";
import { german } from "./german.ts";

describe("a missing phrase", () => {
  const folder = fileURLToPath(new URL("./", import.meta.url));
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowImportingTsExtensions: true,
    types: [],
  };

  /** Compiles one more file in this folder and says what is wrong with it. */
  function problems(source: string): string[] {
    const name = `${folder}not-there.ts`;
    const host = ts.createCompilerHost(options);
    const { getSourceFile, fileExists } = host;
    host.fileExists = (file) => file === name || fileExists(file);
    host.getSourceFile = (file, ...rest) => (file === name ? ts.createSourceFile(file, source, ts.ScriptTarget.ES2023) : getSourceFile(file, ...rest));
    const program = ts.createProgram([name], options, host);
    return [...program.getSyntacticDiagnostics(), ...program.getSemanticDiagnostics()].map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
  }

  const phrases = Object.keys(english("en"));

  test("in any language does not compile, whichever it is; what there is does", { timeout: 60_000 }, () => {
    const found = problems(
      [
        `import type { Catalogue } from "./catalogue.ts";`,
        `import { english } from "./english.ts";`,
        `import { german } from "./german.ts";`,
        `import { arabic } from "./arabic.ts";`,
        `export const complete: Catalogue[] = [english("en"), german("de"), arabic("ar")];`,
        ...phrases.map((phrase) => `export const without_${phrase}: Catalogue = {} as Omit<Catalogue, "${phrase}">;`),
      ].join("\n"),
    );
    expect(found).toHaveLength(phrases.length);
    for (const [at, phrase] of phrases.entries()) expect(found[at]).toContain(`Property '${phrase}' is missing`);
  });
});

test("locales find their language, others English", () => {
  const languageOf = (locale: string) => findCatalogue(locale).catalogue.language;
  expect(["de", "de-AT", "de_CH", "DE-de", "ar", "ar-EG", "ar-Latn-MA"].map(languageOf)).toEqual(["de", "de", "de", "de", "ar", "ar", "ar"]);
  expect(["en-NZ", "fr-FR", "", "toString", "constructor", "a-very-wrong_locale"].map(languageOf)).toEqual(Array(6).fill("en"));
});

describe("counts", () => {
  test("in English have two forms", () => {
    const { newMessages } = english("en");
    expect([1, 2, 1234].map(newMessages)).toEqual(["1 new message", "2 new messages", "1,234 new messages"]);
  });

  test("in German have two forms, and the country's separators", () => {
    expect([1, 2, 12345].map(german("de").newMessages)).toEqual(["1 neue Nachricht", "2 neue Nachrichten", "12.345 neue Nachrichten"]);
    expect(german("de-AT").newMessages(12345)).toBe("12\u00a0345 neue Nachrichten");
    expect(german("de").andMoreEvents(1, 1)).toBe("und 1 weitere Veranstaltung mit 1 neuen Nachricht");
  });

  test("in Arabic have six forms, and the country's digits", () => {
    expect([0, 1, 2, 3, 11, 100].map(arabic("ar-MA").newMessages)).toEqual([
      "لا رسائل جديدة",
      "رسالة جديدة واحدة",
      "رسالتان جديدتان",
      "3 رسائل جديدة",
      "11 رسالة جديدة",
      "100 رسالة جديدة",
    ]);
    expect(arabic("ar-EG").newMessages(27)).toBe("٢٧ رسالة جديدة");
    expect([1, 2, 5, 20].map((count) => arabic("ar-MA").newMessagesInEvents(3, count))).toEqual([
      "3 رسائل جديدة في فعالية واحدة",
      "3 رسائل جديدة في فعاليتين",
      "3 رسائل جديدة في 5 فعاليات",
      "3 رسائل جديدة في 20 فعالية",
    ]);
    expect([1, 2, 4].map((count) => arabic("ar-MA").andMoreEvents(count, 0))).toEqual(["وفعالية أخرى", "وفعاليتان أخريان", "و4 فعاليات أخرى"]);
  });

  test.each(Object.entries(languages))("in %s never show a bare placeholder or lose the number", (language, catalogue) => {
    const words = catalogue(language);
    for (let count = 3; count < 130; count += 1) {
      const digits = new Intl.NumberFormat(language).format(count);
      for (const phrase of [
        words.newMessages(count),
        words.andMoreMessages(count),
        words.andMoreEvents(count, count),
        words.newMessagesInEvents(count, count),
        words.newMessagesInEvent(count, "x"),
        words.combinedSubject(count, "x", count),
        words.digestSubject("daily", count, count),
      ]) {
        expect(phrase).not.toMatch(/#|undefined/);
        expect(phrase).toContain(digits);
      }
    }
  });
});

test("several people who mention the reader are named in each language", () => {
  const names = ["Olga", "Ben", "Mei", "Aino"];
  const mentioned = (people: number) => [english("en"), german("de"), arabic("ar-MA")].map((words) => words.mentionedYou(names.slice(0, people)).replace(/[\u2068\u2069]/g, ""));
  expect(mentioned(0)).toEqual(["Somebody mentioned you", "Jemand hat dich erwähnt", "إشارة إليك"]);
  expect(mentioned(1)).toEqual(["Olga mentioned you", "Olga hat dich erwähnt", "إشارة إليك من Olga"]);
  expect(mentioned(2)).toEqual(["Olga and Ben mentioned you", "Olga und Ben haben dich erwähnt", "إشارة إليك من Olga وBen"]);
  expect(mentioned(4)).toEqual(["Olga, Ben and 2 others mentioned you", "Olga, Ben und 2 weitere Personen haben dich erwähnt", "إشارة إليك من Olga وBen وشخصين آخرين"]);
});

describe("digests", () => {
  const rhythms = ["hourly", "daily", "weekly"] as const;

  test("say how often they come, in the subject and in the heading", () => {
    const render = createLetterRenderer(sampleFacts, createAppLinks(sampleFacts.urls));
    for (const locale of Object.keys(languages)) {
      const recipient = { ...sampleLetters.digest.recipient, locale };
      const letters = [...rhythms, undefined].map((digest) => render({ ...sampleLetters.digest, recipient, digest }));
      const headings = letters.map(({ html }) => /<h1[^>]*>([^<]*)</.exec(html)![1]!);
      expect(new Set(headings).size).toBe(3);
      for (const [at, { subject, text }] of letters.entries()) {
        expect(subject.startsWith(`${headings[at]}: `)).toBe(true);
        expect(text.startsWith(`${headings[at]}\n`)).toBe(true);
      }
      expect(letters[3]).toEqual(letters[1]);
    }
    expect(rhythms.map((digest) => render({ ...sampleLetters.digest, digest }).subject)).toEqual([
      "Your hourly digest: 27 new messages in 5 events",
      "Your daily digest: 27 new messages in 5 events",
      "Your weekly digest: 27 new messages in 5 events",
    ]);
  });

  test("of an hour say which", () => {
    const render = createLetterRenderer(sampleFacts, createAppLinks(sampleFacts.urls));
    const recipient = { ...sampleLetters.digest.recipient, locale: "de-DE", time_zone: "Europe/Berlin" };
    expect(render({ ...sampleLetters.digest, recipient, digest: "hourly" }).text).toContain("Montag, 9. November · 16:10");
  });
});

describe("a letter in another language", () => {
  /** People wrote figures and signs only, so that every word left is ours. */
  function wordless(): DispatchFacts {
    const facts = structuredClone(sampleFacts);
    for (const event of Object.values(facts.events)) Object.assign(event, { title: "2026", organization_name: "1848" });
    for (const [at, message] of Object.values(facts.messages).entries()) Object.assign(message, { author_name: at === 0 ? null : "77", body: at === 1 ? "\u200b" : "12" });
    Object.assign(facts.sender, { product_name: "9", postal_address: "10" });
    return facts;
  }

  function words(locale: string): Set<string> {
    const facts = wordless();
    const found = new Set<string>();
    for (const replies of [true, false]) {
      facts.sender.replies_are_read = replies;
      const render = createLetterRenderer(facts, { ...createAppLinks(facts.urls), unsubscribe: () => "https://chat.example.com/u" });
      for (const letter of Object.values(sampleLetters) as LetterFacts[]) {
        for (const content_mode of ["redacted", "none"] as ContentMode[]) {
          for (const digest of ["hourly", "daily", "weekly"] as const) {
            const recipient = { ...letter.recipient, email: "1@2.3", locale, time_zone: "UTC", content_mode };
            const { subject, html, text } = render({ ...letter, digest, recipient });
            const visible = html.replace(/<style>.*?<\/style>/s, " ").replace(/<!--.*?-->/gs, " ").replace(/<[^>]*>/g, " ").replace(/&#?\w+;/g, " ");
            const said = `${subject}\n${visible}\n${text}`.replace(/https:\/\/\S+/g, " ");
            for (const [word] of said.matchAll(/\p{L}[\p{L}\p{M}]+/gu)) found.add(word.toLowerCase());
          }
        }
      }
    }
    return found;
  }

  const inEnglish = words("en-GB");

  test("has words of its own to compare with", () => expect(inEnglish.size).toBeGreaterThan(70));

  test("German has no English word, only those both languages have", () => {
    const shared = [...words("de-DE")].filter((word) => inEnglish.has(word));
    expect(shared.sort()).toEqual(["chat", "in", "november", "utc"]);
  });

  test("Arabic has no word in Latin letters", () => {
    const found = words("ar-EG");
    expect([...found].filter((word) => /\p{Script=Latin}/u.test(word))).toEqual(["utc"]);
    expect(found.size).toBeGreaterThan(70);
  });
});

describe("a letter written from right to left", () => {
  const render = createLetterRenderer(sampleFacts, createAppLinks(sampleFacts.urls));
  const rightToLeft = (letter: LetterFacts) => render({ ...letter, recipient: { ...letter.recipient, locale: "ar-EG", time_zone: "Africa/Cairo" } });

  test("says so to every client, also to those that drop html and body", () => {
    for (const letter of Object.values(sampleLetters) as LetterFacts[]) {
      const { html } = rightToLeft(letter);
      for (const tag of [/<html [^>]*>/, /<body [^>]*>/, /<div role="main" [^>]*>/]) {
        expect(html.match(tag)?.[0]).toMatch(/dir="rtl"/);
        expect(html.match(tag)?.[0]).toMatch(/lang="ar"/);
      }
    }
  });

  test("sets nothing to the left or to the right by hand, so that its direction decides", () => {
    for (const letter of Object.values(sampleLetters) as LetterFacts[]) {
      const { html } = rightToLeft(letter);
      expect(html).not.toMatch(/text-align:\s*(?:left|right)|align="(?:left|right)"|float:/);
      for (const [, style = ""] of html.matchAll(/style="([^"]*)"/g)) {
        const side = (property: string, name: string) => new RegExp(`(?:^|;)${property}-${name}:([^;]*)`).exec(style)?.[1];
        for (const property of ["padding", "margin"]) expect(side(property, "left")).toBe(side(property, "right"));
        expect(style).not.toMatch(/border-(?:left|right)/);
      }
    }
  });

  test("keeps names, messages and addresses of the other direction in their own order", () => {
    const { html, text } = rightToLeft(sampleLetters.mention);
    expect(html).toMatch(/<strong class="[^"]*" dir="auto"[^>]*>Ben Adeyemi</);
    expect(html).toMatch(/<p class="ink body isolate" dir="auto"/);
    expect(html).toContain("في \u2068Harbour Lights Festival\u2069.");
    expect(text).toContain("\u2068Ben Adeyemi\u2069 (٥:٠٩ م، إشارة إليك)");
    expect(text).toContain("    \u2068@sam could you take the lamps for the east pier? You have the key\u2069\n");
    expect(text).toContain("\u2068sam@example.com\u2069");
  });

  test("opens and closes isolates in pairs, and has none in its subject and headers", () => {
    for (const letter of Object.values(sampleLetters) as LetterFacts[]) {
      const { subject, html, text, headers } = rightToLeft(letter);
      for (const version of [html, text]) expect(version.split("\u2068").length).toBe(version.split("\u2069").length);
      for (const value of [subject, ...Object.values(headers)]) expect(value).not.toMatch(/[\u2066-\u2069\u202a-\u202e]/);
    }
  });
});
