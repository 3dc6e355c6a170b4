import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { RenderedLetter } from "../src/letter-facts.ts";
import { renderSamples } from "./render-samples.ts";

const folder = new URL("../golden/", import.meta.url);

/** These differ from others in words only, which the text version shows as well. */
const SAME_LAYOUT = /^(?:digest-(?:hourly|weekly)|combined-none|conversation-none)/;

/** The golden files by name: each sample's headers with the text version, and the HTML of each layout. */
export function goldenFiles(): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [name, letter] of Object.entries(renderSamples())) {
    if (!SAME_LAYOUT.test(name)) files[`${name}.html`] = `${letter.html}\n`;
    files[`${name}.txt`] = mailText(letter);
  }
  return files;
}

function mailText({ subject, headers, text }: RenderedLetter): string {
  const lines = Object.entries({ Subject: subject, ...headers }).map(([name, value]) => `${name}: ${value}`);
  return `${lines.join("\n")}\n\n${text}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(goldenFiles())) writeFileSync(new URL(name, folder), content);
}
