import type { SupabaseClient } from "@supabase/supabase-js";
import { queryOptions, useQuery } from "@tanstack/react-query";
import * as v from "valibot";
import { dataOf } from "./failure.ts";
import { MessageId, Time, parseRows } from "./rows.ts";
import { useSupabase } from "./supabase.ts";

const InboxEvent = v.object({
  event_id: v.string(),
  title: v.string(),
  organization_id: v.string(),
  organization_name: v.string(),
  my_role: v.nullable(v.string()),
  runs: v.boolean(),
  level: v.string(),
  read_up_to: v.nullable(MessageId),
  unread: v.number(),
  mentions: v.number(),
  first_mention_id: v.nullable(MessageId),
  last_message_id: v.nullable(MessageId),
  last_message_at: v.nullable(Time),
  last_message_author: v.nullable(v.string()),
  last_message_excerpt: v.nullable(v.string()),
});

/** An event of the reader's with what is unread in it; counts stop at 100. */
export type InboxEvent = v.InferOutput<typeof InboxEvent>;

const ASKED_EVERY_MS = 10_000;

export async function fetchInbox(supabase: SupabaseClient): Promise<InboxEvent[]> {
  return parseRows(InboxEvent, await dataOf(supabase.rpc("my_inbox")));
}

export const inboxQuery = (supabase: SupabaseClient) =>
  queryOptions({ queryKey: ["inbox"], queryFn: () => fetchInbox(supabase), refetchInterval: ASKED_EVERY_MS });

export function useInbox() {
  return useQuery(inboxQuery(useSupabase()));
}

/** Unread messages of all events; muted ones speak up only when they mention the reader. */
export function countNews(events: InboxEvent[]): number {
  return events.reduce((sum, event) => sum + (event.level === "all" ? event.unread : event.mentions), 0);
}
