import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Sql } from "postgres";

/** Runs the seed file once in a database's life, where the Supabase CLI notes such files. True: it ran now. */
export async function seedDemo(sql: Sql, file: string): Promise<boolean> {
  const text = await readFile(file, "utf8");
  const hash = createHash("sha256").update(text).digest("hex");
  return sql.begin(async (transaction) => {
    await transaction.unsafe(
      "create table if not exists supabase_migrations.seed_files (path text primary key, hash text not null)",
    );
    const noted = await transaction`
      insert into supabase_migrations.seed_files (path, hash) values ('supabase/seed.sql', ${hash})
      on conflict do nothing
      returning path
    `;
    if (noted.length === 0) return false;
    await transaction.unsafe(text).simple();
    return true;
  });
}
