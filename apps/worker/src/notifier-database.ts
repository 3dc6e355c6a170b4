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
  // With three the database took 6 % less, but of 159 connections that died eight left a query without an answer, not two
  // of 168 (500 kills each): likely those that wait on a busy connection.
  // Asks for no types when it connects: a connection that dies over its own question ends the process.
  const sql = postgres(url, { max: 6, fetch_types: false, onnotice() {}, connection: { application_name: "chat-notifications notifier" } });
  return {
    database: createPostgresDatabase(sql, tokenKeyId === undefined ? { deploymentUrl } : { deploymentUrl, tokenKeyId }),
    unsubscribing: createPostgresUnsubscribing(sql),
    operations: createPostgresOperations(sql, { deploymentUrl }),
    close: () => sql.end({ timeout: 5 }),
  };
}
