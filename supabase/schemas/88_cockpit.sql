-- What operators see: numbers now, over time, against the targets, by event; letters and their timelines.

create function private.letters_since(since timestamptz, as_of timestamptz)
returns bigint
language sql
stable
set search_path = ''
as $$
  select coalesce((
      select sum(r.letters_sent)
      from private.rollups r
      where r.width = 'hour'
        and r.at >= since
        and r.at < as_of
    ), 0) + coalesce((
      -- What the rollups do not have yet.
      select sum(d.letter_count)
      from private.dispatches d
      where d.status = 'sent'
        and d.updated_at >= greatest(since, (select p.rolled_up_to from private.rollup_progress p))
        and d.updated_at <= as_of
    ), 0);
$$;
comment on function private.letters_since(timestamptz, timestamptz) is 'Letters accepted since the beginning of an hour.';
revoke execute on function private.letters_since(timestamptz, timestamptz) from public;

create function private.quota_use(as_of timestamptz, out today bigint, out month bigint, out daily_quota integer, out monthly_quota integer)
language sql
stable
set search_path = ''
as $$
  select private.letters_since(date_trunc('day', as_of, 'UTC'), as_of),
    private.letters_since(date_trunc('month', as_of, 'UTC'), as_of),
    s.daily_quota, s.monthly_quota
  from private.settings s;
$$;
comment on function private.quota_use(timestamptz) is 'Letters of the provider''s day and month (UTC) and what its plan allows.';
revoke execute on function private.quota_use(timestamptz) from public;

-- The oldest of each lane from its index; counting stops at a limit, because this is asked every second.
create function private.backlog(count_limit integer, as_of timestamptz, out due bigint, out oldest_due_at timestamptz)
language sql
stable
set search_path = ''
as $$
  select
    (
      select count(*)
      from (
        select
        from generate_series(0, 2) l (lane)
        cross join lateral (
          select
          from public.notifications n
          where n.is_pending
            and n.lane = l.lane
            and n.scheduled_for <= as_of
          limit count_limit
        ) n
        limit count_limit
      ) c
    ),
    least(
      (
        select min(o.scheduled_for)
        from generate_series(0, 2) l (lane)
        cross join lateral (
          select n.scheduled_for
          from public.notifications n
          where n.is_pending
            and n.lane = l.lane
            and n.scheduled_for <= as_of
          order by n.scheduled_for, n.id
          limit 1
        ) o
      ),
      -- Messages that no burst has told in time, and recipients that fan-out has not reached.
      (select min(b.closes_at) from private.bursts b where b.settled_at is null and b.closes_at <= as_of),
      (select min(b.settled_at) from private.bursts b where b.settled_at is not null and b.fanned_out_at is null)
    );
$$;
comment on function private.backlog(integer, timestamptz) is
  'What is due and unsent: how many notifications, counted to a limit, and since when the oldest. Digests, quiet hours and paused events are not due.';
revoke execute on function private.backlog(integer, timestamptz) from public;

create function private.rates(since timestamptz, out sent bigint, out failed bigint, out delivered bigint, out bounced bigint,
  out complained bigint)
language sql
stable
set search_path = ''
as $$
  select coalesce(sum(r.letters_sent), 0),
    coalesce(sum(r.letters_failed + r.failed_later + r.bounced), 0),
    coalesce(sum(r.delivered), 0), coalesce(sum(r.bounced), 0), coalesce(sum(r.complained), 0)
  from private.rollups r
  where r.width = case when since > (select p.rolled_up_to from private.rollup_progress p) - interval '6 hours' then 'minute' else 'hour' end
    and r.at >= since;
$$;
comment on function private.rates(timestamptz) is 'Letters since a time: accepted; failed, by whom and whenever; delivered, bounced, called spam.';
revoke execute on function private.rates(timestamptz) from public;

-- Owner's rights: operators may see numbers of what they may not read. So in the other functions here.
create function public.operator_now(as_of timestamptz default now())
returns table (
  due bigint, oldest_due_at timestamptz, letters_in_flight bigint, letters_per_second double precision, letters_last_hour bigint,
  message_to_sent_p50 double precision, message_to_sent_p95 double precision, message_to_sent_p99 double precision,
  error_rate double precision, bounce_rate double precision, complaint_rate double precision,
  sent_today bigint, daily_quota integer, sent_this_month bigint, monthly_quota integer,
  breakers_open text[], delivery_on_for text, paused boolean, last_sent_at timestamptz, processors_alive bigint,
  last_beat_at timestamptz, dead_letters bigint, open_alerts bigint, counted_up_to timestamptz
)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  return query
  select b.due, b.oldest_due_at,
    (select coalesce(sum(d.letter_count), 0) from private.dispatches d where d.status in ('sending', 'retrying')),
    (select coalesce(sum(d.letter_count), 0) / 60.0::double precision
      from private.dispatches d
      where d.status = 'sent' and d.updated_at > as_of - interval '1 minute' and d.updated_at <= as_of),
    hour.sent, delay.p50, delay.p95, delay.p99,
    hour.failed / nullif(hour.sent + hour.failed, 0)::double precision,
    day.bounced / nullif(day.sent, 0)::double precision,
    week.complained / nullif(week.sent, 0)::double precision,
    q.today, q.daily_quota, q.month, q.monthly_quota,
    array(select k.name from private.breakers k where k.state <> 'closed' order by k.name),
    s.delivery_on_for,
    exists (select from private.pauses p where p.scope = 'everything'),
    (select max(d.updated_at) from private.dispatches d where d.status = 'sent' and d.updated_at > as_of - interval '30 days'),
    (select count(*) from private.processors p where p.beat_at > as_of - make_interval(secs => s.silent_after_seconds)),
    (select max(p.beat_at) from private.processors p),
    (select count(*) from public.emails e where e.failed_at is not null),
    (select count(*) from private.alerts a where a.closed_at is null),
    (select p.rolled_up_to from private.rollup_progress p)
  from private.settings s
  cross join private.backlog(100000, as_of) b
  cross join private.quota_use(as_of) q
  cross join private.rates(as_of - interval '1 hour') hour
  cross join private.rates(as_of - interval '24 hours') day
  cross join private.rates(as_of - interval '7 days') week
  cross join private.delay_percentiles('message_to_sent', as_of - interval '1 hour', as_of) delay;
end
$$;
comment on function public.operator_now(timestamptz) is
  'For operators, one row: what is due (counted to 100,000), since when the oldest; what is at the provider; rates as shares of 1 (errors of the hour, bounces of the day, complaints of the week); delays in seconds over the last hour; quota; switches; who processes. Counts are of minutes up to counted_up_to.';
revoke execute on function public.operator_now(timestamptz) from public, anon;
grant execute on function public.operator_now(timestamptz) to authenticated, service_role;

create function public.operator_chart(period text default '24h', as_of timestamptz default now())
returns table (
  at timestamptz, messages bigint, letters_sent bigint, letters_failed bigint, delivered bigint, bounced bigint, complained bigint,
  message_to_sent_p50 double precision, message_to_sent_p95 double precision, message_to_sent_p99 double precision
)
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_slot interval := case period when '1h' then interval '1 minute' when '24h' then interval '15 minutes' when '30d' then interval '6 hours' end;
  v_slots integer := case period when '1h' then 60 when '24h' then 96 else 120 end;
  v_width text := case period when '30d' then 'hour' else 'minute' end;
  v_origin constant timestamptz := '2000-01-01 00:00:00+00';
  v_first timestamptz;
begin
  perform private.require_operator();
  if v_slot is null then
    raise exception using
      errcode = 'CN030',
      message = format('There is no chart over %s.', coalesce(period, 'nothing')),
      hint = 'One of 1h, 24h, 30d.';
  end if;
  v_first := date_bin(v_slot, as_of, v_origin) - v_slot * (v_slots - 1);
  return query
  with counted as (
    select date_bin(v_slot, r.at, v_origin) as at, sum(r.messages) as messages, sum(r.letters_sent) as sent,
      sum(r.letters_failed + r.failed_later) as failed, sum(r.delivered) as delivered, sum(r.bounced) as bounced,
      sum(r.complained) as complained
    from private.rollups r
    where r.width = v_width
      and r.at >= v_first
    group by 1
  ), bucket as (
    select d.at, d.bucket, d.samples, sum(d.samples) over slot as up_to, sum(d.samples) over (partition by d.at) as of_all
    from (
      select date_bin(v_slot, d.at, v_origin) as at, d.bucket, sum(d.samples) as samples
      from private.delays d
      where d.width = v_width
        and d.measure = 'message_to_sent'
        and d.at >= v_first
      group by 1, 2
    ) d
    window slot as (partition by d.at order by d.bucket)
  ), delay as (
    select b.at,
      private.delay_of_bucket(min(b.bucket) filter (where b.up_to >= 0.5 * b.of_all)) as p50,
      private.delay_of_bucket(min(b.bucket) filter (where b.up_to >= 0.95 * b.of_all)) as p95,
      private.delay_of_bucket(min(b.bucket) filter (where b.up_to >= 0.99 * b.of_all)) as p99
    from bucket b
    group by b.at
  )
  select slot.at, coalesce(c.messages, 0), coalesce(c.sent, 0), coalesce(c.failed, 0), coalesce(c.delivered, 0), coalesce(c.bounced, 0),
    coalesce(c.complained, 0), d.p50, d.p95, d.p99
  from generate_series(v_first, as_of, v_slot) slot (at)
  left join counted c on c.at = slot.at
  left join delay d on d.at = slot.at
  order by slot.at;
end
$$;
comment on function public.operator_chart(text, timestamptz) is
  'For operators: counts and delays (seconds; null without letters) by minute over 1h, quarter of an hour over 24h, six hours over 30d.';
revoke execute on function public.operator_chart(text, timestamptz) from public, anon;
grant execute on function public.operator_chart(text, timestamptz) to authenticated, service_role;

create function public.operator_events(days integer default 30, as_of timestamptz default now())
returns table (event_id uuid, title text, organization_name text, letters double precision)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  return query
  with counted as (
    select d.event_id, sum(d.letters) as letters
    from private.event_days d
    where d.day > timezone('UTC', as_of)::date - operator_events.days
    group by d.event_id
    order by 2 desc
    limit 100
  )
  select c.event_id, f.title, f.organization_name, c.letters
  from counted c
  left join private.event_facts(array(select c2.event_id from counted c2)) f on f.event_id = c.event_id
  order by c.letters desc;
end
$$;
comment on function public.operator_events(integer, timestamptz) is
  'For operators: the hundred events that cost the most letters in the last days; a letter about several events is shared among them.';
revoke execute on function public.operator_events(integer, timestamptz) from public, anon;
grant execute on function public.operator_events(integer, timestamptz) to authenticated, service_role;

create function public.operator_preferences()
returns table (preference text, choice text, people bigint)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  return query
  select 'delivery', coalesce(p.delivery, 'default'), count(*)
  from public.notification_preferences p
  group by p.delivery
  union all
  select 'event level', coalesce(e.level, 'default'), count(*)
  from public.event_notification_preferences e
  group by e.level
  order by 1, 3 desc;
end
$$;
comment on function public.operator_preferences() is 'For operators: how many people chose what. Whoever chose nothing is not counted.';
revoke execute on function public.operator_preferences() from public, anon;
grant execute on function public.operator_preferences() to authenticated, service_role;

create function public.find_emails(search text default null, only_status text default null, before timestamptz default null)
returns table (id uuid, user_id uuid, address text, kind text, status text, reason text, created_at timestamptz, sent_at timestamptz)
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_search text := nullif(trim(search), '');
  v_people uuid[];
  v_id uuid;
begin
  perform private.require_operator();
  if v_search ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    v_id := v_search::uuid;
  elsif v_search is not null then
    v_people := array(select u.id from auth.users u where u.email = lower(v_search) limit 100);
  end if;
  return query
  select e.id, e.user_id, e.address, e.kind, e.status, e.reason, e.created_at, e.sent_at
  from public.emails e
  where (v_search is null or e.id = v_id or e.user_id = v_id or e.dispatch_id = v_id or e.user_id = any(v_people))
    and (only_status is null or e.status = only_status)
    and (before is null or e.created_at < before)
  -- Ids are ordered by time: without a search this reads the newest entries of the primary key.
  order by e.id desc
  limit 50;
end
$$;
comment on function public.find_emails(text, text, timestamptz) is
  'For operators: the fifty newest letters to a whole address, a person''s id, of a dispatch or with an id; of a status; before a time.';
revoke execute on function public.find_emails(text, text, timestamptz) from public, anon;
grant execute on function public.find_emails(text, text, timestamptz) to authenticated, service_role;

create function public.email_timeline(email_id uuid)
returns table (at timestamptz, step text, detail jsonb)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  return query
  with told as materialized (
    select n.id, n.event_id, n.burst_id, n.message_id, n.status, n.scheduled_for, n.created_at
    from public.notifications n
    where n.email_id = email_timeline.email_id
    union all
    select n.id, n.event_id, n.burst_id, n.message_id, n.status, n.scheduled_for, n.created_at
    from private.archived_notifications n
    where n.email_id = email_timeline.email_id
  )
  select t.at, t.step, t.detail
  from (
    select m.posted_at as at, 'message' as step, jsonb_build_object('message_id', m.message_id, 'event_id', n.event_id) as detail
    from told n
    join private.burst_messages m on m.burst_id = n.burst_id
    union all
    -- A mention's, which has no burst of its own.
    select m.posted_at, 'message', jsonb_build_object('message_id', m.message_id, 'event_id', n.event_id)
    from told n
    join private.burst_messages m on m.message_id = n.message_id
    where n.burst_id is null
    union all
    select n.created_at, 'notification', jsonb_build_object(
      'notification_id', n.id, 'event_id', n.event_id, 'burst_id', n.burst_id, 'message_id', n.message_id, 'status', n.status,
      'scheduled_for', n.scheduled_for)
    from told n
    union all
    select e.created_at, 'composed', jsonb_build_object('kind', e.kind, 'dispatch_id', e.dispatch_id)
    from public.emails e
    where e.id = email_timeline.email_id
    union all
    select d.first_attempt_at, 'first_attempt', jsonb_build_object('attempts', d.attempt, 'last_error', d.last_error)
    from public.emails e
    join private.dispatches d on d.id = e.dispatch_id
    where e.id = email_timeline.email_id
    union all
    select e.sent_at, 'sent', jsonb_build_object('provider_id', e.provider_id)
    from public.emails e
    where e.id = email_timeline.email_id
    union all
    select w.occurred_at, w.type, jsonb_build_object('detail', w.detail, 'result', w.result)
    from private.webhook_events w
    where w.email_id = email_timeline.email_id
  ) t
  where t.at is not null
  order by t.at
  limit 500;
end
$$;
comment on function public.email_timeline(uuid) is
  'For operators: what happened to a letter in order of time: message, notification, composed, first_attempt, sent, and the provider''s events by their own names.';
revoke execute on function public.email_timeline(uuid) from public, anon;
grant execute on function public.email_timeline(uuid) to authenticated, service_role;
