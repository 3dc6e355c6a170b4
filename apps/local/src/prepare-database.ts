import postgres from "postgres";
import { applyMigrations } from "./apply-migrations.ts";
import { ensureAuthSchema } from "./auth-schema.ts";
import { createEmbeddedExtras, createRoles } from "./create-roles.ts";

export interface PrepareDatabaseOptions {
  /** The owner's URL; for an embedded cluster the superuser's. */
  url: string;
  /** Folder of `<version>_<name>.sql` files. */
  migrations: string;
  /** true for our own cluster, which gets the extensions that a Supabase server has. */
  embedded: boolean;
}

/**
 * Brings a database to the state in which the API and the processor can use it: roles, schema auth, our
 * migrations. The order matters: migrations name the roles and auth.users. Returns the versions applied now.
 */
export async function prepareDatabase(options: PrepareDatabaseOptions): Promise<string[]> {
  const sql = postgres(options.url, { max: 1, onnotice() {} });
  try {
    await createRoles(sql);
    if (options.embedded) await createEmbeddedExtras(sql);
    await ensureAuthSchema(sql, options.url);
    return await applyMigrations(sql, options.migrations);
  } finally {
    await sql.end();
  }
}
