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

  test("has words of its own to compare with", () => expect(inEnglish.size).toBeGreaterThan(60));

  test("German has no English word, only those both languages have", () => {
    const shared = [...words("de-DE")].filter((word) => inEnglish.has(word));
    expect(shared.sort()).toEqual(["chat", "in", "mail", "november", "utc", "was"]);
  });

  test("Arabic has no word in Latin letters", () => {
    const found = words("ar-EG");
    expect([...found].filter((word) => /\p{Script=Latin}/u.test(word))).toEqual(["utc"]);
    expect(found.size).toBeGreaterThan(70);
  });
});
