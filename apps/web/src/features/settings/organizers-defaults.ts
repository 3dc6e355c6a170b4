import type { SupabaseClient } from "@supabase/supabase-js";
import { queryOptions } from "@tanstack/react-query";
import * as v from "valibot";
import { dataOf } from "../../data/failure.ts";
import { parseRows } from "../../data/rows.ts";
import { CONTENT_MODES, DELIVERIES } from "./preferences.ts";

const Defaults = v.object({
  default_delivery: v.picklist(DELIVERIES),
  default_level: v.picklist(["all", "mentions", "none"]),
  content_mode: v.picklist(CONTENT_MODES),
});

/** What applies to people who chose nothing: what their first organization says, or what is usual. */
export const organizersDefaultsQuery = (supabase: SupabaseClient) =>
  queryOptions({
    queryKey: ["settings", "defaults"],
    queryFn: async () =>
      parseRows(Defaults, await dataOf(supabase.from("organizations").select("default_delivery, default_level, content_mode").order("created_at").limit(1)))[0] ??
      ({ default_delivery: "immediate", default_level: "all", content_mode: "redacted" } as const),
    staleTime: 300_000,
  });
