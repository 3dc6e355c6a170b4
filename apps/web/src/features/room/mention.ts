import { useQuery } from "@tanstack/react-query";
import { peopleOfEventQuery } from "../../data/event-people.ts";
import { useSupabase } from "../../data/supabase.ts";

export interface Candidate {
  id: string | null;
  handle: string;
  name: string;
}

export interface OpenMention {
  /** Where its @ stands. */
  at: number;
  /** What was typed after it. */
  text: string;
}

/** The mention that is being typed before the caret. */
export function findMention(text: string, caret: number): OpenMention | null {
  const match = /(?:^|[^A-Za-z0-9_@.])@([\p{L}\p{N}_.-]{0,32})$/u.exec(text.slice(0, caret));
  return match ? { at: caret - match[1]!.length - 1, text: match[1]! } : null;
}

export function completeMention(text: string, { at, text: typed }: OpenMention, handle: string): { text: string; caret: number } {
  const before = `${text.slice(0, at)}@${handle} `;
  return { text: before + text.slice(at + 1 + typed.length).replace(/^ /, ""), caret: before.length };
}

const MOST = 6;

/** People whose handle or name begins like that, and everyone where that is offered. */
export function useCandidates(eventId: string, typed: string | null, everyone: string | null): Candidate[] {
  const supabase = useSupabase();
  const { data = [] } = useQuery({
    ...peopleOfEventQuery(supabase, eventId, typed ?? "", MOST),
    enabled: typed !== null,
    placeholderData: (previous) => previous,
  });
  if (typed === null) return [];
  const people = data.map(({ user_id, handle, display_name }) => ({ id: user_id, handle, name: display_name }));
  const all = everyone !== null && "everyone".startsWith(typed.toLowerCase()) ? [{ id: null, handle: "everyone", name: everyone }] : [];
  return [...all, ...people].slice(0, MOST);
}
