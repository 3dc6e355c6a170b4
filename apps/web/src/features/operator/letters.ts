import type { SupabaseClient } from "@supabase/supabase-js";
import { queryOptions } from "@tanstack/react-query";
import * as v from "valibot";
import { dataOf } from "../../data/failure.ts";
import { Time, parseRows } from "../../data/rows.ts";
import { Amount } from "./rows.ts";

const FoundLetter = v.object({
  id: v.string(),
  address: v.nullable(v.string()),
  kind: v.string(),
  status: v.string(),
  reason: v.nullable(v.string()),
  created_at: Time,
  sent_at: v.nullable(Time),
});

/** A letter in the cockpit's lists. */
export type FoundLetter = v.InferOutput<typeof FoundLetter>;

export const STATUSES = ["sending", "retrying", "sent", "delivered", "delayed", "bounced", "complained", "suppressed", "failed", "discarded"] as const;

/** The fifty newest letters of a status, to an address, of a person or a dispatch. */
export const lettersQuery = (supabase: SupabaseClient, search: string, status: string | null) =>
  queryOptions({
    queryKey: ["operator", "letters", search, status],
    queryFn: async () => parseRows(FoundLetter, await dataOf(supabase.rpc("find_emails", { search: search || null, only_status: status }))),
    refetchInterval: 15_000,
  });

const Step = v.object({ at: Time, step: v.string(), detail: v.nullable(v.record(v.string(), v.unknown())) });
export type Step = v.InferOutput<typeof Step>;

export const timelineQuery = (supabase: SupabaseClient, emailId: string) =>
  queryOptions({
    queryKey: ["operator", "timeline", emailId],
    queryFn: async () => parseRows(Step, await dataOf(supabase.rpc("email_timeline", { email_id: emailId }))),
    refetchInterval: 10_000,
  });

/** Whose letter it is; null: they are forgotten. */
export const letterPersonQuery = (supabase: SupabaseClient, emailId: string) =>
  queryOptions({
    queryKey: ["operator", "person", emailId],
    queryFn: async () => parseRows(v.object({ user_id: v.string() }), await dataOf(supabase.from("emails").select("user_id").eq("id", emailId)))[0]?.user_id ?? null,
  });

const DeadLetter = v.object({
  id: v.string(),
  kind: v.string(),
  code: v.nullable(v.string()),
  reason: v.nullable(v.string()),
  attempts: Amount,
  last_error: v.nullable(v.string()),
  failed_at: Time,
  known_to_provider: v.boolean(),
});

/** A letter that nobody will send unless somebody decides. */
export type DeadLetter = v.InferOutput<typeof DeadLetter>;

export const MOST_DEAD_LETTERS = 500;

export const deadLettersQuery = (supabase: SupabaseClient) =>
  queryOptions({
    queryKey: ["operator", "dead-letters"],
    queryFn: async () =>
      parseRows(
        DeadLetter,
        await dataOf(
          supabase
            .from("dead_letters")
            .select("id, kind, code, reason, attempts, last_error, failed_at, known_to_provider")
            .order("failed_at", { ascending: false })
            .limit(MOST_DEAD_LETTERS),
        ),
      ),
    refetchInterval: 15_000,
  });
