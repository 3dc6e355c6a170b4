/** The letters' languages are the app's. */
export const LANGUAGES = ["en", "de", "ar"] as const;
export type Language = (typeof LANGUAGES)[number];

export const LANGUAGE_NAMES: Record<Language, string> = { en: "English", de: "Deutsch", ar: "العربية" };

export function directionOf(language: Language): "ltr" | "rtl" {
  return language === "ar" ? "rtl" : "ltr";
}

/** The app's language for a BCP 47 locale: of a profile or a browser. */
export function findLanguage(...locales: (string | null | undefined)[]): Language {
  for (const locale of locales) {
    const found = LANGUAGES.find((language) => locale?.toLowerCase().split("-")[0] === language);
    if (found) return found;
  }
  return "en";
}
