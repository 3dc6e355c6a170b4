import type { SupabaseClient } from "@supabase/supabase-js";
import { queryOptions } from "@tanstack/react-query";
import * as v from "valibot";
import { dataOf } from "../../data/failure.ts";
import { Time, parse } from "../../data/rows.ts";
import type { EventWish } from "./event-wishes.ts";
import type { Preferences } from "./preferences.ts";

export const DAYS = 30;

/** What would be different: columns of the preferences, and of events by id. */
export interface Proposal extends Partial<Preferences> {
  events?: Record<string, { level: EventWish["level"]; muted_until: string | null }>;
}

const Simulated = v.object({
  now: v.object({ letters: v.number() }),
  proposed: v.object({
    letters: v.number(),
    list: v.array(
      v.object({
        at: Time,
        kind: v.string(),
        events: v.array(v.object({ title: v.nullable(v.string()), count: v.number(), mentions: v.number() })),
      }),
    ),
  }),
});

/** How many letters the last days brought, and how many they would have brought under other settings. */
export type Simulated = v.InferOutput<typeof Simulated>;

export const whatIfQuery = (supabase: SupabaseClient, proposed: Proposal, days = DAYS) =>
  queryOptions({
    queryKey: ["settings", "what-if", proposed, days],
    queryFn: async ({ signal }) => parse(Simulated, await dataOf(supabase.rpc("simulate_preferences", { proposed, days }).abortSignal(signal))),
    // Of the settings as they were: asked again after a change it would compare the change with itself.
    staleTime: Infinity,
    gcTime: 60_000,
    refetchOnWindowFocus: false,
    retry: false,
  });
