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
  await sql`
    update private.settings
    set app_url = ${origin}, functions_url = ${`${origin}/functions/v1`}
    where app_url ~ '^http://(localhost|127\.0\.0\.1)(:\d+)?$' and app_url <> ${origin}
  `;
}

export async function getSender(sql: Sql): Promise<string> {
  const [row] = await sql<[{ sender_from: string }]>`select sender_from from private.settings`;
  return row.sender_from;
}
