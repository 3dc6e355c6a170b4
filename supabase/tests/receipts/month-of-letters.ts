import type { Sql } from "postgres";

/** Whose month it is. */
export const READER = "00000000-0000-4000-8000-000000000001";

/** A month of messages in 100 events: the reader is in the first 50 of them, and had 600 letters. No trigger sees it. */
export async function addMonthOfLetters(sql: Sql, messages: number): Promise<void> {
  await sql.unsafe(`
    set session_replication_role = replica;
    create function pg_temp.id(kind text, n integer) returns uuid language sql immutable
      return ('00000000-0000-4000-' || kind || '-' || lpad(n::text, 12, '0'))::uuid;
    insert into auth.users (id, email, email_confirmed_at) select pg_temp.id('8000', i), 'u' || i || '@example.com', now() from generate_series(1, 20) i;
    insert into public.profiles (user_id, handle, display_name) select pg_temp.id('8000', i), 'u' || i, 'U' || i from generate_series(1, 20) i;
    insert into public.organizations (id, name) values (pg_temp.id('9000', 1), 'O');
    insert into public.events (id, organization_id, title) select pg_temp.id('a000', i), pg_temp.id('9000', 1), 'E' || i from generate_series(1, 100) i;
    insert into public.event_participants (event_id, user_id, joined_at)
    select pg_temp.id('a000', e), pg_temp.id('8000', case when e <= 50 then p else 1 + p end), now() - interval '60 days'
    from generate_series(1, 100) e, generate_series(1, 5) p;
    insert into public.chat_messages (event_id, user_id, body, created_at)
    select pg_temp.id('a000', 1 + i % 100), pg_temp.id('8000', 2 + i % 4), 'message ' || i, now() - interval '30 days' + i * interval '${30 * 86_400 / messages} s'
    from generate_series(0, ${messages - 1}) i;
    create temporary table run as
    select row_number() over (order by min(id)) as id, event_id, id / 500 as part, min(created_at) as opened_at, max(created_at) + interval '2 minutes' as closes_at, count(*) as messages
    from public.chat_messages group by event_id, id / 500;
    insert into private.bursts (id, event_id, opened_at, closes_at, settled_at, message_count, fanned_out_at) overriding system value
    select id, event_id, opened_at, closes_at, closes_at, messages, closes_at from run;
    insert into private.burst_messages (message_id, burst_id, author_id, posted_in, posted_at)
    select m.id, r.id, m.user_id, '1', m.created_at
    from public.chat_messages m join run r on r.event_id = m.event_id and r.part = m.id / 500;
    insert into public.emails (id, user_id, dispatch_id, position, kind, status, address, locale, time_zone, parts, more, created_at, sent_at, updated_at)
    select pg_temp.id('b000', i), '${READER}', gen_random_uuid(), 0, 'conversation', 'delivered', 'u1@example.com', 'en', 'UTC',
      jsonb_build_array(jsonb_build_object('event_id', pg_temp.id('a000', 1 + i % 50), 'count', 3, 'shown', '[]'::jsonb, 'mentions', '[]'::jsonb)),
      '{}', t.at, t.at, t.at
    from generate_series(0, 599) i cross join lateral (select now() - interval '30 days' + i * interval '72 minutes' + interval '1 minute' as at) t;
    insert into public.notifications (user_id, event_id, burst_id, lane, status, scheduled_for, email_id, reason, created_at, updated_at)
    select p.user_id, b.event_id, b.id, 1, case when p.user_id = '${READER}' then 'sent' else 'skipped' end, b.closes_at, case when p.user_id = '${READER}' then pg_temp.id('b000', least(599, (extract(epoch from b.closes_at - now() + interval '30 days') / 4320)::integer)) end, case when p.user_id <> '${READER}' then 'read' end, b.closes_at, b.closes_at
    from private.bursts b join public.event_participants p on p.event_id = b.event_id;
    set session_replication_role = origin;
    analyze;
  `).simple();
}
