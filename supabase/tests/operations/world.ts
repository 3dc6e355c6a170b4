import type { Sql } from "postgres";

/** So many letters accepted at a time, written down as the engine would; returns their dispatch. */
export async function acceptLetters(sql: Sql, at: Date, count: number, { failed = false } = {}): Promise<string> {
  const [row] = await sql<[{ id: string }]>`
    insert into private.dispatches (id, status, next_attempt_at, letter_count, facts, first_attempt_at, outcome, created_at, updated_at)
    values (gen_random_uuid(), ${failed ? "failed" : "sent"}, ${at}, ${count}, '{}', ${at}, ${failed ? "rejected" : "accepted"},
      ${new Date(at.getTime() - 200)}, ${at})
    returning id`;
  return row.id;
}

/** So many webhooks of a type applied at a time. */
export async function hearOf(sql: Sql, at: Date, type: string, count: number): Promise<void> {
  await sql`
    insert into private.webhook_events (svix_id, type, occurred_at, received_at, result)
    select gen_random_uuid()::text, ${type}, ${at}, ${at}, 'applied' from generate_series(1, ${count})`;
}
