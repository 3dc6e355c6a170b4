import type { Database } from "@chat-notifications/core/database.ts";
import { createPostgresUnsubscribing, type UnsubscribeDatabase } from "@chat-notifications/core/unsubscribe-database.ts";
import { createPostgresDatabase } from "@chat-notifications/core/postgres-database.ts";
import { createPostgresOperations, type Operations } from "@chat-notifications/core/operations-database.ts";
import postgres from "postgres";

export interface NotifierDatabase {
  database: Database;
  unsubscribing: UnsubscribeDatabase;
  operations: Operations;
  close(): Promise<void>;
}

/**
 * The SQL functions for the processor and the edge functions, on connections of their own.
 * @param url of the execute-only login `notifier`
 * @param deploymentUrl SUPABASE_URL of this deployment, for which delivery is switched on
 * @param tokenKeyId of the key that signs the unsubscribe links of what is claimed here
 */
export function openNotifierDatabase(url: string, deploymentUrl: string, tokenKeyId?: string): NotifierDatabase {
  // A pass claims on one, its letters are marked on another, one is to spare. Each plans for itself and keeps what it
  // planned: with six the database took 6 % more for the same letters.
  // postgres.js pauses up to 20 seconds before it reconnects what the server reset, longer the more died together, and
  // statements wait with it: 14 for 4 to 20 s in 200 kills; with a tenth of a second, none in 1,500. When the database stays
  // away, runProcessor asks less and less often.
  // Asks for no types when it connects: a connection that dies over its own question ends the process.
  const sql = postgres(url, {
    max: 3,
    fetch_types: false,
    backoff: () => 0.1,
    onnotice() {},
    connection: { application_name: "chat-notifications notifier" },
  });
  return {
    database: createPostgresDatabase(sql, tokenKeyId === undefined ? { deploymentUrl } : { deploymentUrl, tokenKeyId }),
    unsubscribing: createPostgresUnsubscribing(sql),
    operations: createPostgresOperations(sql, { deploymentUrl }),
    close: () => sql.end({ timeout: 5 }),
  };
}
