import axe, { type AxeResults } from "axe-core";
import { JSDOM, VirtualConsole } from "jsdom";
import { describe, expect, test } from "vitest";
import { renderSamples } from "./render-samples.ts";

/**
 * axe in jsdom, which has no layout: axe cannot see colours on their grounds (`letter-quality.test.ts`
 * computes those contrasts), sizes of what is touched, or what covers what. It sees structure: names of
 * links, order of headings, language, direction, tables for layout, landmarks.
 */

const letters = renderSamples();

async function findings(html: string): Promise<AxeResults> {
  const { window } = new JSDOM(html, { runScripts: "outside-only", pretendToBeVisual: true, virtualConsole: new VirtualConsole() });
  try {
    window.eval(axe.source);
    const run = window.eval("axe.run") as typeof axe.run;
    // As the results come from another realm, they are copied before they are compared.
    return JSON.parse(JSON.stringify(await run(window.document, { resultTypes: ["violations"], rules: { "color-contrast": { enabled: false } } }))) as AxeResults;
  } finally {
    window.close();
  }
}

describe("axe", { timeout: 60_000 }, () => {
  test.each(["confidential", "confidential-ar", "conversation-none-de", "combined-ar", "digest"])("finds nothing in %s", async (name) => {
    const { violations, passes } = await findings(letters[name]!.html);
    expect(violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html}`)).toEqual([]);
    expect(passes.length).toBeGreaterThan(15);
  });

  test("finds what is wrong where something is", async () => {
    const broken = letters["confidential"]!.html.replace(/<html [^>]*>/, "<html>").replace(/>Open the chat</, "><");
    expect((await findings(broken)).violations.map(({ id }) => id)).toEqual(expect.arrayContaining(["html-has-lang", "link-name"]));
  });
});
