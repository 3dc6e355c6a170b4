import type { SupabaseClient } from "@supabase/supabase-js";
import { queryOptions } from "@tanstack/react-query";
import * as v from "valibot";
import { dataOf } from "../../data/failure.ts";
import { Time, parseRows } from "../../data/rows.ts";
import { Amount } from "./rows.ts";

const Entry = v.object({ id: Amount, at: Time, actor: v.nullable(v.string()), action: v.string(), details: v.nullable(v.record(v.string(), v.unknown())) });
export type Entry = v.InferOutput<typeof Entry>;

/** The newest entries, of actions whose name holds these letters. */
export const auditLogQuery = (supabase: SupabaseClient, action: string) =>
  queryOptions({
    queryKey: ["operator", "audit-log", action],
    queryFn: async () => {
      const asked = supabase.from("audit_log").select("id, at, actor, action, details").order("id", { ascending: false }).limit(200);
      return parseRows(Entry, await dataOf(action ? asked.ilike("action", `%${action}%`) : asked));
    },
    refetchInterval: 15_000,
  });
