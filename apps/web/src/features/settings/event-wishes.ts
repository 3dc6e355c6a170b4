import type { SupabaseClient } from "@supabase/supabase-js";
import { queryOptions } from "@tanstack/react-query";
import * as v from "valibot";
import { dataOf } from "../../data/failure.ts";
import { Time, parseRows } from "../../data/rows.ts";

export const LEVELS = ["all", "mentions", "none"] as const;
export type Level = (typeof LEVELS)[number];

const EventWish = v.object({
  event_id: v.string(),
  level: v.nullable(v.picklist(LEVELS)),
  muted_until: v.nullable(Time),
});

/** What a person wants to hear of one event; level null: as of all others. */
export type EventWish = v.InferOutput<typeof EventWish>;

export const eventWishesQuery = (supabase: SupabaseClient) =>
  queryOptions({
    queryKey: ["settings", "events"],
    queryFn: async () =>
      parseRows(EventWish, await dataOf(supabase.from("event_notification_preferences").select("event_id, level, muted_until"))),
    refetchOnWindowFocus: false,
  });

/** The wish of an event in the list, or that nothing was chosen. */
export function wishFor(wishes: readonly EventWish[], eventId: string): EventWish {
  return wishes.find(({ event_id }) => event_id === eventId) ?? { event_id: eventId, level: null, muted_until: null };
}

export function withWish(wishes: readonly EventWish[], changed: EventWish): EventWish[] {
  return [...wishes.filter(({ event_id }) => event_id !== changed.event_id), changed];
}
