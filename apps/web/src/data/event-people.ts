import type { SupabaseClient } from "@supabase/supabase-js";
import { queryOptions } from "@tanstack/react-query";
import * as v from "valibot";
import { dataOf } from "./failure.ts";
import { parseRows } from "./rows.ts";

const EventPerson = v.object({ user_id: v.string(), handle: v.string(), display_name: v.string(), role: v.nullable(v.string()), as_participant: v.boolean() });

/** Somebody in an event; role null: a member of its organization only. */
export type EventPerson = v.InferOutput<typeof EventPerson>;

/** People of an event whose handle or name begins with `beginning`, by handle. */
export const peopleOfEventQuery = (supabase: SupabaseClient, eventId: string, beginning: string, limit: number, after: string | null = null) =>
  queryOptions({
    queryKey: ["event-people", eventId, beginning, limit, after],
    queryFn: async () =>
      parseRows(EventPerson, await dataOf(supabase.rpc("event_people", { event_id: eventId, beginning, after_handle: after, page_size: limit }))),
    staleTime: 30_000,
  });
