import type { Database } from "@chat-notifications/core/database.ts";
import type { EdgeSettings } from "@chat-notifications/core/edge-settings.ts";
import { createPostgresDatabase } from "@chat-notifications/core/postgres-database.ts";
import postgres, { type Sql } from "postgres";

/**
 * One connection, as role `notifier`, through a transaction pooler too: no prepared statements. Opened by the first
 * query, which is its first question, closed when nothing asked for 20 seconds.
 */
export function connect({ database: { url, role } }: Pick<EdgeSettings, "database">): Sql {
  const connection = { application_name: "chat-notifications edge function", ...(role === null ? {} : { role }) };
  // Without a backoff of its own, postgres.js pauses up to 20 seconds before it reconnects what the server reset.
  const patience = { idle_timeout: 20, connect_timeout: 10, backoff: () => 0.1 };
  return postgres(url, { max: 1, prepare: false, fetch_types: false, ...patience, onnotice() {}, connection });
}

/** The SQL functions over a connection of their own. */
export function openDatabase(settings: Pick<EdgeSettings, "database" | "deploymentUrl"> & Partial<EdgeSettings>): Database {
  const { deploymentUrl, unsubscribeKeys } = settings;
  const tokens = unsubscribeKeys === undefined ? {} : { tokenKeyId: unsubscribeKeys.signingId };
  return createPostgresDatabase(connect(settings), { deploymentUrl, ...tokens });
}
