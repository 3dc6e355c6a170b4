import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { RenderedLetter } from "../src/letter-facts.ts";
import { renderSamples } from "./render-samples.ts";

const folder = new URL("../golden/", import.meta.url);

/** The golden files by name: each sample's HTML, and its headers with the text version. */
export function goldenFiles(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(renderSamples()).flatMap(([name, letter]) => [
      [`${name}.html`, `${letter.html}\n`],
      [`${name}.txt`, mailText(letter)],
    ]),
  );
}

function mailText({ subject, headers, text }: RenderedLetter): string {
  const lines = Object.entries({ Subject: subject, ...headers }).map(([name, value]) => `${name}: ${value}`);
  return `${lines.join("\n")}\n\n${text}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(goldenFiles())) writeFileSync(new URL(name, folder), content);
}
