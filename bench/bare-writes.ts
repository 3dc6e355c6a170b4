import type { Sql } from "postgres";

/**
 * What the rows themselves cost, with their indexes, constraints and default durability, when nothing is decided: no
 * design that keeps these rows is faster on the same machine.
 */
export async function layOutBareTables(sql: Sql): Promise<void> {
  await sql.unsafe(`
    create schema bare;
    create table bare.notifications (like public.notifications including all) with (fillfactor = 50);
    create table bare.emails (like public.emails including all) with (fillfactor = 50);
    create table bare.recipient_states (like private.recipient_states including all) with (fillfactor = 80);
    create function bare.claim(first bigint, last bigint, each integer, dispatch uuid) returns void language plpgsql as $$
    begin
      update bare.notifications n
      set status = 'processing', email_id = ('00000000-0000-7000-8000-' || lpad(to_hex((n.id - 1) / each), 12, '0'))::uuid, updated_at = now()
      where n.id between first and last;
      insert into bare.emails (id, user_id, dispatch_id, position, kind, address, display_name, locale, time_zone, parts, more, created_at, updated_at)
      select n.email_id, n.user_id, dispatch, 0, 'conversation', 'person' || n.id || '@example.com', 'Person ' || n.id, 'en', 'UTC',
        '[{"count": 1, "shown": ["1"], "reason": "participant", "event_id": "00000000-0000-0000-0000-000000000000", "mentions": []}]',
        '{"events": 0, "messages": 0}', now(), now()
      from bare.notifications n
      where n.id between first and last
        and (n.id - 1) % each = 0;
    end $$;
    create function bare.mark(first bigint, last bigint, dispatch uuid) returns void language plpgsql as $$
    begin
      update bare.emails e set status = 'sent', sent_at = now(), updated_at = now(), provider_id = gen_random_uuid()::text
      where e.dispatch_id = dispatch;
      update bare.notifications n set status = 'sent', updated_at = now() where n.id between first and last;
      insert into bare.recipient_states (user_id, event_id, last_letter_at, back_off_step)
      select n.user_id, n.event_id, now(), 1 from bare.notifications n where n.id between first and last;
    end $$;`).simple();
}

/** As fan-out writes them: so many people of each event, in the order of their ids. */
export async function insertBare(sql: Sql, events: string[], size: number): Promise<void> {
  await sql`
    insert into bare.notifications (user_id, event_id, burst_id, lane, scheduled_for)
    select p.user_id, e.id, e.number, 1, now()
    from (
      select user_id
      from public.event_participants
      where event_id = ${events[0]!}
      order by user_id
      limit ${size}
    ) p
    cross join unnest(${events}::uuid[]) with ordinality e (id, number)
    order by p.user_id`;
}

export async function emptyBareTables(sql: Sql): Promise<void> {
  await sql`truncate bare.notifications, bare.emails, bare.recipient_states restart identity`;
  await sql`vacuum analyze bare.notifications, bare.emails, bare.recipient_states`;
}

/** As a claim of 500 recipients and the marks of its dispatches write them, so many notifications each; returns when all is written. */
export async function moveBare(pool: Sql, recipients: number, each: number, connections: number): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: connections }, async () => {
    const sql = await pool.reserve();
    while (next < recipients) {
      const first = next;
      next += 500;
      const dispatches = Array.from({ length: 5 }, (_, at) => ({
        first: (first + at * 100) * each + 1, last: (first + (at + 1) * 100) * each, id: crypto.randomUUID(),
      }));
      await sql`
        select bare.claim(d.first, d.last, ${each}, d.id)
        from jsonb_to_recordset(${JSON.stringify(dispatches)}::text::jsonb) d (first bigint, last bigint, id uuid)`;
      for (const { first, last, id } of dispatches) await sql`select bare.mark(${first}, ${last}, ${id})`;
    }
    sql.release();
  }));
}
