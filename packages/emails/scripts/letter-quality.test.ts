import { HtmlValidate } from "html-validate";
import { describe, expect, test } from "vitest";
import { theme } from "../templates/theme.ts";
import { renderSamples } from "./render-samples.ts";

/** What every letter owes its reader, whatever the kind, the language and the mode. */

const letters = renderSamples();
const names = Object.keys(letters);

describe("every letter", () => {
  const validator = new HtmlValidate({
    extends: ["html-validate:recommended"],
    rules: {
      // Mail clients need inline styles, presentational tables and their attributes.
      "no-inline-style": "off",
      "no-deprecated-attr": "off",
      "attr-case": "off",
      "void-style": "off",
      "long-title": "off",
      "no-conditional-comment": "off",
      // `<main>` itself is unknown to some clients, its role harms in none.
      "prefer-native-element": ["error", { exclude: ["main"] }],
    },
  });

  test.each(names)("%s is valid HTML", async (name) => {
    const report = await validator.validateString(letters[name]!.html);
    const messages = report.results.flatMap((result) => result.messages.map(({ ruleId, message, selector }) => `${ruleId}: ${message} at ${selector}`));
    expect(messages).toEqual([]);
  });

  test.each(names)("%s fetches nothing and runs nothing", (name) => {
    const { html } = letters[name]!;
    for (const tag of html.match(/<[a-z][^>]*>/gi) ?? []) {
      expect(tag).not.toMatch(/^<(?:img|script|link|iframe|object|embed|form|svg|video|audio|base)\b/i);
      expect(tag).not.toMatch(/\s(?:src|srcset|background|on[a-z]+)=/i);
      expect(tag).not.toMatch(/url\(|@import/i);
    }
    expect(html.match(/<style>.*<\/style>/s)?.[0]).not.toMatch(/url\(|@import/i);
    for (const [, url] of html.matchAll(/href="([^"]*)"/g)) expect(url).toMatch(/^https:\/\//);
  });

  test.each(names)("%s is far from the 102 kB at which Gmail cuts", (name) => {
    expect(Buffer.byteLength(letters[name]!.html)).toBeLessThan(100_000);
  });

  test.each(names)("%s has a text version that stands alone", (name) => {
    const { html, text } = letters[name]!;
    const hrefs = [...html.matchAll(/<a href="([^"]*)"([^>]*)>/g)].filter(([, , attributes]) => !attributes!.includes("ugc"));
    for (const [, href = ""] of hrefs) {
      const url = href.replaceAll("&amp;", "&");
      if (!url.includes("#message-")) expect(text).toContain(`\n${url}\n`);
    }
    for (const line of text.split("\n")) {
      const columns = line.replace(/[\u2060\u2068\u2069]/g, "").length;
      if (!/https:\/\/|\S{60}/.test(line)) expect(columns).toBeLessThanOrEqual(72);
      expect(line).not.toMatch(/\s$|[\u0000-\u0009\u000b-\u001f]/);
    }
    if (name !== "hostile") expect(text).not.toMatch(/<\/?[a-z]+[^>]*>|&#?\w+;/);
    expect(text).not.toMatch(/\n{3}|undefined|null|\[object/);
    expect(text.endsWith("\n")).toBe(true);
  });
});

describe("colours", () => {
  const { light, dark } = theme;

  /** WCAG 2: from 1 (none) to 21 (black on white). */
  function contrast(one: string, other: string): number {
    const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
    return (lighter + 0.05) / (darker + 0.05);
  }

  function luminance(colour: string): number {
    const channel = (at: number) => {
      const value = parseInt(colour.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  }

  const pairs: [text: keyof typeof light, ground: keyof typeof light][] = [
    ["ink", "card"],
    ["soft", "card"],
    ["accent", "card"],
    ["ink", "tint"],
    ["soft", "tint"],
    ["accent", "tint"],
    ["soft", "page"],
    ["onAccent", "accent"],
  ];

  test("are measured as WCAG measures them", () => {
    expect(contrast("#000000", "#ffffff")).toBe(21);
    expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
  });

  test.each(pairs)("%s on %s can be read, light and dark", (text, ground) => {
    expect(contrast(light[text], light[ground])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(dark[text], dark[ground])).toBeGreaterThanOrEqual(4.5);
  });

  test("survive a client that makes dark grounds of light ones and leaves the text, or the other way round", () => {
    // Outlook and Gmail invert what they find; a light letter turned over has to keep its contrast.
    const inverted = (colour: string) => `#${[1, 3, 5].map((at) => (255 - parseInt(colour.slice(at, at + 2), 16)).toString(16).padStart(2, "0")).join("")}`;
    for (const [text, ground] of pairs) expect(contrast(inverted(light[text]), inverted(light[ground]))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(names)("%s has a dark twin for every colour it sets", (name) => {
    const { html } = letters[name]!;
    const twins: Record<string, string> = {
      [`color:${light.ink}`]: "ink",
      [`color:${light.soft}`]: "soft",
      [`color:${light.accent}`]: "accent",
      [`color:${light.onAccent}`]: "button",
      [`background-color:${light.accent}`]: "button",
      [`background-color:${light.card}`]: "card",
      [`background-color:${light.page}`]: "page",
      [`background-color:${light.tint}`]: "tint",
      [`border-color:${light.line}`]: "line",
    };
    for (const [tag] of html.replace(/<style>.*?<\/style>/s, "").matchAll(/<[a-z][^>]*style="[^"]*"[^>]*>/g)) {
      for (const [, declaration = ""] of tag.matchAll(/[";]((?:background-|border-)?color:#[0-9a-f]{6})/g)) {
        // Links in messages are reached through the message (`.body a`).
        if (tag.includes("ugc")) continue;
        expect(Object.keys(twins)).toContain(declaration);
        expect(` ${/class="([^"]*)"/.exec(tag)?.[1]} `).toContain(` ${twins[declaration]} `);
      }
    }
    for (const twin of new Set(Object.values(twins))) expect(html).toMatch(new RegExp(`prefers-color-scheme: dark.*\\.${twin}\\b`));
  });
});
