import { useSyncExternalStore } from "react";
import { type Language, findLanguage } from "./languages.ts";

const KEY = "language";
const listeners = new Set<() => void>();
let chosen: Language | undefined;

/** What was chosen on this browser or in the profile; else what the browser speaks. */
export function chosenLanguage(): Language {
  return (chosen ??= findLanguage(localStorage.getItem(KEY), ...navigator.languages));
}

/** Changes the app's language at once. The profile's, which the letters follow, is saved by whoever calls this. */
export function chooseLanguage(language: Language): void {
  if (language === chosenLanguage()) return;
  chosen = language;
  localStorage.setItem(KEY, language);
  for (const listener of [...listeners]) listener();
}

export function useChosenLanguage(): Language {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, chosenLanguage);
}
