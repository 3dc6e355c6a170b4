import type { Catalogue } from "./catalogue.ts";
import { en } from "./en.ts";

const catalogues = new Map<string, Catalogue>([en].map((catalogue) => [catalogue.language, catalogue]));

export interface Language {
  catalogue: Catalogue;
  /** For `Intl`: the reader's own locale if we speak its language, else our language as written in the reader's region. */
  formatLocale: string;
}

/** The words for a locale. Never throws: unknown and malformed locales get English. */
export function findCatalogue(locale: string): Language {
  const wanted = parseLocale(locale);
  if (wanted === null) return { catalogue: en, formatLocale: "en" };
  const catalogue = catalogues.get(wanted.language);
  if (catalogue !== undefined) return { catalogue, formatLocale: wanted.baseName };
  // English words, but 14:05 rather than 2:05 PM for a reader in Berlin.
  const region = wanted.maximize().region;
  return { catalogue: en, formatLocale: region === undefined ? "en" : `en-${region}` };
}

function parseLocale(locale: string): Intl.Locale | null {
  try {
    return new Intl.Locale(locale.replaceAll("_", "-"));
  } catch {
    return null;
  }
}
