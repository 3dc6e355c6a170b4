import type { Sql } from "postgres";
import type { TestDatabase } from "../harness/test-database.ts";

/**
 * Makes writes into a table of ours fail; returns how to mend it.
 * @param when SQL condition on `new`
 * @param write `insert` or `update`
 */
export async function plantFault(sql: Sql, table: string, when = "true", write = "insert"): Promise<() => Promise<unknown>> {
  await sql.unsafe(`
    create function private.fail_on_purpose() returns trigger language plpgsql as $$
    begin
      raise exception 'planted fault';
    end $$;
    create trigger fails_on_purpose before ${write} on ${table}
    for each row when (${when}) execute function private.fail_on_purpose()`);
  return () => sql.unsafe(`drop trigger fails_on_purpose on ${table}`);
}

/** Which incidents an operator and somebody else are shown: `step code`. */
export async function incidentsSeen({ sql, connectAs }: TestDatabase, operator: string, other: string) {
  await sql`insert into private.operators (user_id) values (${operator}) on conflict do nothing`;
  const asked = async (userId: string) => {
    const rows = await connectAs("authenticated", userId, { max: 1 })<{ step: string; code: string }[]>`
      select distinct step, code from public.incidents order by step, code`;
    return rows.map(({ step, code }) => `${step} ${code}`);
  };
  return { operator: await asked(operator), other: await asked(other) };
}
