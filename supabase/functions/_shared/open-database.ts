import type { Database } from "@chat-notifications/core/database.ts";
import type { EdgeSettings } from "@chat-notifications/core/edge-settings.ts";
import { createPostgresDatabase } from "@chat-notifications/core/postgres-database.ts";
import postgres from "postgres";

/**
 * The SQL functions over one connection, as role `notifier`, through a transaction pooler too: no prepared statements.
 * Opened by the first query, closed when nothing asked for 20 seconds.
 */
export function openDatabase(settings: Pick<EdgeSettings, "database" | "deploymentUrl"> & Partial<EdgeSettings>): Database {
  const { database: { url, role }, deploymentUrl, unsubscribeKeys } = settings;
  const connection = { application_name: "chat-notifications edge function", ...(role === null ? {} : { role }) };
  const sql = postgres(url, { max: 1, prepare: false, idle_timeout: 20, connect_timeout: 10, onnotice() {}, connection });
  return createPostgresDatabase(sql, { deploymentUrl, ...(unsubscribeKeys === undefined ? {} : { tokenKeyId: unsubscribeKeys.signingId }) });
}
