import type { Sql } from "postgres";

/** Resolves when this many connections of the test's database wait for a lock. */
export async function untilBlocked(sql: Sql, connections = 1): Promise<void> {
  for (;;) {
    const [row] = await sql<[{ waiting: number }]>`
      select count(*)::int as waiting
      from pg_stat_activity a
      where a.datname = current_database()
        and cardinality(pg_blocking_pids(a.pid)) > 0`;
    if (row.waiting >= connections) return;
  }
}
