import type { SupabaseClient } from "@supabase/supabase-js";
import { queryOptions } from "@tanstack/react-query";
import * as v from "valibot";
import { dataOf } from "../../data/failure.ts";
import { Time, parseRows } from "../../data/rows.ts";
import { Amount, MaybeAmount } from "./rows.ts";

const Now = v.object({
  due: Amount,
  oldest_due_at: v.nullable(Time),
  letters_in_flight: Amount,
  letters_per_second: Amount,
  letters_last_hour: Amount,
  message_to_sent_p50: MaybeAmount,
  message_to_sent_p95: MaybeAmount,
  error_rate: MaybeAmount,
  bounce_rate: MaybeAmount,
  complaint_rate: MaybeAmount,
  sent_today: Amount,
  daily_quota: MaybeAmount,
  sent_this_month: Amount,
  monthly_quota: MaybeAmount,
  breakers_open: v.nullable(v.array(v.string())),
  delivery_on_for: v.nullable(v.string()),
  paused: v.boolean(),
  last_sent_at: v.nullable(Time),
  processors_alive: Amount,
  dead_letters: Amount,
  open_alerts: Amount,
  counted_up_to: v.nullable(Time),
});

/** The deployment at this moment: operator_now(). Delays in seconds, rates as shares of 1. */
export type Now = v.InferOutput<typeof Now>;

export const nowQuery = (supabase: SupabaseClient) =>
  queryOptions({
    queryKey: ["operator", "now"],
    queryFn: async () => parseRows(Now, await dataOf(supabase.rpc("operator_now")))[0] ?? null,
    refetchInterval: 5_000,
  });

const Target = v.object({ target: v.string(), goal: Amount, measured: MaybeAmount, unit: v.string(), holds: v.nullable(v.boolean()) });
export type Target = v.InferOutput<typeof Target>;

export const targetsQuery = (supabase: SupabaseClient) =>
  queryOptions({
    queryKey: ["operator", "targets"],
    queryFn: async () => parseRows(Target, await dataOf(supabase.rpc("operator_targets"))),
    refetchInterval: 60_000,
  });

const Cost = v.object({ event_id: v.string(), title: v.nullable(v.string()), organization_name: v.nullable(v.string()), letters: Amount });

export const costsQuery = (supabase: SupabaseClient) =>
  queryOptions({
    queryKey: ["operator", "events"],
    queryFn: async () => parseRows(Cost, await dataOf(supabase.rpc("operator_events", { days: 30 }))),
    refetchInterval: 60_000,
  });
