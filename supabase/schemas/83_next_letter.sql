-- What the caller's next letter will be about and when it leaves, as far as is known now: for their settings.

create type private.waiting_news as (event_id uuid, burst_id bigint, message_id bigint, addressed boolean, leaves_at timestamptz);

-- What waits for a person in these events: their notifications, and bursts that have not reached them yet.
create function private.waiting_news_of(reader uuid, event_ids uuid[])
returns setof private.waiting_news
language sql
stable
set search_path = ''
as $$
  select n.event_id, n.burst_id, n.message_id, n.message_id is not null or b.announcement, n.scheduled_for
  from public.notifications n
  left join private.bursts b on b.id = n.burst_id
  where n.user_id = reader
    and n.is_pending
    and n.event_id = any(event_ids)
  union all
  -- As fan-out will write it: notify_recipients().
  select b.event_id, b.id, null, b.announcement,
    private.due_for(
      reader, w, b.announcement, b.closes_at,
      private.hold_until(
        b.announcement, b.closes_at, not f.slows_down or s.last_letter_at < b.stirred_at,
        s.last_seen_at, s.last_letter_at, s.back_off_step))
  from private.bursts b
  cross join lateral private.event_facts(array[b.event_id]) f
  left join private.recipient_states s on s.user_id = reader and s.event_id = b.event_id
  cross join lateral private.wishes_of(reader, b.event_id, f.default_delivery, f.default_level) w
  where (b.settled_at is null or (b.settled_at is not null and b.fanned_out_at is null))
    and b.event_id = any(event_ids)
    and not exists (
      select
      from public.notifications n
      where n.burst_id = b.id
        and n.user_id = reader
    );
$$;
revoke execute on function private.waiting_news_of(uuid, uuid[]) from public;

-- Owner's rights: bursts and read marks are nobody's to read. Answers only for the caller, about events they may see.
create function private.foresee_letter(as_of timestamptz)
returns table (leaves_at timestamptz, held boolean, problem text, next_digest_at timestamptz, news jsonb)
language sql
stable
security definer
rows 1
set search_path = ''
as $$
  with me as materialized (
    select r.*
    from private.judge_recipients(array[(select auth.uid())], as_of) r
  ), room as materialized (
    select a.event_id, a.since, f.title, f.default_delivery, f.default_level,
      f.consent_required and not me.has_consented as unconsented
    from me
    cross join (select coalesce(array_agg(e), '{}') as ids from private.my_event_ids() e) mine
    cross join lateral private.event_access(mine.ids, array_fill(me.user_id, array[cardinality(mine.ids)])) a
    join private.event_facts(mine.ids) f on f.event_id = a.event_id
  ), waiting as materialized (
    select n.*, row_number() over () as place
    from me
    cross join lateral private.waiting_news_of(me.user_id, array(select r.event_id from room r where not r.unconsented)) n
    cross join lateral (
      select r.default_delivery, r.default_level
      from room r
      where r.event_id = n.event_id
    ) f
    cross join lateral private.wishes_of(me.user_id, n.event_id, f.default_delivery, f.default_level) w
    where private.reason_not_to_tell(w, n.addressed, case when n.leaves_at > as_of then n.leaves_at else as_of end) is null
  ), message as materialized (
    select w.place, t.message_id, t.author_id, t.posted_in, t.posted_at
    from waiting w
    cross join lateral (
      select m.message_id, m.author_id, m.posted_in, m.posted_at
      from private.burst_messages m
      where m.burst_id = w.burst_id
      union all
      select m.message_id, m.author_id, m.posted_in, m.posted_at
      from private.burst_messages m
      where m.message_id = w.message_id
      union all
      select u.message_id, u.author_id, u.posted_in, u.posted_at
      from private.untold_messages u
      where u.event_id = w.event_id
        and case when w.message_id is null
          then u.announcement = w.addressed and exists (
            select from private.bursts b where b.id = w.burst_id and b.settled_at is null)
          else u.message_id = w.message_id end
    ) t
  ), told as materialized (
    select w.event_id, w.leaves_at, w.message_id is not null as mention, m.message_id
    from message m
    join waiting w on w.place = m.place
    join room r on r.event_id = w.event_id
    cross join me
    left join private.recipient_states s on s.user_id = me.user_id and s.event_id = w.event_id
    where m.author_id is distinct from me.user_id
      and m.posted_at >= r.since
      and not private.is_read(m.message_id, m.posted_in, s.read_up_to, s.read_snapshot)
      and m.message_id in (select l.message_id from private.live_message_ids(array(select m2.message_id from message m2)) l)
      and not exists (
        select
        from public.blocked_senders b
        where b.user_id = me.user_id
          and b.sender_id = m.author_id
      )
      -- Their own notification tells these.
      and (w.message_id is not null or m.message_id <> all(array(select w2.message_id from waiting w2 where w2.message_id is not null)))
  ), first as materialized (
    select case when t.at < 'infinity' then greatest(t.at, as_of) end as leaves_at, t.at as due_at,
      t.at = 'infinity'
        or (t.at is not null and (
          (select s.delivery_on_for is null from private.settings s)
          or exists (select from private.pauses p where p.scope = 'everything'))) as held
    from (select min(t.leaves_at) as at from told t) t
  )
  select first.leaves_at, coalesce(first.held, false),
    case
      when me.account_problem is not null then me.account_problem
      when me.is_suppressed then 'address_suppressed'
      when not me.is_allowed then 'not_allowed_here'
      when own.delivery = 'off' then 'notifications_off'
      when (select bool_and(r.unconsented) from room r) then 'no_consent'
    end,
    case when private.is_digest(own.delivery)
      then private.next_digest_for(own, me.time_zone, as_of) end,
    coalesce((
      select jsonb_agg(jsonb_build_object('event_id', e.event_id, 'title', e.title, 'messages', e.messages, 'mentions', e.mentions) order by e.newest desc)
      from (
        select t.event_id, r.title, count(distinct t.message_id) as messages, count(*) filter (where t.mention) as mentions,
          max(t.message_id) as newest
        from told t
        join room r on r.event_id = t.event_id
        where t.leaves_at <= greatest(first.due_at, as_of)
        group by t.event_id, r.title
      ) e
    ), '[]')
  from me
  cross join first
  cross join lateral private.wishes_of(me.user_id, null, (select r.default_delivery from room r limit 1), null) own;
$$;
revoke execute on function private.foresee_letter(timestamptz) from public;
grant execute on function private.foresee_letter(timestamptz) to authenticated;

create function public.my_next_letter(as_of timestamptz default now())
returns table (leaves_at timestamptz, held boolean, problem text, next_digest_at timestamptz, news jsonb)
language sql
stable
security invoker
rows 1
set search_path = ''
as $$
  select * from private.foresee_letter(as_of);
$$;
comment on function public.my_next_letter(timestamptz) is
  'The caller''s next letter as far as is known now. leaves_at: not before then (null: nothing waits, or an operator holds it: held). problem: why none can reach them at all, a code of docs/lifecycle.md. next_digest_at: when their summary would leave, if they chose one. news: events it tells, newest first: event_id, title, messages, mentions. What is read, deleted or muted meanwhile drops out.';
revoke execute on function public.my_next_letter(timestamptz) from public, anon, authenticated, service_role;
grant execute on function public.my_next_letter(timestamptz) to authenticated;
