import type { Catalogue } from "./locales/catalogue.ts";
import { findCatalogue } from "./locales/find-catalogue.ts";

/** How one reader's language and time zone turn instants into words. */
export interface Reader {
  /** Equal for readers to whom the same facts look the same. */
  key: string;
  catalogue: Catalogue;
  timeZone: string;
  /** `14:05` or `2:05 PM`. */
  time(instant: string): string;
  /** `Monday, November 9`, with the year if it is not `currentYear`. */
  day(instant: string, currentYear: string): string;
}

const readers = new Map<string, Reader>();
/** Locales and zones come from profiles, so their number has to be bounded. */
const MOST_READERS = 2000;

/** The reader for a locale and an IANA time zone. Never throws: unknown locales read English, unknown zones are UTC. */
export function findReader(locale: string, timeZone: string): Reader {
  const key = `${locale} ${timeZone}`;
  const known = readers.get(key);
  if (known !== undefined) return known;
  if (readers.size >= MOST_READERS) readers.clear();
  const reader = createReader(locale, timeZone);
  readers.set(key, reader);
  return reader;
}

function createReader(locale: string, wantedZone: string): Reader {
  const { catalogue, formatLocale } = findCatalogue(locale);
  const timeZone = knownZone(wantedZone);
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(formatLocale, { ...options, timeZone, calendar: "gregory" });
  const time = format({ hour: "numeric", minute: "2-digit" });
  const day = format({ weekday: "long", day: "numeric", month: "long" });
  const dayOfYear = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const year = new Intl.DateTimeFormat("en", { year: "numeric", timeZone });
  return {
    key: `${formatLocale} ${timeZone}`,
    catalogue,
    timeZone,
    time: (instant) => plainSpaces(time.format(new Date(instant))),
    day: (instant, currentYear) => {
      const date = new Date(instant);
      return plainSpaces((year.format(date) === currentYear ? day : dayOfYear).format(date));
    },
  };
}

/** ICU versions differ in which narrow space they write; a retry from another machine has to give the same bytes. */
function plainSpaces(text: string): string {
  return text.replace(/[\u00a0\u2009\u202f]/g, " ");
}

function knownZone(timeZone: string): string {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return timeZone;
  } catch {
    return "UTC";
  }
}
