import type { Sql } from "postgres";

/** Sets the deployment's default window; 0 means at once. Events and organizations may have their own. */
export async function setBatchWindow(sql: Sql, seconds: number): Promise<void> {
  await sql`update private.settings set batch_window_seconds = ${seconds} where batch_window_seconds <> ${seconds}`;
}

/** Back to what the migrations say. */
export async function resetBatchWindow(sql: Sql): Promise<void> {
  await sql`update private.settings set batch_window_seconds = default`;
}

/** Points links in letters to this process, unless somebody has given the deployment a real address. */
export async function setOrigin(sql: Sql, origin: string): Promise<void> {
  // Who sets HOST to an address that others reach has asked for links of plain http.
  const open = !origin.startsWith("http://localhost:");
  await sql`
    update private.settings
    set app_url = ${origin}, functions_url = ${`${origin}/functions/v1`}, allow_plaintext_links = allow_plaintext_links or ${open}
    where app_url ~ '^http://(localhost|127[.]0[.]0[.]1)(:[0-9]+)?$' and app_url <> ${origin}
  `;
}

export async function getSender(sql: Sql): Promise<string> {
  const [row] = await sql<[{ sender_from: string }]>`select sender_from from private.settings`;
  return row.sender_from;
}

/**
 * Lets this deployment send. What goes into the simulator may go fast; with real Resend its default limits stay.
 * Not for a database of one's own together with a real key: it may be a copy that would mail real people.
 */
export async function switchDeliveryOn(sql: Sql, origin: string, simulated: boolean): Promise<void> {
  await sql`update private.settings set delivery_on_for = ${origin} where delivery_on_for is distinct from ${origin}`;
  if (simulated) await sql`update private.settings set requests_per_second = ${SIMULATOR_REQUESTS_PER_SECOND}, emails_per_second = null`;
}

/** Ten times Resend's default: a replay should not take the evening. */
export const SIMULATOR_REQUESTS_PER_SECOND = 100;
