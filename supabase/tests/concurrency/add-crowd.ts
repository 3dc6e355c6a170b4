import type { Sql } from "postgres";

/**
 * Thousands of people in an event, without profiles and without the checks and triggers that adding people one by one
 * goes through.
 */
export async function addCrowd(sql: Sql, eventId: string, count: number): Promise<void> {
  await sql.begin(async (transaction) => {
    await transaction`set local session_replication_role = replica`;
    await transaction`
      with people as (
        insert into auth.users (id, email)
        select gen_random_uuid(), 'crowd' || i || '@example.com' from generate_series(1, ${count}) i
        returning id
      )
      insert into public.event_participants (event_id, user_id)
      select ${eventId}, id from people`;
  });
}
