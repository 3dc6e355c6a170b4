-- What each claimed notification has to tell its reader right now, and the letters made of it.

-- The truth at this moment about claimed notifications: whose, where, allowed or why not, or to wait until when.
create function private.judge_notifications(notification_ids bigint[], as_of timestamptz)
returns table (
  id bigint, user_id uuid, event_id uuid, burst_id bigint, message_id bigint, email_id uuid, lane smallint,
  reason text, wait_until timestamptz, since timestamptz, as_participant boolean,
  read_up_to bigint, read_snapshot pg_snapshot,
  address text, display_name text, locale text, time_zone text
)
language sql
stable
set search_path = ''
as $$
  with claimed as materialized (
    select n.*
    from public.notifications n
    where n.id = any(notification_ids)
  ), access as materialized (
    select a.*
    from (
      select array_agg(d.event_id) as event_ids, array_agg(d.user_id) as user_ids
      from (select distinct c.event_id, c.user_id from claimed c) d
    ) pairs
    cross join lateral private.event_access(pairs.event_ids, pairs.user_ids) a
  ), people as materialized (
    select p.*,
      coalesce(o.redirect_all_to, p.email) as address,
      -- Staging lists addresses or whole domains.
      o.allow_list is null or lower(p.email) = any(o.allow_list) or split_part(lower(p.email), '@', 2) = any(o.allow_list) as allowed,
      exists (
        select
        from private.suppressions x
        where x.address_hash = sha256(o.address_salt || convert_to(lower(p.email), 'UTF8'))
          and x.lifted_at is null
      ) as suppressed
    from private.recipient_people(array(select distinct c.user_id from claimed c)) p
    cross join private.settings o
  )
  select
    c.id, c.user_id, c.event_id, c.burst_id, c.message_id, c.email_id, c.lane,
    v.reason,
    case
      when v.reason is not null then null
      -- Held back until somebody resumes: out of the way of others.
      when c.event_id in (select private.paused_event_ids()) then timestamptz 'infinity'
      -- Somebody chose digests since, or it has been due for a day: the next digest tells it.
      when c.lane < 2 and (w.delivery = 'daily' or c.scheduled_for < as_of - interval '24 hours') then
        nullif(private.due_at('daily', w.digest_at, p.time_zone, as_of), as_of)
    end,
    a.since, a.as_participant, s.read_up_to, s.read_snapshot,
    p.address, p.display_name, p.locale, p.time_zone
  from claimed c
  left join people p on p.user_id = c.user_id
  left join access a on a.event_id = c.event_id and a.user_id = c.user_id
  left join private.recipient_states s on s.user_id = c.user_id and s.event_id = c.event_id
  left join private.bursts b on b.id = c.burst_id
  cross join lateral private.wishes_of(c.user_id, c.event_id) w
  cross join lateral (
    select case
      when p.user_id is null then 'account_gone'
      when coalesce(p.email, '') = '' then 'address_missing'
      when not private.is_mailable(p.email) then 'address_invalid'
      when p.suppressed then 'address_suppressed'
      when not p.allowed then 'not_allowed_here'
      when a.since is null then 'left_event'
      when c.burst_id is not null and b.id is null then 'nothing_new'
      else private.reason_not_to_tell(w.delivery, w.level, c.message_id is not null or b.announcement)
    end as reason
  ) v;
$$;
revoke execute on function private.judge_notifications(bigint[], timestamptz) from public;

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
  mention bigint,
  count integer,
  newest bigint[],
  reason text,
  wait_until timestamptz
);
comment on type private.news is
  'What a claimed notification tells its reader: how many messages and the newest ten ids, newest first; or the reason why nothing; or until when it waits.';

-- Which messages each claimed notification tells its reader: those of its burst, or the one that mentions them, minus
-- the reader's own, read, deleted, from before they joined, and told by a mention's own notification.
create function private.gather_news(notification_ids bigint[], as_of timestamptz)
returns setof private.news
language sql
stable
set search_path = ''
as $$
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
        or (j.burst_id, j.user_id) in (select m.burst_id, m.user_id from mentioned m),
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
    cross join lateral (
      select case
        when l.author_id = r.user_id then 'own_messages'
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
        when o.posted_at < j.since then 'before_joining'
        when private.is_read(j.message_id, o.posted_in, j.read_up_to, j.read_snapshot) then 'read'
      end as cause
    from judged j
    left join private.live_message_ids(array(select j2.message_id from judged j2 where j2.message_id is not null)) l
      on l.message_id = j.message_id
    left join lateral (
      select b.posted_in, b.posted_at
      from private.burst_messages b
      where b.message_id = j.message_id
      union all
      select u.posted_in, u.posted_at
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
    null::bigint,
    coalesce(case when r.particular then p.count else r.count end, 0),
    case when r.particular then p.newest else r.newest end,
    case
      when r.count is null then 'deleted'
      when r.particular and p.count = 0 then p.reason
    end,
    null::timestamptz
  from burst_readers r
  left join particular p on p.id = r.id
  union all
  select r.id, r.user_id, r.event_id, r.email_id, r.lane, r.as_participant, r.address, r.display_name, r.locale, r.time_zone,
    r.message_id, case when r.cause is null then 1 else 0 end, array[r.message_id], r.cause, null
  from mention_readers r
  union all
  select j.id, j.user_id, j.event_id, j.email_id, j.lane, j.as_participant, j.address, j.display_name, j.locale, j.time_zone,
    null, 0, null, j.reason, j.wait_until
  from judged j
  where j.reason is not null
    or j.wait_until is not null;
$$;
revoke execute on function private.gather_news(bigint[], timestamptz) from public;

-- Letters from news: one each recipient, up to 100 in a dispatch, whose facts they share.
create function private.write_letters(news private.news[], as_of timestamptz, token_key_id text)
returns uuid[]
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_dispatch_ids uuid[];
begin
  with told as materialized (
    select n.*
    from unnest(news) n
    where n.count > 0
  ), by_event as (
    -- One pass: joined from two groupings, the planner expected one row and compared all with all (39 of 97 ms).
    select t.user_id, t.event_id,
      sum(t.count) filter (where m.place = 1) as count,
      bool_or(t.as_participant) as as_participant,
      array_agg(t.mention) filter (where t.mention is not null) as mentions,
      (array_agg(m.id order by m.id desc))[1:10] as newest
    from told t
    cross join unnest(t.newest) with ordinality m (id, place)
    group by t.user_id, t.event_id
  ), ranked as materialized (
    select e.*, row_number() over (partition by e.user_id order by e.newest[1] desc) as rank
    from by_event e
  ), bodies as (
    select r.user_id,
      count(*) as event_count,
      (array_agg(r.event_id order by r.rank))[1] as first_event,
      jsonb_agg(
        jsonb_build_object(
          'event_id', r.event_id,
          'count', r.count,
          'shown', to_jsonb(array(select m.id::text from unnest(r.newest) m (id) order by m.id)),
          'mentions', to_jsonb(array(select m.id::text from unnest(r.mentions) m (id) where m.id = any(r.newest) order by m.id)),
          'reason', case when r.mentions is not null then 'mention' when r.as_participant then 'participant' else 'member' end
        )
        order by r.rank
      ) filter (where r.rank <= 20) as parts,
      jsonb_build_object(
        'events', count(*) filter (where r.rank > 20),
        'messages', coalesce(sum(r.count) filter (where r.rank > 20), 0)
      ) as more
    from ranked r
    group by r.user_id
  ), letters as materialized (
    select p.*, b.parts, b.more,
      case when p.digest then 'digest' when b.event_count = 1 then 'conversation' else 'combined' end as kind,
      -- Readers of one event share a dispatch and so its facts.
      row_number() over (order by b.first_event, p.user_id) - 1 as position
    from (
      select distinct on (t.user_id) t.user_id, t.email_id, t.address, t.display_name, t.locale, t.time_zone,
        bool_and(t.lane = 2) over (partition by t.user_id) as digest
      from told t
    ) p
    join bodies b on b.user_id = p.user_id
  ), dispatch_ids as materialized (
    select d.number, private.uuid_v7(as_of) as id
    from generate_series(0, (select max(l.position) / 100 from letters l)) d (number)
  ), contents as (
    select l.position / 100 as number, array_agg(distinct r.event_id) as event_ids, array_agg(distinct m) as message_ids
    from letters l
    join ranked r on r.user_id = l.user_id and r.rank <= 20
    cross join unnest(r.newest) m
    group by l.position / 100
  ), written_dispatches as (
    insert into private.dispatches (id, next_attempt_at, letter_count, facts, created_at, updated_at)
    select d.id, private.lease_until(as_of),
      (select count(*) from letters l where l.position / 100 = d.number),
      private.freeze_facts(c.event_ids, c.message_ids, token_key_id), as_of, as_of
    from dispatch_ids d
    join contents c using (number)
    returning id
  ), written_letters as (
    insert into public.emails (id, user_id, dispatch_id, position, kind, address, display_name, locale, time_zone,
      parts, more, created_at, updated_at)
    select l.email_id, l.user_id, d.id, l.position % 100, l.kind, l.address, l.display_name, l.locale, l.time_zone,
      l.parts, l.more, as_of, as_of
    from letters l
    join dispatch_ids d on d.number = l.position / 100
  )
  select coalesce(array_agg(w.id), '{}')
  into v_dispatch_ids
  from written_dispatches w;

  update public.notifications n
  set status = 'skipped', reason = s.reason, email_id = null, updated_at = as_of
  from unnest(news) s
  where s.reason is not null
    and n.id = s.notification_id;
  update public.notifications n
  set status = 'pending',
    lane = case when s.wait_until = 'infinity' then n.lane else 2 end,
    scheduled_for = s.wait_until,
    email_id = null
  from unnest(news) s
  where s.wait_until is not null
    and n.id = s.notification_id;
  return v_dispatch_ids;
end
$$;
revoke execute on function private.write_letters(private.news[], timestamptz, text) from public;

-- Owner's rights: processors may execute this and read nothing.
create function public.get_pending_notifications(
  batch_size integer default 100, as_of timestamptz default now(), token_key_id text default null
)
returns table (dispatch_id uuid, attempt integer, facts jsonb, letters jsonb, body text)
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_ids uuid[];
  v_claimed bigint[];
  v_news private.news[];
  v_dispatch_ids uuid[];
  v_passed_over uuid[] := '{}';
  -- A probe goes with another dispatch than the one that failed last: it may be that one's fault.
  v_suspect uuid := (select b.last_failed_dispatch from private.breakers b where b.name = 'provider' and b.state = 'half_open');
begin
  perform private.require_read_committed();
  if batch_size is null or batch_size not between 1 and 1000 then
    raise exception using
      errcode = 'CN012',
      message = format('A batch holds 1 to 1000 recipients, not %s.', batch_size),
      hint = 'Ask for 100, the most one provider call takes, or a few hundred.';
  end if;

  v_dispatch_ids := private.retake_dispatches(batch_size, v_suspect, as_of);
  -- Until something can be sent or nothing is due: a claim may find that all of it was read meanwhile.
  while cardinality(v_dispatch_ids) = 0 loop
    v_user_ids := private.lock_due_recipients(batch_size, v_passed_over, as_of);
    exit when cardinality(v_user_ids) = 0;
    v_claimed := private.claim_notifications(v_user_ids, as_of);
    if v_claimed is null then
      -- Another connection holds all their rows: whoever comes behind them must not wait.
      v_passed_over := v_passed_over || v_user_ids;
      continue;
    end if;
    select array_agg(n)
    into v_news
    from private.gather_news(v_claimed, as_of) n;
    v_dispatch_ids := private.write_letters(v_news, as_of, token_key_id);
  end loop;
  if cardinality(v_dispatch_ids) = 0 and v_suspect is not null then
    v_dispatch_ids := private.retake_dispatches(batch_size, null, as_of);
  end if;
  return query
  select d.dispatch_id, d.attempt, d.facts, d.letters, d.body
  from private.dispatches_to_send(v_dispatch_ids) d;
end
$$;
comment on function public.get_pending_notifications(integer, timestamptz, text) is
  'Step 4 of a pass: claims up to batch_size recipients who have something due, composes one letter each and freezes them into dispatches of up to 100, which the caller holds for the lease. Each row: the dispatch, its attempt, what its letters share, the letters, and the body to send again after an ambiguous attempt. No row: nothing is due. token_key_id: the key with which the claimer signs the letters'' unsubscribe links; null: they have none.';
revoke execute on function public.get_pending_notifications(integer, timestamptz, text) from public, anon, authenticated, service_role;
grant execute on function public.get_pending_notifications(integer, timestamptz, text) to service_role, notifier;
