import type { SupabaseClient } from "@supabase/supabase-js";
import { queryOptions } from "@tanstack/react-query";
import * as v from "valibot";
import { dataOf } from "../../data/failure.ts";
import { parseRows } from "../../data/rows.ts";

const Blocked = v.object({ sender_id: v.string() });
const Named = v.object({ user_id: v.string(), handle: v.string(), display_name: v.string() });

/** Somebody whose messages letters leave out; name and handle null: no event is shared any more. */
export interface BlockedSender {
  sender_id: string;
  name: string | null;
  handle: string | null;
}

async function fetchBlocked(supabase: SupabaseClient): Promise<BlockedSender[]> {
  const rows = parseRows(Blocked, await dataOf(supabase.from("blocked_senders").select("sender_id")));
  if (rows.length === 0) return [];
  const ids = rows.map(({ sender_id }) => sender_id);
  const people = parseRows(Named, await dataOf(supabase.from("profiles").select("user_id, handle, display_name").in("user_id", ids)));
  return ids.map((sender_id) => {
    const person = people.find(({ user_id }) => user_id === sender_id);
    return { sender_id, name: person?.display_name ?? null, handle: person?.handle ?? null };
  });
}

export const blockedQuery = (supabase: SupabaseClient) =>
  queryOptions({ queryKey: ["settings", "blocked"], queryFn: () => fetchBlocked(supabase) });

/** The person with this handle among those the reader may see; null: nobody. */
export async function findByHandle(supabase: SupabaseClient, handle: string): Promise<{ user_id: string; display_name: string; handle: string } | null> {
  const wanted = handle.trim().replace(/^@/, "").toLowerCase();
  const rows = await dataOf(supabase.from("profiles").select("user_id, handle, display_name").eq("handle", wanted).limit(1));
  return parseRows(Named, rows)[0] ?? null;
}
