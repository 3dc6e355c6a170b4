-- What a person's last days held that other settings would decide otherwise.

create type private.replay_room as (
  event_id uuid,
  title text,
  since timestamptz,
  slows_down boolean,
  wishes_now private.wishes,
  wishes_new private.wishes,
  read_up_to bigint,
  last_seen_at timestamptz
);

create type private.replay_item as (
  event_id uuid,
  notification_id bigint,
  addressed boolean,
  -- A notification of a mention, a letter of which is a mention letter.
  mention boolean,
  ready_at timestamptz,
  -- When its burst closes: for mentions that have been enough.
  closes_at timestamptz,
  -- When people began to write again before it; infinity: nothing slows down.
  stirred_at timestamptz,
  told integer,
  -- Known to have been read by then; null: not known.
  read_by timestamptz,
  email_id uuid
);

create function private.replay_rooms(
  user_id uuid, preferences public.notification_preferences, events public.event_notification_preferences[], event_ids uuid[]
)
returns setof private.replay_room
language sql
stable
set search_path = ''
as $$
  select f.event_id, f.title, a.since, f.slows_down, w,
    row(
      coalesce((preferences).delivery, f.default_delivery, 'immediate'), (preferences).digest_at, (preferences).weekly_on,
      (preferences).quiet_from, (preferences).quiet_until, (preferences).quiet_except_mentions,
      coalesce(case when e.event_id is null then o.level else e.level end, (preferences).level, f.default_level, 'all'),
      case when e.event_id is null then o.muted_until else e.muted_until end,
      -- Changes what letters show, not which there are.
      (w).content_mode)::private.wishes,
    s.read_up_to, s.last_seen_at
  from private.event_facts(event_ids) f
  join private.event_access(event_ids, array_fill(replay_rooms.user_id, array[cardinality(event_ids)])) a on a.event_id = f.event_id
  left join unnest(events) e on e.event_id = f.event_id
  left join public.event_notification_preferences o on o.user_id = replay_rooms.user_id and o.event_id = f.event_id
  left join private.recipient_states s on s.user_id = replay_rooms.user_id and s.event_id = f.event_id
  cross join lateral private.wishes_of(replay_rooms.user_id, f.event_id, f.default_delivery, f.default_level) w;
$$;
revoke execute on function private.replay_rooms(
  uuid, public.notification_preferences, public.event_notification_preferences[], uuid[]) from public;

-- Whether two sets of wishes decide the same about something: both tell it at the same time, or both tell nothing and
-- nothing was told, unless it is the same wishes.
create function private.decides_alike(
  one private.wishes, other private.wishes, time_zone text, addressed boolean, ready_at timestamptz, was_told boolean
)
returns boolean
language sql
stable
return case
  when one is not distinct from other then true
  when private.reason_not_to_tell(one, addressed, ready_at) is not null
    then not was_told and private.reason_not_to_tell(other, addressed, ready_at) is not null
  when private.reason_not_to_tell(other, addressed, ready_at) is not null then false
  else private.is_digest((one).delivery) = private.is_digest((other).delivery)
    and private.due_at(one, time_zone, addressed, ready_at, null) = private.due_at(other, time_zone, addressed, ready_at, null)
end;
revoke execute on function private.decides_alike(private.wishes, private.wishes, text, boolean, timestamptz, boolean) from public;

-- Only what is decided otherwise, with what it would tell. capped_after: from when on another cap decides otherwise.
create function private.replay_items(
  user_id uuid, rooms private.replay_room[], time_zone text, capped_after timestamptz, begin_at timestamptz, as_of timestamptz
)
returns setof private.replay_item
language plpgsql
stable
set search_path = ''
-- Planned for these very rooms and times, each time: the plan for any, to which the sixth call of a connection turned,
-- took 74 s instead of 1.5.
set plan_cache_mode = force_custom_plan
as $$
begin
  return query
  with room as materialized (
    select r.*
    from unnest(rooms) r
    where r.wishes_now is distinct from r.wishes_new
      or capped_after is not null
  ), run as materialized (
    select b.id, b.event_id, b.announcement, b.closes_at, case when r.slows_down then b.stirred_at else 'infinity' end as stirred_at
    from room r
    join private.bursts b on b.event_id = r.event_id
    where b.closes_at > begin_at
      and b.closes_at <= as_of
      and b.settled_at is not null
  ), decided as materialized (
    select u.*, r.slows_down, n.id as notification_id, n.status, n.reason, n.updated_at, n.email_id,
      private.reason_not_to_tell(r.wishes_new, true, u.closes_at) is null
        and private.reason_not_to_tell(r.wishes_now, true, u.closes_at) is not null as mentions_count_now,
      not private.decides_alike(r.wishes_now, r.wishes_new, replay_items.time_zone, u.announcement, u.closes_at, n.email_id is not null)
        or coalesce(n.updated_at > capped_after or n.status = 'pending' and capped_after is not null, false) as differs
    from run u
    join room r on r.event_id = u.event_id
    left join public.notifications n on n.burst_id = u.id and n.user_id = replay_items.user_id
  ), burst_notice as materialized (
    -- Where letters slow down, one that goes at another time moves those after it.
    select d.*,
      d.differs or (
        d.slows_down and not d.announcement and bool_or(d.differs and not d.announcement)
          over (partition by d.event_id order by d.closes_at, d.id)) as changed
    from decided d
  ), message as materialized (
    select m.message_id, m.burst_id, m.author_id, m.posted_at, b.event_id, b.closes_at, b.changed as burst_changed, n.id as notification_id, n.status, n.reason, n.updated_at, n.email_id, n.created_at,
      b.mentions_count_now and b.notification_id is null and n.id is null as unnoticed
    from burst_notice b
    join private.burst_messages m on m.burst_id = b.id
    left join public.notifications n on n.message_id = m.message_id and n.user_id = replay_items.user_id
  ), mentioning as materialized (
    -- Who wanted nothing was not noted when a message mentioned them.
    select f.message_id
    from private.message_facts(array(
      select m.message_id
      from message m
      where m.unnoticed
        and m.author_id is distinct from replay_items.user_id
    )) f
    where position('@' in f.body) > 0
      and exists (
        select
        from private.recipients_by_handle(f.event_id, private.mentioned_handles(f.body)) h
        where h.user_id = replay_items.user_id
      )
  ), news as materialized (
    select m.*, m.notification_id is not null or g.message_id is not null as mentions
    from message m
    join room r on r.event_id = m.event_id
    join private.live_message_ids(array(
      select x.message_id
      from message x
      where x.burst_changed
        or x.notification_id is not null
        or x.message_id in (select y.message_id from mentioning y)
    )) l on l.message_id = m.message_id
    left join mentioning g on g.message_id = m.message_id
    where m.author_id is distinct from replay_items.user_id
      and m.posted_at >= r.since
      and not exists (
        select
        from public.blocked_senders x
        where x.user_id = replay_items.user_id
          and x.sender_id = m.author_id
      )
  ), sums as (
    select n.burst_id, count(*)::integer as told, max(n.message_id) as last_id
    from news n
    where n.burst_changed
      and not n.mentions
    group by n.burst_id
  )
  select b.event_id, b.notification_id, b.announcement, false, b.closes_at, b.closes_at, b.stirred_at,
    coalesce(s.told, 0),
    least(case when b.status = 'skipped' and b.reason in ('read', 'nothing_new') then b.updated_at end, case when s.last_id <= r.read_up_to then r.last_seen_at end),
    b.email_id
  from burst_notice b
  join room r on r.event_id = b.event_id
  left join sums s on s.burst_id = b.id
  where b.changed
    -- What the settings do not decide, other settings do not change.
    and (b.status is distinct from 'skipped' or b.reason in (
      'read', 'nothing_new', 'notifications_off', 'digests_refused', 'event_muted', 'event_muted_for_now', 'mentions_only'))
  union all
  select n.event_id, n.notification_id, true, true, d.ready_at, n.closes_at, 'infinity', 1,
    least(case when n.status = 'skipped' and n.reason in ('read', 'nothing_new') then n.updated_at end, case when n.message_id <= r.read_up_to then r.last_seen_at end),
    n.email_id
  from news n
  join room r on r.event_id = n.event_id
  cross join private.settings s
  cross join lateral (
    select coalesce(n.created_at, n.posted_at) + make_interval(secs => s.mention_grace_seconds) as ready_at
  ) d
  where n.mentions
    and (
      n.notification_id is null
      or not private.decides_alike(r.wishes_now, r.wishes_new, replay_items.time_zone, true, d.ready_at, n.email_id is not null)
      or n.updated_at > capped_after
      or (n.status = 'pending' and capped_after is not null))
    and (n.status is distinct from 'skipped' or n.reason in (
      'read', 'nothing_new', 'notifications_off', 'digests_refused', 'event_muted', 'event_muted_for_now', 'mentions_only'));
end
$$;
revoke execute on function private.replay_items(uuid, private.replay_room[], text, timestamptz, timestamptz, timestamptz) from public;
