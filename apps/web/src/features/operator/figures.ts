import { useMemo } from "react";
import type { Language } from "../../locales/languages.ts";
import { useLanguage } from "../../locales/words.tsx";

/** Numbers as operators read them. */
export interface Figures {
  count(value: number): string;
  share(value: number | null): string;
  /** 340 ms, 12 s, 4 min, 3 h */
  duration(seconds: number | null): string;
  inUnit(value: number, unit: string): string;
}

const STEPS = [
  { unit: "day", seconds: 86_400 },
  { unit: "hour", seconds: 3600 },
  { unit: "minute", seconds: 60 },
  { unit: "second", seconds: 1 },
] as const;

export function createFigures(language: Language): Figures {
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const share = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 2 });
  const inUnits = (value: number, unit: string) => new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
  const duration = (seconds: number | null) => {
    if (seconds === null) return "–";
    const step = STEPS.find(({ seconds: one }) => seconds >= one);
    return step ? inUnits(seconds / step.seconds, step.unit) : inUnits(Math.round(seconds * 1000), "millisecond");
  };
  const shareOf = (value: number | null) => (value === null ? "–" : share.format(value));
  return {
    count: (value) => whole.format(value),
    share: shareOf,
    duration,
    inUnit: (value, unit) => (unit === "share" ? shareOf(value) : unit === "seconds" ? duration(value) : whole.format(value)),
  };
}

export function useFigures(): Figures {
  const language = useLanguage();
  return useMemo(() => createFigures(language), [language]);
}
