import { describe, expect, test } from "vitest";
import { sampleFacts, sampleLetters } from "../samples/sample-facts.ts";
import type { LetterFacts } from "./letter-facts.ts";
import { createAppLinks } from "./letter-links.ts";
import { createLetterRenderer } from "./render-letter.ts";

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
    expect(text).toContain("    \u2068@sam could you take the lamps for the east pier? You have the key to\u2069\n    \u2068the shed.\u2069\n");
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
