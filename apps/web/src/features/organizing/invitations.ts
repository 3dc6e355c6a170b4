import type { SupabaseClient } from "@supabase/supabase-js";
import { queryOptions } from "@tanstack/react-query";
import * as v from "valibot";
import { asking, dataOf } from "../../data/failure.ts";
import { parseRows } from "../../data/rows.ts";

const Invitation = v.object({ address: v.string(), role: v.string() });
export type Invitation = v.InferOutput<typeof Invitation>;

export const invitationsQuery = (supabase: SupabaseClient, eventId: string) =>
  queryOptions({
    queryKey: ["event-invitations", eventId],
    queryFn: async () => parseRows(Invitation, await dataOf(supabase.from("event_invitations").select("address, role").eq("event_id", eventId).order("invited_at", { ascending: false }))),
  });

/** What somebody typed or pasted: handles and addresses, whatever stands between them. */
export function readPeople(text: string): { handles: string[]; addresses: string[]; wrong: string[] } {
  const found = { handles: [] as string[], addresses: [] as string[], wrong: [] as string[] };
  for (const word of new Set(text.toLowerCase().split(/[\s,;<>"]+/))) {
    if (/^[^@:]+@[^@:]+\.[^@:]+$/.test(word)) found.addresses.push(word);
    else if (/^@?[a-z0-9_.-]+$/.test(word)) found.handles.push(word.replace(/^@/, ""));
    else if (word !== "") found.wrong.push(word);
  }
  return found;
}

/** Whoever is invited already stays so, in the role they were invited in. */
export function invite(supabase: SupabaseClient, eventId: string, addresses: readonly string[], role: string): Promise<unknown> {
  const rows = addresses.map((address) => ({ event_id: eventId, address, role }));
  return asking(supabase.from("event_invitations").upsert(rows, { onConflict: "event_id,address", ignoreDuplicates: true }));
}

export function withdraw(supabase: SupabaseClient, eventId: string, address: string): Promise<unknown> {
  return asking(supabase.from("event_invitations").delete().eq("event_id", eventId).eq("address", address));
}
