import { hostileFacts, hostileLetter } from "../samples/hostile-facts.ts";
import { sampleFacts, sampleLetters } from "../samples/sample-facts.ts";
import type { RenderedLetter } from "../src/letter-facts.ts";
import { createAppLinks, type LetterLinks } from "../src/letter-links.ts";
import { createLetterRenderer } from "../src/render-letter.ts";

/** Every sample letter by name, through the compiled templates. */
export function renderSamples(): Record<string, RenderedLetter> {
  const links: LetterLinks = {
    ...createAppLinks(sampleFacts.urls),
    unsubscribe: (letter) => `https://chat.example.com/unsubscribe?token=sample-${letter.kind}`,
  };
  const render = createLetterRenderer(sampleFacts, links);
  const letters = Object.entries(sampleLetters).map(([name, letter]) => [name, render(letter)] as const);
  return { ...Object.fromEntries(letters), hostile: createLetterRenderer(hostileFacts, links)(hostileLetter) };
}
