import { type ReactNode, createContext, use, useMemo } from "react";
import { type Counting, createCounting } from "./counting.ts";
import type { Language } from "./languages.ts";

/** A feature's phrases in every language: a language or a phrase that is missing does not compile. */
export type Words<T> = Record<Language, (counted: Counting) => T>;

export function defineWords<T>(words: Words<T>): Words<T> {
  return words;
}

const LanguageContext = createContext<Language>("en");

export function LanguageProvider({ language, children }: { language: Language; children: ReactNode }) {
  return <LanguageContext value={language}>{children}</LanguageContext>;
}

export function useLanguage(): Language {
  return use(LanguageContext);
}

/** The phrases of a feature in the reader's language. */
export function useWords<T>(words: Words<T>): T {
  const language = useLanguage();
  return useMemo(() => words[language](createCounting(language)), [words, language]);
}
