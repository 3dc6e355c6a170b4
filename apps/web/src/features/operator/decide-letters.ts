import type { SupabaseClient } from "@supabase/supabase-js";
import * as v from "valibot";
import { dataOf } from "../../data/failure.ts";
import { parse } from "../../data/rows.ts";

/** Few enough that each call is over in a moment and progress shows. */
const AT_ONCE = 50;

/** Sends dead letters again or discards them, some at a time; returns how many there still were. */
export async function decideLetters(supabase: SupabaseClient, decision: "retry" | "discard", ids: readonly string[], onProgress: (done: number) => void): Promise<number> {
  let changed = 0;
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const some = ids.slice(start, start + AT_ONCE);
    changed += parse(v.number(), await dataOf(supabase.rpc(decision === "retry" ? "retry_emails" : "discard_emails", { ids: some })));
    onProgress(start + some.length);
  }
  return changed;
}
