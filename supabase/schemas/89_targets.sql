-- The specification's targets beside what was measured, and how long the quota lasts.

-- pg_stat_statements lives in another schema on every platform, and may be missing or not ours to read.
create function private.statement_statistics()
returns table (queryid bigint, query text, calls bigint, total_ms double precision, mean_ms double precision)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_view text := (
    select format('%I.pg_stat_statements', n.nspname)
    from pg_catalog.pg_extension e
    join pg_catalog.pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'pg_stat_statements'
  );
begin
  if v_view is not null then
    return query execute format(
      'select queryid, query, calls, total_exec_time, mean_exec_time from %s
       where dbid = (select oid from pg_catalog.pg_database where datname = current_database()) and toplevel', v_view);
  end if;
exception when object_not_in_prerequisite_state or insufficient_privilege then
  -- Installed, but not loaded by this server.
  return;
end
$$;
revoke execute on function private.statement_statistics() from public;

-- Owner's rights: operators may see numbers of what they may not read.
create function public.operator_targets(as_of timestamptz default now())
returns table (target text, goal double precision, measured double precision, unit text, holds boolean)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  return query
  with measured (position, target, goal, measured, unit, at_most) as (
    select 1, 'notification_creation', 0.1::double precision, (
      select sum(s.total_ms) / sum(s.calls) / 1000
      from private.statement_statistics() s
      where s.query ~* '^\s*(with |insert ).*insert\s+into\s+("?public"?\.)?"?chat_messages"?|^\s*insert\s+into\s+("?public"?\.)?"?chat_messages"?'
    ), 'seconds', true
    union all
    select 2, 'email_processing', 5, d.p95, 'seconds', true
    from private.delay_percentiles('claim_to_sent', as_of - interval '24 hours', as_of) d
    union all
    select 3, 'delivery_rate', 0.98, r.delivered / nullif(r.delivered + r.failed, 0)::double precision, 'share', false
    from private.rates(as_of - interval '7 days') r
    union all
    select 4, 'processing_delay', 600, d.p95, 'seconds', true
    from private.delay_percentiles('message_to_sent', as_of - interval '24 hours', as_of) d
    union all
    select 5, 'system_uptime', 0.999, private.uptime(as_of - interval '30 days', as_of), 'share', false
  )
  select m.target, m.goal, m.measured, m.unit,
    case when m.at_most then m.measured < m.goal else m.measured > m.goal end
  from measured m
  order by m.position;
end
$$;
comment on function public.operator_targets(timestamptz) is
  'For operators: the specification''s five targets beside what was measured (null: nothing yet). notification_creation: mean time of writing a message, since the statistics began; email_processing: claim to accepted, p95 of a day; delivery_rate: delivered of those with an outcome, a week; processing_delay: message to accepted, p95 of a day; system_uptime: 30 days.';
revoke execute on function public.operator_targets(timestamptz) from public, anon;
grant execute on function public.operator_targets(timestamptz) to authenticated, service_role;

-- Owner's rights for the same reason. A straight line through the last four weeks' days, from the first with letters.
create function public.operator_capacity(as_of timestamptz default now())
returns table (
  letters_per_day double precision, growth_per_day double precision, daily_quota integer, days_until_daily_quota double precision,
  monthly_quota integer, days_until_monthly_quota double precision, database_bytes bigint
)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  return query
  with day as (
    select row_number() over (order by d.at) as x, coalesce(sum(r.letters_sent), 0)::double precision as y
    from generate_series(
      greatest(
        date_trunc('day', as_of, 'UTC') - interval '28 days',
        coalesce((select date_trunc('day', min(h.at), 'UTC') from private.rollups h where h.width = 'hour'), as_of)),
      date_trunc('day', as_of, 'UTC') - interval '1 day',
      interval '1 day') d (at)
    left join private.rollups r on r.width = 'hour' and r.at >= d.at and r.at < d.at + interval '1 day'
    group by d.at
  ), line as (
    -- Two weeks of history before anybody may speak of a trend.
    select coalesce(avg(d.y), 0) as mean,
      case when count(*) >= 14 then regr_slope(d.y, d.x) end as slope,
      case when count(*) >= 14 then regr_intercept(d.y, d.x) + regr_slope(d.y, d.x) * count(*) end as today
    from day d
  )
  select coalesce(l.today, l.mean), l.slope, s.daily_quota,
    case when coalesce(l.today, l.mean) >= s.daily_quota then 0 when l.slope > 0 then (s.daily_quota - l.today) / l.slope end,
    s.monthly_quota,
    case
      when coalesce(l.today, l.mean) * 30 >= s.monthly_quota then 0
      when l.slope > 0 then (s.monthly_quota / 30.0 - l.today) / l.slope
    end,
    pg_catalog.pg_database_size(current_database())
  from line l
  cross join private.settings s;
end
$$;
comment on function public.operator_capacity(timestamptz) is
  'For operators: letters a day on the trend of four weeks, and in how many days it meets the quota (null: never on this trend, no quota, or less than two weeks of history).';
revoke execute on function public.operator_capacity(timestamptz) from public, anon;
grant execute on function public.operator_capacity(timestamptz) to authenticated, service_role;
