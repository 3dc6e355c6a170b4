import type { SupabaseClient } from "@supabase/supabase-js";
import { queryOptions } from "@tanstack/react-query";
import * as v from "valibot";
import { dataOf } from "../../data/failure.ts";
import { Time, parseRows } from "../../data/rows.ts";

/** What sentences need of a step's facts (docs/receipts.md); the rest is not shown. */
const Facts = v.object({
  event_id: v.nullish(v.string()),
  title: v.nullish(v.string()),
  author_name: v.nullish(v.string()),
  since: v.nullish(Time),
  until: v.nullish(Time),
  messages: v.nullish(v.number()),
  attempts: v.nullish(v.number()),
  reason: v.nullish(v.string()),
  cause: v.nullish(v.string()),
});
export type Facts = v.InferOutput<typeof Facts>;

const Step = v.object({ step: v.number(), at: v.nullable(Time), code: v.string(), facts: v.fallback(Facts, {}), sentence: v.nullable(v.string()) });

/** One step of what became of a message for its reader. */
export type Step = v.InferOutput<typeof Step>;

/** person: somebody else, which only operators may ask about. */
export const receiptQuery = (supabase: SupabaseClient, messageId: string, person: string | null) =>
  queryOptions({
    queryKey: ["receipt", messageId, person],
    queryFn: async () => parseRows(Step, await dataOf(supabase.rpc("explain_notification", { message_id: messageId, user_id: person }))),
    refetchInterval: 10_000,
  });
