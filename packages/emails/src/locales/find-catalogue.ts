import { arabic } from "./arabic.ts";
import type { Catalogue } from "./catalogue.ts";
import { english } from "./english.ts";
import { german } from "./german.ts";

/** Every language letters are written in, by its BCP 47 name. */
export const languages: Record<string, (locale: string) => Catalogue> = { en: english, de: german, ar: arabic };

export interface Language {
  catalogue: Catalogue;
  /** For `Intl`: the reader's own locale if we write its language, else English as written in the reader's region. */
  formatLocale: string;
}

/** The words for a locale. Never throws: unknown and malformed locales get English. */
export function findCatalogue(locale: string): Language {
  const wanted = parseLocale(locale);
  if (wanted === null) return { catalogue: english("en"), formatLocale: "en" };
  const catalogue = Object.hasOwn(languages, wanted.language) ? languages[wanted.language]! : null;
  if (catalogue !== null) return { catalogue: catalogue(wanted.baseName), formatLocale: wanted.baseName };
  // English words, but 14:05 rather than 2:05 PM for a reader in Paris.
  const region = wanted.maximize().region;
  const formatLocale = region === undefined ? "en" : `en-${region}`;
  return { catalogue: english(formatLocale), formatLocale };
}

function parseLocale(locale: string): Intl.Locale | null {
  try {
    return new Intl.Locale(locale.replaceAll("_", "-"));
  } catch {
    return null;
  }
}
