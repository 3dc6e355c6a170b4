import { readFileSync } from "node:fs";
import { HtmlValidate } from "html-validate";
import { describe, expect, test } from "vitest";
import { goldenFiles } from "./golden.ts";

const files = Object.entries(goldenFiles());

test.each(files)("%s is as it was read and approved (npm run golden -w packages/emails writes it)", (name, content) => {
  expect(content).toBe(readFileSync(new URL(`../golden/${name}`, import.meta.url), "utf8"));
});

describe("as HTML", () => {
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
    },
  });

  test.each(files.filter(([name]) => name.endsWith(".html")))("%s is valid", async (_, content) => {
    const report = await validator.validateString(content);
    const messages = report.results.flatMap((result) => result.messages.map(({ ruleId, message, selector }) => `${ruleId}: ${message} at ${selector}`));
    expect(messages).toEqual([]);
  });

  test.each(files.filter(([name]) => name.endsWith(".html")))("%s fetches nothing and runs nothing", (_, content) => {
    const tags = content.match(/<[a-z][^>]*>/gi) ?? [];
    for (const tag of tags) {
      expect(tag).not.toMatch(/^<(?:img|script|link|iframe|object|embed|form|svg|video|audio|base)\b/i);
      expect(tag).not.toMatch(/\s(?:src|srcset|background|on[a-z]+)=/i);
    }
    expect(content.match(/<style>.*<\/style>/s)?.[0]).not.toMatch(/url\(|@import/i);
    for (const [, url] of content.matchAll(/href="([^"]*)"/g)) expect(url).toMatch(/^https:\/\//);
  });
});
