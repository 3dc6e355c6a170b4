import type { DispatchFacts } from "./letter-facts.ts";
import { cleanLine, inert, showsNothing } from "./untrusted-text.ts";

/** What the events of a dispatch are called, clean and short enough for subjects, headers and headings. */
export interface EventNames {
  title: string;
  organization: string;
}

/** Event names by id, cleaned once per dispatch. Throws for an event the facts do not hold. */
export function createEventNames(facts: DispatchFacts): (eventId: string) => EventNames {
  const known = new Map<string, EventNames>();
  return (eventId) => {
    const cached = known.get(eventId);
    if (cached !== undefined) return cached;
    const event = facts.events[eventId];
    if (event === undefined) throw new Error(`The facts of this dispatch do not hold event ${eventId}.`);
    const names = { title: name(event.title, 80), organization: name(event.organization_name, 60) };
    known.set(eventId, names);
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
