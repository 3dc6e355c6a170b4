import type { SupabaseClient } from "@supabase/supabase-js";
import { queryOptions } from "@tanstack/react-query";
import * as v from "valibot";
import { dataOf } from "../../data/failure.ts";
import { Time, parseRows } from "../../data/rows.ts";

const NextLetter = v.object({
  leaves_at: v.nullable(Time),
  held: v.boolean(),
  problem: v.nullable(v.string()),
  next_digest_at: v.nullable(Time),
  news: v.array(v.object({ event_id: v.string(), title: v.string(), messages: v.number(), mentions: v.number() })),
});

/** The reader's next letter as far as is known now. */
export type NextLetter = v.InferOutput<typeof NextLetter>;

export const nextLetterQuery = (supabase: SupabaseClient) =>
  queryOptions({
    queryKey: ["settings", "next-letter"],
    queryFn: async () => parseRows(NextLetter, await dataOf(supabase.rpc("my_next_letter")))[0] ?? null,
    refetchInterval: 15_000,
  });
