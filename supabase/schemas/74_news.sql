-- What each claimed notification has to tell its reader right now.

create type private.news as (
  notification_id bigint,
  user_id uuid,
  event_id uuid,
  email_id uuid,
  lane smallint,
  as_participant boolean,
  address text,
  display_name text,
  locale text,
  time_zone text,
  content_mode text,
  delivery text,
  next_step smallint,
  mention bigint,
  count integer,
  newest bigint[],
  reason text,
  wait_until timestamptz,
  wait_lane smallint,
  wait_cause text
);
comment on type private.news is
  'What a claimed notification tells its reader: how many messages and the newest ten ids, newest first; or the reason why nothing; or until when it waits, and why.';

-- Which messages each claimed notification tells its reader: those of its burst, or the one that mentions them, minus
-- the reader's own, read, deleted, from before they joined, of senders they block, and told by a mention's own
-- notification.
create function private.gather_news(notification_ids bigint[], as_of timestamptz)
returns setof private.news
language plpgsql
stable
set search_path = ''
as $$
begin
  -- plpgsql, to be planned once a connection.
  return query
  with judged as materialized (
    select j.*
    from private.judge_notifications(notification_ids, as_of) j
  ), told as materialized (
    select m.*
    from private.burst_messages m
    where m.burst_id = any(array(
      select distinct j.burst_id
      from judged j
      where j.burst_id is not null and j.reason is null and j.wait_until is null
    ))
  ), live as materialized (
    select t.*
    from told t
    where t.message_id in (
      select l.message_id
      from private.live_message_ids(array(select t2.message_id from told t2)) l
    )
  ), blocked as materialized (
    select b.user_id, b.sender_id
    from public.blocked_senders b
    where b.sender_id = any(array(select distinct l.author_id from live l))
  ), sums as materialized (
    select l.burst_id, count(*)::integer as count, min(l.message_id) as first_id, min(l.posted_at) as first_at,
      (array_agg(l.message_id order by l.message_id desc))[1:10] as newest
    from live l
    group by l.burst_id
  ), mentioned as materialized (
    -- Their own notification tells these, in this letter or in another.
    select n.user_id, n.message_id, l.burst_id
    from public.notifications n
    join live l on l.message_id = n.message_id
    where n.message_id = any(array(select l2.message_id from live l2))
      -- A letter whose outcome nobody found out may have arrived: a person decides about it, not the burst.
      and (n.status in ('pending', 'processing', 'sent') or (n.status = 'failed' and n.reason = 'outcome_unknown'))
  ), burst_readers as materialized (
    select j.*, s.count, s.newest,
      -- Most readers get the burst as it is; only the others are compared message by message.
      coalesce(
        s.first_id <= j.read_up_to
        or s.first_at < j.since
        or (j.burst_id, j.user_id) in (select l.burst_id, l.author_id from live l where l.author_id is not null)
        or (j.burst_id, j.user_id) in (select m.burst_id, m.user_id from mentioned m)
        or (j.burst_id, j.user_id) in (select l.burst_id, b.user_id from blocked b join live l on l.author_id = b.sender_id),
        false) as particular
    from judged j
    left join sums s on s.burst_id = j.burst_id
    where j.burst_id is not null
      and j.reason is null
      and j.wait_until is null
  ), particular as materialized (
    select r.id,
      (count(*) filter (where c.cause is null))::integer as count,
      (array_agg(l.message_id order by l.message_id desc) filter (where c.cause is null))[1:10] as newest,
      case when min(c.cause) = max(c.cause) then min(c.cause) else 'nothing_new' end as reason
    from burst_readers r
    join live l on l.burst_id = r.burst_id
    left join mentioned m on m.user_id = r.user_id and m.message_id = l.message_id
    left join blocked b on b.user_id = r.user_id and b.sender_id = l.author_id
    cross join lateral (
      select case
        when l.author_id = r.user_id then 'own_messages'
        when b.sender_id is not null then 'sender_blocked'
        when l.posted_at < r.since then 'before_joining'
        when private.is_read(l.message_id, l.posted_in, r.read_up_to, r.read_snapshot) then 'read'
        when m.message_id is not null then 'told_by_mention'
      end as cause
    ) c
    where r.particular
    group by r.id
  ), mention_readers as materialized (
    select j.*,
      case
        when l.message_id is null then 'deleted'
        when exists (
          select
          from public.blocked_senders b
          where b.user_id = j.user_id
            and b.sender_id = o.author_id
        ) then 'sender_blocked'
        when o.posted_at < j.since then 'before_joining'
        when private.is_read(j.message_id, o.posted_in, j.read_up_to, j.read_snapshot) then 'read'
      end as cause
    from judged j
    left join private.live_message_ids(array(select j2.message_id from judged j2 where j2.message_id is not null)) l
      on l.message_id = j.message_id
    left join lateral (
      select b.author_id, b.posted_in, b.posted_at
      from private.burst_messages b
      where b.message_id = j.message_id
      union all
      select u.author_id, u.posted_in, u.posted_at
      from private.untold_messages u
      where u.event_id = j.event_id
        and u.announcement in (false, true)
        and u.message_id = j.message_id
      limit 1
    ) o on true
    where j.message_id is not null
      and j.reason is null
      and j.wait_until is null
  )
  select r.id, r.user_id, r.event_id, r.email_id, r.lane, r.as_participant, r.address, r.display_name, r.locale, r.time_zone,
    r.content_mode, r.delivery, r.next_step, null::bigint,
    coalesce(case when r.particular then p.count else r.count end, 0),
    case when r.particular then p.newest else r.newest end,
    case
      when r.count is null then 'deleted'
      when r.particular and p.count = 0 then p.reason
    end,
    null::timestamptz, null::smallint, null::text
  from burst_readers r
  left join particular p on p.id = r.id
  union all
  select r.id, r.user_id, r.event_id, r.email_id, r.lane, r.as_participant, r.address, r.display_name, r.locale, r.time_zone,
    r.content_mode, r.delivery, r.next_step, r.message_id,
    case when r.cause is null then 1 else 0 end, array[r.message_id], r.cause, null, null, null
  from mention_readers r
  union all
  select j.id, j.user_id, j.event_id, j.email_id, j.lane, j.as_participant, j.address, j.display_name, j.locale, j.time_zone,
    j.content_mode, j.delivery, j.next_step, null,
    0, null, j.reason, j.wait_until, j.wait_lane, j.wait_cause
  from judged j
  where j.reason is not null
    or j.wait_until is not null;
end
$$;
revoke execute on function private.gather_news(bigint[], timestamptz) from public;
