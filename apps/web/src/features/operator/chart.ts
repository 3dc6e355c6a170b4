import type { SupabaseClient } from "@supabase/supabase-js";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import * as v from "valibot";
import { dataOf } from "../../data/failure.ts";
import { Time, parseRows } from "../../data/rows.ts";
import { Amount, MaybeAmount } from "./rows.ts";

export const PERIODS = ["1h", "24h", "30d"] as const;
export type Period = (typeof PERIODS)[number];

const Slot = v.object({
  at: Time,
  messages: Amount,
  letters_sent: Amount,
  letters_failed: Amount,
  delivered: Amount,
  bounced: Amount,
  complained: Amount,
  message_to_sent_p50: MaybeAmount,
  message_to_sent_p95: MaybeAmount,
});

/** What was counted in one slot of a chart. */
export type Slot = v.InferOutput<typeof Slot>;

export const chartQuery = (supabase: SupabaseClient, period: Period) =>
  queryOptions({
    queryKey: ["operator", "chart", period],
    queryFn: async () => parseRows(Slot, await dataOf(supabase.rpc("operator_chart", { period }))),
    refetchInterval: period === "1h" ? 15_000 : 60_000,
    placeholderData: keepPreviousData,
  });
