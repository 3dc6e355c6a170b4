import type { Operations } from "@chat-notifications/core/operations-database.ts";
import { SCHEMA_VERSION, worksWithSchema } from "@chat-notifications/core/schema-version.ts";

/**
 * What to tell whoever started a worker that does not fit the database; null: it fits, or nobody can say yet (a
 * database that is away comes back, and the processor waits for it).
 */
export async function checkSchema(operations: Pick<Operations, "schemaVersion">): Promise<string | null> {
  try {
    const version = await operations.schemaVersion();
    if (worksWithSchema(version)) return null;
    return version > SCHEMA_VERSION
      ? `The database has schema version ${version}, this worker knows ${SCHEMA_VERSION}: update the worker.`
      : `The database has schema version ${version}, this worker needs at least ${SCHEMA_VERSION - 1}: apply the migrations.`;
  } catch (error) {
    // undefined_function, invalid_schema_name: something answers, and it is not our database.
    if (!["42883", "3F000"].includes((error as { code?: string }).code ?? "")) return null;
    return "The database lacks the functions of this system: apply the migrations (supabase db push).";
  }
}
