import type { Sql } from "postgres";

/** Nobody has been told anything: no news, no letters, no processors; people, events and messages stay. */
export async function cleanSlate(sql: Sql): Promise<void> {
  await sql`
    truncate public.notifications, public.emails, private.dispatches, private.untold_messages, private.bursts,
      private.burst_messages, private.recipient_states, private.processors`;
}
