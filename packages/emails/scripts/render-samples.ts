import { hostileFacts, hostileLetter } from "../samples/hostile-facts.ts";
import { sampleFacts, sampleLetters } from "../samples/sample-facts.ts";
import type { ContentMode } from "../src/content-mode.ts";
import type { DigestRhythm } from "../src/digest-rhythm.ts";
import type { LetterFacts, RenderedLetter } from "../src/letter-facts.ts";
import { createAppLinks, type LetterLinks } from "../src/letter-links.ts";
import { createLetterRenderer } from "../src/render-letter.ts";

/** Readers of the sample letters; `en` are those that the samples name themselves. */
const readers = {
  en: {},
  de: { locale: "de-AT", time_zone: "Europe/Vienna" },
  ar: { locale: "ar-EG", time_zone: "Africa/Cairo" },
};

const { conversation, mention, combined, digest, confidential } = sampleLetters;

/** Every sample letter by name, through the compiled templates: each kind in each language, and the modes where they differ. */
export function renderSamples(): Record<string, RenderedLetter> {
  const links: LetterLinks = {
    ...createAppLinks(sampleFacts.urls),
    unsubscribe: (letter) => `https://chat.example.com/unsubscribe?token=sample-${letter.kind}`,
  };
  const render = createLetterRenderer(sampleFacts, links);
  const letters: Record<string, RenderedLetter> = {};
  for (const [language, reader] of Object.entries(readers)) {
    const add = (name: string, letter: LetterFacts, changes: { mode?: ContentMode; rhythm?: DigestRhythm } = {}) => {
      const recipient = { ...letter.recipient, ...reader, content_mode: changes.mode };
      letters[language === "en" ? name : `${name}-${language}`] = render({ ...letter, recipient, digest: changes.rhythm });
    };
    add("conversation", conversation);
    add("mention", mention);
    add("combined", combined);
    add("digest", digest);
    add("digest-hourly", digest, { rhythm: "hourly" });
    add("digest-weekly", digest, { rhythm: "weekly" });
    add("confidential", confidential);
    add("confidential-full", confidential, { mode: "full" });
    add("confidential-none", confidential, { mode: "none" });
    add("conversation-none", conversation, { mode: "none" });
    add("combined-none", combined, { mode: "none" });
    add("digest-none", digest, { mode: "none" });
  }
  return { ...letters, hostile: createLetterRenderer(hostileFacts, links)(hostileLetter) };
}
