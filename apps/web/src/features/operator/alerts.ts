import type { SupabaseClient } from "@supabase/supabase-js";
import { queryOptions } from "@tanstack/react-query";
import * as v from "valibot";
import { dataOf } from "../../data/failure.ts";
import { Time, parseRows } from "../../data/rows.ts";
import { Amount } from "./rows.ts";

const Alert = v.object({
  id: Amount,
  name: v.string(),
  title: v.string(),
  unit: v.string(),
  value: Amount,
  worst: Amount,
  opened_at: Time,
  closed_at: v.nullable(Time),
  acknowledged_at: v.nullable(Time),
  silenced_until: v.nullable(Time),
});

/** An alert, open while closed_at is null. */
export type Alert = v.InferOutput<typeof Alert>;

export const alertsQuery = (supabase: SupabaseClient) =>
  queryOptions({
    queryKey: ["operator", "alerts"],
    queryFn: async () =>
      parseRows(
        Alert,
        await dataOf(
          supabase.from("alerts").select("id, name, title, unit, value, worst, opened_at, closed_at, acknowledged_at, silenced_until").order("opened_at", { ascending: false }).limit(100),
        ),
      ),
    refetchInterval: 15_000,
  });
