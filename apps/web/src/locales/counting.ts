import type { Language } from "./languages.ts";

type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** Writes a count with its noun: `#` stands for the number. */
export type Counting = (count: number, forms: Forms) => string;

export function createCounting(language: Language): Counting {
  const rules = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return (count, forms) => (forms[rules.select(count)] ?? forms.other).replace("#", numbers.format(count));
}
