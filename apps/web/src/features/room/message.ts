import type { SupabaseClient } from "@supabase/supabase-js";
import * as v from "valibot";
import { dataOf } from "../../data/failure.ts";
import { MessageId, Time, parseRows } from "../../data/rows.ts";

const Message = v.object({
  id: MessageId,
  event_id: v.string(),
  user_id: v.nullable(v.string()),
  body: v.string(),
  created_at: Time,
  edited_at: v.nullable(Time),
  deleted_at: v.nullable(Time),
  client_key: v.nullable(v.string()),
});

export type Message = v.InferOutput<typeof Message>;

const COLUMNS = "id, event_id, user_id, body, created_at, edited_at, deleted_at, client_key";

/** A room's messages by key; every answer in ascending order. */
export interface MessageSource {
  /** The newest ones before an id (null: of all), at most `limit`. */
  before(id: number | null, limit: number): Promise<Message[]>;
  /** The oldest ones from an id on, it included. */
  from(id: number, limit: number): Promise<Message[]>;
  /** Those in between, both included: what may have been edited or deleted. */
  between(first: number, last: number): Promise<Message[]>;
}

export function createMessageSource(supabase: SupabaseClient, eventId: string): MessageSource {
  const messages = () => supabase.from("chat_messages").select(COLUMNS).eq("event_id", eventId);
  return {
    async before(id, limit) {
      const newest = messages().order("id", { ascending: false }).limit(limit);
      return parseRows(Message, await dataOf(id === null ? newest : newest.lt("id", id))).reverse();
    },
    from: async (id, limit) => parseRows(Message, await dataOf(messages().gte("id", id).order("id").limit(limit))),
    between: async (first, last) => parseRows(Message, await dataOf(messages().gte("id", first).lte("id", last).order("id").limit(200))),
  };
}

/**
 * Writes a message once: a key that was used before means that an earlier attempt arrived though its answer did not.
 */
export async function sendMessage(supabase: SupabaseClient, eventId: string, key: string, body: string): Promise<Message> {
  const { data, error, status } = await supabase.from("chat_messages").insert({ event_id: eventId, body, client_key: key }).select(COLUMNS);
  const stored = error?.code === "23505" ? supabase.from("chat_messages").select(COLUMNS).eq("client_key", key) : Promise.resolve({ data, error, status });
  return parseRows(Message, await dataOf(stored))[0]!;
}

export async function editMessage(supabase: SupabaseClient, id: number, body: string): Promise<void> {
  await dataOf(supabase.from("chat_messages").update({ body }).eq("id", id).select("id"));
}

export async function deleteMessage(supabase: SupabaseClient, id: number): Promise<void> {
  await dataOf(supabase.from("chat_messages").update({ deleted_at: new Date().toISOString() }).eq("id", id).select("id"));
}
