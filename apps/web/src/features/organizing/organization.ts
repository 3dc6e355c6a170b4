import type { SupabaseClient } from "@supabase/supabase-js";
import { queryOptions } from "@tanstack/react-query";
import * as v from "valibot";
import { dataOf } from "../../data/failure.ts";
import { parseRows } from "../../data/rows.ts";

const Level = v.picklist(["all", "mentions", "none"]);
const Organization = v.object({ id: v.string(), name: v.string(), content_mode: v.picklist(["full", "redacted", "none"]) });
const EventSettings = v.object({ id: v.string(), organization_id: v.string(), batch_window_seconds: v.nullable(v.number()), default_level: v.nullable(Level) });

export type EventSettings = v.InferOutput<typeof EventSettings>;

export const organizationsQuery = (supabase: SupabaseClient, ids: readonly string[]) =>
  queryOptions({
    queryKey: ["organizations", ids],
    queryFn: async () => parseRows(Organization, await dataOf(supabase.from("organizations").select("id, name, content_mode").in("id", [...ids]).order("name"))),
  });

export const eventSettingsQuery = (supabase: SupabaseClient, eventId: string) =>
  queryOptions({
    queryKey: ["event-settings", eventId],
    queryFn: async () =>
      parseRows(EventSettings, await dataOf(supabase.from("events").select("id, organization_id, batch_window_seconds, default_level").eq("id", eventId)))[0] ?? null,
  });
