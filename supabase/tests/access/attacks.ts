import { CAST, EVENT, FOREIGN_EVENT, LETTER, ORGANIZATION } from "./cast.ts";

export interface Attack {
  name: string;
  /** Who is signed in; `anon`: the publishable key alone. The outsider is an owner and organizer elsewhere. */
  by?: "outsider" | "participant" | "anon";
  method?: "GET" | "HEAD" | "POST" | "PATCH" | "PUT" | "DELETE";
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
  /** Refused with an error, unless it says that the answer is an empty list: the rows are not there for this person. */
  finds?: "nothing";
}

const { recipient, outsider, participant } = CAST as Record<"recipient" | "outsider" | "participant", string>;
const target = `event_id=eq.${EVENT}`;
const message = { event_id: EVENT, user_id: outsider, body: "planted" };

export const ATTACKS: Record<string, Attack[]> = {
  "reads others' rows": [
    ...["chat_messages", "event_participants", "event_notification_preferences", "notifications"].map((table): Attack => ({
      name: `${table} of a foreign event`, path: `${table}?${target}`, finds: "nothing",
    })),
    { name: "a foreign event", path: `events?id=eq.${EVENT}`, finds: "nothing" },
    { name: "a foreign event by its organization", path: `events?organization_id=eq.${ORGANIZATION}`, finds: "nothing" },
    { name: "a foreign organization", path: `organizations?id=eq.${ORGANIZATION}`, finds: "nothing" },
    { name: "members of a foreign organization", path: `organization_members?organization_id=eq.${ORGANIZATION}`, finds: "nothing" },
    { name: "a stranger's profile", path: `profiles?select=handle&user_id=eq.${recipient}`, finds: "nothing" },
    { name: "a stranger's letters", path: `emails?user_id=eq.${recipient}`, finds: "nothing" },
    { name: "a neighbour's letters", by: "participant", path: `emails?user_id=eq.${recipient}`, finds: "nothing" },
    { name: "a neighbour's notifications", by: "participant", path: `notifications?user_id=eq.${recipient}`, finds: "nothing" },
    { name: "a neighbour's wishes", by: "participant", path: `notification_preferences?user_id=eq.${recipient}`, finds: "nothing" },
    { name: "a neighbour's address problem", by: "participant", path: `address_problems?user_id=eq.${recipient}`, finds: "nothing" },
    { name: "everything that is not theirs, by an or-filter", path: `chat_messages?or=(event_id.eq.${EVENT},body.like.*probed*)`, finds: "nothing" },
    { name: "foreign messages through an embedded event", path: `events?select=id,chat_messages(body)&chat_messages.${target}&id=eq.${EVENT}`, finds: "nothing" },
    { name: "a neighbour's time zone", by: "participant", path: `profiles?select=time_zone&user_id=eq.${recipient}` },
    { name: "a neighbour's time zone by filtering", by: "participant", path: `profiles?select=handle&time_zone=eq.UTC&user_id=eq.${recipient}` },
    { name: "a neighbour's time zone by sorting", by: "participant", path: `profiles?select=handle&order=time_zone` },
    { name: "the dead letters as somebody else", path: "dead_letters", finds: "nothing" },
    { name: "the incidents as somebody else", path: "incidents", finds: "nothing" },
    { name: "the statistics", path: "notification_stats" },
    { name: "anything, without signing in", by: "anon", path: "chat_messages" },
    { name: "events, without signing in", by: "anon", path: "events" },
  ],
  "writes as others or elsewhere": [
    { name: "a message into a foreign event", method: "POST", path: "chat_messages", body: message },
    { name: "a message in a stranger's name", method: "POST", path: "chat_messages", body: { ...message, user_id: recipient } },
    { name: "a message in a neighbour's name", by: "participant", method: "POST", path: "chat_messages", body: { ...message, user_id: recipient } },
    { name: "a foreign message hidden among own ones", method: "POST", path: "chat_messages", body: [{ ...message, event_id: FOREIGN_EVENT }, message] },
    { name: "a message without signing in", by: "anon", method: "POST", path: "chat_messages", body: message },
    { name: "a neighbour's message, rewritten", by: "participant", method: "PATCH", path: `chat_messages?${target}`, body: { body: "rewritten" }, finds: "nothing" },
    { name: "a neighbour's message, deleted", by: "participant", method: "PATCH", path: `chat_messages?${target}`, body: { deleted_at: "2026-01-01" }, finds: "nothing" },
    { name: "messages removed for good", by: "participant", method: "DELETE", path: `chat_messages?${target}` },
    { name: "an own message moved into a foreign event", method: "PATCH", path: `chat_messages?event_id=eq.${FOREIGN_EVENT}`, body: { event_id: EVENT } },
    { name: "a message overwritten by an upsert", method: "POST", path: "chat_messages?on_conflict=id", headers: { prefer: "resolution=merge-duplicates" }, body: { ...message, id: 1 } },
    { name: "themselves into a foreign event", method: "POST", path: "event_participants", body: { event_id: EVENT, user_id: outsider } },
    { name: "themselves into a foreign organization", method: "POST", path: "organization_members", body: { organization_id: ORGANIZATION, user_id: outsider, role: "owner" } },
    { name: "themselves made organizer", by: "participant", method: "PATCH", path: `event_participants?user_id=eq.${participant}`, body: { role: "organizer" } },
    { name: "a neighbour out of the event", by: "participant", method: "DELETE", path: `event_participants?user_id=eq.${recipient}`, finds: "nothing" },
    { name: "an event into a foreign organization", method: "POST", path: "events", body: { organization_id: ORGANIZATION, title: "Planted" } },
    { name: "an own event moved into a foreign organization", method: "PATCH", path: `events?id=eq.${FOREIGN_EVENT}`, body: { organization_id: ORGANIZATION } },
    { name: "a foreign event renamed", method: "PATCH", path: `events?id=eq.${EVENT}`, body: { title: "Taken" }, finds: "nothing" },
    { name: "a neighbour's profile", by: "participant", method: "PATCH", path: `profiles?select=handle&user_id=eq.${recipient}`, body: { display_name: "Taken" }, finds: "nothing" },
    { name: "a neighbour's wishes", by: "participant", method: "PATCH", path: `notification_preferences?user_id=eq.${recipient}`, body: { delivery: "off" }, finds: "nothing" },
    { name: "wishes in a neighbour's name", by: "participant", method: "POST", path: "event_notification_preferences", body: { user_id: recipient, event_id: EVENT, level: "none" } },
    { name: "own wishes handed to a neighbour", by: "participant", method: "POST", path: "notification_preferences?on_conflict=user_id", headers: { prefer: "resolution=merge-duplicates" }, body: { user_id: recipient, delivery: "off" } },
    { name: "a read mark in a foreign event", method: "POST", path: "rpc/mark_event_read", body: { event_id: EVENT, message_id: 1 } },
  ],
  "writes what only the engine writes": [
    { name: "a notification", method: "POST", path: "notifications", body: { user_id: outsider, event_id: EVENT, burst_id: 1, lane: 0, scheduled_for: "2026-01-01" } },
    { name: "a notification's status", by: "participant", method: "PATCH", path: `notifications?${target}`, body: { status: "pending" } },
    { name: "a letter's status", by: "participant", method: "PATCH", path: `emails?id=eq.${LETTER}`, body: { status: "delivered" } },
    { name: "a letter's address", by: "participant", method: "PATCH", path: `emails?id=eq.${LETTER}`, body: { address: "attacker@example.com" } },
    { name: "a letter's end", by: "participant", method: "DELETE", path: `emails?id=eq.${LETTER}` },
    { name: "an address problem away", by: "participant", method: "DELETE", path: `address_problems?user_id=eq.${recipient}` },
    { name: "through an operators' view", by: "participant", method: "PATCH", path: "incidents", body: { message: "nothing happened" } },
  ],
  "assigns what is not theirs to set": [
    { name: "a message's time", by: "participant", method: "POST", path: "chat_messages", body: { ...message, user_id: participant, created_at: "2000-01-01" } },
    { name: "a message's id", by: "participant", method: "POST", path: "chat_messages", body: { ...message, user_id: participant, id: 999 } },
    { name: "a message's author", by: "participant", method: "PATCH", path: `chat_messages?user_id=eq.${participant}`, body: { user_id: recipient } },
    { name: "a joining date before the first message", method: "POST", path: "event_participants", body: { event_id: FOREIGN_EVENT, user_id: recipient, joined_at: "2000-01-01" } },
    { name: "a profile's owner", by: "participant", method: "PATCH", path: `profiles?select=handle&user_id=eq.${participant}`, body: { user_id: recipient } },
    { name: "a second profile", by: "participant", method: "POST", path: "profiles?select=handle", body: { user_id: participant, handle: "second", display_name: "Second" } },
  ],
  "calls what is not for browsers": [
    { name: "the claim", method: "POST", path: "rpc/get_pending_notifications", body: {} },
    { name: "the claim, by GET", path: "rpc/get_pending_notifications" },
    { name: "the mark of success", method: "POST", path: "rpc/mark_notification_sent", body: { dispatch_id: LETTER, attempt: 1 } },
    { name: "the mark of failure", method: "POST", path: "rpc/mark_notification_failed", body: { dispatch_id: LETTER, attempt: 1, outcome: "refused", reason: "x" } },
    { name: "the trigger function", method: "POST", path: "rpc/create_chat_notifications", body: {} },
    { name: "an operator's switch", method: "POST", path: "rpc/switch_delivery_on", body: { deployment_url: "http://attacker.example" } },
    { name: "an operator's pause", method: "POST", path: "rpc/pause_delivery", body: { scope: "everything" } },
    { name: "an operator's retry", method: "POST", path: "rpc/retry_email", body: { id: LETTER } },
    { name: "settling, which is private", method: "POST", path: "rpc/settle_bursts", body: {} },
    { name: "settling, by naming its schema", method: "POST", path: "rpc/settle_bursts", headers: { "content-profile": "private" }, body: {} },
    { name: "a function of Postgres", method: "POST", path: "rpc/pg_read_file", body: { filename: "postgresql.conf" } },
    { name: "a function of Postgres, by naming its schema", method: "POST", path: "rpc/set_config", headers: { "content-profile": "pg_catalog" }, body: { setting_name: "role", new_value: "postgres", is_local: false } },
  ],
  "reaches for other schemas": [
    ...["private", "auth", "supabase_migrations", "pg_catalog", "private, public"].map((schema): Attack => ({
      name: `schema ${schema} by the profile header`,
      path: { private: "settings", auth: "users", supabase_migrations: "schema_migrations", pg_catalog: "pg_authid" }[schema] ?? "settings",
      headers: { "accept-profile": schema },
    })),
    { name: "a qualified table name", path: "private.settings" },
    { name: "a quoted qualified name", path: "%22private%22.%22settings%22" },
    { name: "accounts by their bare name", path: "users" },
    { name: "accounts embedded through a foreign key", path: "profiles?select=handle,users(email)" },
    { name: "a write into private", method: "POST", path: "operators", headers: { "content-profile": "private" }, body: { user_id: outsider } },
    { name: "a write into auth", method: "PATCH", path: `users?id=eq.${recipient}`, headers: { "content-profile": "auth" }, body: { email: "attacker@example.com" } },
  ],
  "injects SQL": [
    { name: "through a filter's value", path: "chat_messages?body=eq.x'%20or%20true--", finds: "nothing" },
    { name: "through a filter's operator", path: "chat_messages?body=eq);drop%20table%20public.chat_messages;--.x" },
    { name: "through a column's name", path: "chat_messages?body%22%20is%20not%20null)%20or%20(true=eq.x" },
    { name: "through select", path: "chat_messages?select=body,(select%20address_salt%20from%20private.settings)" },
    { name: "through order", path: "chat_messages?select=body&order=id;drop%20table%20public.chat_messages" },
    { name: "through a call's text argument", method: "POST", path: "rpc/lift_suppression", body: { address: "x'); delete from private.suppressions; --" } },
    { name: "through a call's argument name", method: "POST", path: "rpc/mark_event_read", body: { "event_id => null); drop table public.events; --": 1 } },
    { name: "through a value of a column", by: "participant", method: "PATCH", path: `profiles?select=handle&user_id=eq.${participant}`, body: { handle: "x', role = 'postgres" } },
    { name: "through a call's search words", by: "participant", method: "POST", path: "rpc/event_people", body: { event_id: EVENT, beginning: "zz%' or true; drop table public.events; --" }, finds: "nothing" },
    { name: "through a column of the body", by: "participant", method: "PATCH", path: `profiles?select=handle&user_id=eq.${participant}`, body: { "handle = 'x', user_id": recipient } },
    { name: "by setting search_path with the request", method: "POST", path: "rpc/mark_event_read?search_path=attacker", headers: { "content-profile": "public; set search_path = attacker" }, body: { event_id: EVENT, message_id: 1 } },
  ],
};
