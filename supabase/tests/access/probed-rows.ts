import { CAST, EVENT, LETTER, ORGANIZATION } from "./cast.ts";

type Values = Record<string, string>;

/** One row of a relation: how to find it, how somebody would create it, and a change. Values as the API takes them. */
export interface ProbedRow {
  key: Values;
  /** Without it nobody but the engine writes the relation; inserts are tried with the key alone. */
  row?: Values;
  patch?: Values;
}

const { recipient, member } = CAST as { recipient: string; member: string };
const message = { event_id: EVENT, user_id: recipient, body: "the probed message" };
const messageKey = { event_id: EVENT, user_id: recipient };

/** By the rows of docs/access.md, “Rows”. A relation that the page names and this list does not is probed without a key. */
export const PROBED_ROWS: Record<string, ProbedRow> = {
  "public.organizations": { key: { id: ORGANIZATION }, row: { id: ORGANIZATION, name: "Home" }, patch: { name: "Taken" } },
  "public.organization_members": {
    key: { organization_id: ORGANIZATION, user_id: member }, row: { organization_id: ORGANIZATION, user_id: member }, patch: { role: "owner" },
  },
  "public.events": { key: { id: EVENT }, row: { id: EVENT, organization_id: ORGANIZATION, title: "Gala" }, patch: { title: "Taken" } },
  "public.event_invitations": { key: { event_id: EVENT, address: "invited@example.com" }, row: { event_id: EVENT, address: "invited@example.com" }, patch: { role: "speaker" } },
  "public.event_participants": { key: { event_id: EVENT, user_id: recipient }, row: { event_id: EVENT, user_id: recipient }, patch: { role: "organizer" } },
  "public.profiles": {
    key: { user_id: recipient }, row: { user_id: recipient, handle: "recipient", display_name: "Recipient" }, patch: { display_name: "Taken" },
  },
  "public.chat_messages: text": { key: messageKey, row: message, patch: { body: "rewritten" } },
  "public.chat_messages: deletion": { key: messageKey, row: message, patch: { deleted_at: "2026-01-01T00:00:00Z" } },
  "public.notification_preferences": { key: { user_id: recipient }, row: { user_id: recipient }, patch: { delivery: "off" } },
  "public.event_notification_preferences": {
    key: { user_id: recipient, event_id: EVENT }, row: { user_id: recipient, event_id: EVENT }, patch: { level: "none" },
  },
  "public.blocked_senders": {
    key: { user_id: recipient, sender_id: CAST.participant! }, row: { user_id: recipient, sender_id: CAST.participant! },
    patch: { created_at: "2026-01-01T00:00:00Z" },
  },
  "public.notification_consents": {
    key: { user_id: recipient }, row: { user_id: recipient, given_at: "2026-01-01T00:00:00Z", source: "settings", wording_version: "1" },
    patch: { source: "import" },
  },
  "public.notifications": { key: { user_id: recipient, event_id: EVENT }, patch: { status: "pending" } },
  "public.emails": { key: { id: LETTER }, patch: { status: "delivered" } },
  "public.address_problems": { key: { user_id: recipient }, patch: { reason: "complained" } },
  "private.dispatches": { key: { id: LETTER }, patch: { status: "failed" } },
  "private.pauses": { key: { scope: "event" }, patch: { scope: "everything" } },
  "private.breakers": { key: { name: "quota" }, patch: { state: "open" } },
};
