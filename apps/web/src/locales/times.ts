import { useMemo } from "react";
import type { Language } from "./languages.ts";
import { useLanguage } from "./words.tsx";

/** Times as people write them, in the reader's language and the browser's zone. */
export interface Times {
  /** 14:05 */
  clock(time: Date): string;
  /** Monday, 3 November */
  day(time: Date): string;
  /** 3 Nov 2026, 14:05 */
  full(time: Date): string;
  /** 14:05 today, else Mon, else 3 Nov: for lists. */
  brief(time: Date, now: Date): string;
}

export function createTimes(language: Language, timeZone?: string): Times {
  // British order for English: the day before the month, the clock to 24.
  const locale = language === "en" ? "en-GB" : language;
  const format = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(locale, timeZone ? { ...options, timeZone } : options);
    return (time: Date) => formatter.format(time);
  };
  const clock = format({ hour: "2-digit", minute: "2-digit" });
  const dayKey = format({ year: "numeric", month: "2-digit", day: "2-digit" });
  const weekday = format({ weekday: "short" });
  const date = format({ day: "numeric", month: "short" });
  return {
    clock,
    day: format({ weekday: "long", day: "numeric", month: "long" }),
    full: format({ dateStyle: "medium", timeStyle: "short" }),
    brief(time, now) {
      if (dayKey(time) === dayKey(now)) return clock(time);
      const age = now.getTime() - time.getTime();
      return age > 0 && age < 6 * 86_400_000 ? weekday(time) : date(time);
    },
  };
}

export function useTimes(): Times {
  const language = useLanguage();
  return useMemo(() => createTimes(language), [language]);
}
