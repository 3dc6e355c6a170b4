import type { ContentMode } from "./content-mode.ts";
import type { Catalogue } from "./locales/catalogue.ts";
import { findSecrets, hideSecrets } from "./redact-text.ts";
import type { Finding } from "./secrets/finding.ts";
import { cleanText } from "./untrusted-text.ts";

/** What a reader may see of a text that people wrote. */
export type Redactor = (raw: string, mode: ContentMode, words: Catalogue) => string;

/** Twice what a chat message may hold; no letter shows that much. */
const LONGEST_READ = 16_000;

/** Hides secrets unless the mode is `full`. Each distinct text of a dispatch is searched once, whoever reads it. */
export function createRedactor(): Redactor {
  const known = new Map<string, { clean: string; secrets: Finding[] } | null>();
  return (raw, mode, words) => {
    if (mode === "full") return raw;
    let found = known.get(raw);
    if (found === undefined) {
      const clean = cleanText(raw.slice(0, LONGEST_READ));
      const secrets = findSecrets(clean);
      found = secrets.length === 0 ? null : { clean, secrets };
      known.set(raw, found);
    }
    return found === null ? raw : hideSecrets(found.clean, found.secrets, words.hidden);
  };
}
