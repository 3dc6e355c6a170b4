import type { ContentMode } from "./content-mode.ts";
import type { DispatchFacts } from "./letter-facts.ts";
import type { Catalogue } from "./locales/catalogue.ts";
import type { Redactor } from "./redactor.ts";
import { cleanLine, inert, showsNothing } from "./untrusted-text.ts";

/** What the events of a dispatch are called, clean and short enough for subjects, headers and headings. */
export interface EventNames {
  title: string;
  organization: string;
}

export type FindEventNames = (eventId: string, mode: ContentMode, words: Catalogue) => EventNames;

/** Event names by id, cleaned once per dispatch. Throws for an event the facts do not hold. */
export function createEventNames(facts: DispatchFacts, redact: Redactor): FindEventNames {
  const known = new Map<string, EventNames>();
  return (eventId, mode, words) => {
    // Titles are people's words too: without messages in the letter they are redacted all the same.
    const shownMode = mode === "full" ? "full" : "redacted";
    const key = `${eventId} ${shownMode} ${words.language}`;
    const cached = known.get(key);
    if (cached !== undefined) return cached;
    const event = facts.events[eventId];
    if (event === undefined) throw new Error(`The facts of this dispatch do not hold event ${eventId}.`);
    const shown = (raw: string, graphemes: number) => name(redact(raw, shownMode, words), graphemes);
    const names = { title: shown(event.title, 80), organization: shown(event.organization_name, 60) };
    known.set(key, names);
    return names;
  };
}

/** The author's name for display; null where the account is gone or the name shows nothing. */
export function authorName(raw: string | null): string | null {
  return raw === null || showsNothing(raw) ? null : inert(cleanLine(raw, 60));
}

function name(raw: string, graphemes: number): string {
  return showsNothing(raw) ? "…" : inert(cleanLine(raw, graphemes));
}
