/** Words for each plural form the language has; `other` for those not given. `#` stands for the number. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** Chooses words by a language's plural rules, with numbers as the locale writes them. */
export function createCounting(locale: string): (count: number, forms: Forms) => string {
  const plural = new Intl.PluralRules(locale);
  const digits = new Intl.NumberFormat(locale);
  return (count, forms) => {
    const words = forms[plural.select(count)] ?? forms.other;
    // ICU versions differ in the space they group digits with; a retry has to give the same bytes.
    return words.replace("#", () => digits.format(count).replace(/[\u00a0\u202f]/g, "\u00a0"));
  };
}
