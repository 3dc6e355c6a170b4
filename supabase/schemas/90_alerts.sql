-- Alerts: measured in SQL, opened and closed once, acknowledged, silenced, told.

create table private.alert_rules (
  name text primary key,
  title text not null,
  unit text not null,
  opens_above double precision not null,
  closes_below double precision not null,
  min_samples integer not null default 0,
  calm interval not null default '5 minutes',
  enabled boolean not null default true,
  silenced_until timestamptz,
  constraint alert_rules_have_no_flapping check (closes_below <= opens_above),
  constraint alert_rules_unit_is_known check (unit in ('share', 'seconds', 'count'))
);
comment on table private.alert_rules is
  'When an alert opens and closes: above opens_above with min_samples; below closes_below (or without enough samples) for calm.';
alter table private.alert_rules enable row level security;
grant select on private.alert_rules to authenticated, service_role;
create policy "operators read alert rules" on private.alert_rules for select to authenticated
  using ((select private.is_operator()));
-- 4 % and 0.08 % are the provider's own: above them it may stop an account.
insert into private.alert_rules (name, title, unit, opens_above, closes_below, min_samples) values
  ('error_rate', 'More than 5 % of the letters of an hour failed', 'share', 0.05, 0.03, 20),
  ('processing_delay', 'Notifications are due and unsent for more than 30 minutes', 'seconds', 1800, 300, 0),
  ('quota', 'More than 80 % of the provider''s quota is used', 'share', 0.8, 0.8, 0),
  ('slow_query', 'A query takes more than 2 seconds', 'seconds', 2, 1, 0),
  ('breaker_open', 'Sending is suspended: a circuit breaker is open', 'count', 0, 0, 0),
  ('webhook_silence', 'The provider reports nothing of letters it accepted', 'seconds', 3600, 0, 20),
  ('schedule_dead', 'No processor has spoken for too long', 'seconds', 0, 0, 0),
  ('clock_jump', 'The database''s clock was set back', 'count', 0, 0, 0),
  ('bounce_rate', 'More than 4 % of a day''s letters bounced', 'share', 0.04, 0.03, 50),
  ('complaint_rate', 'More than 0.08 % of a week''s letters were called spam', 'share', 0.0008, 0.0005, 500);

create table private.alerts (
  id bigint generated always as identity primary key,
  name text not null references private.alert_rules (name),
  opened_at timestamptz not null,
  closed_at timestamptz,
  calm_since timestamptz,
  value double precision not null,
  worst double precision not null,
  samples bigint,
  detail jsonb not null default '{}',
  acknowledged_at timestamptz,
  acknowledged_by uuid,
  constraint alerts_close_after_they_open check (closed_at >= opened_at)
);
comment on table private.alerts is 'Alerts, open and past. calm_since: below closes_below since then.';
create unique index alerts_open_idx on private.alerts (name) where closed_at is null;
comment on index private.alerts_open_idx is 'Each is open once.';
alter table private.alerts enable row level security;
grant select on private.alerts to authenticated, service_role;
create policy "operators read alerts" on private.alerts for select to authenticated
  using ((select private.is_operator()));

create view public.alerts
with (security_invoker = true) as
select a.id, a.name, r.title, r.unit, r.opens_above, a.value, a.worst, a.samples, a.detail, a.opened_at, a.closed_at,
  a.acknowledged_at, a.acknowledged_by, r.silenced_until
from private.alerts a
join private.alert_rules r on r.name = a.name;
comment on view public.alerts is
  'For operators: alerts, open (closed_at is null) and past. value: now, worst: since it opened, both in unit (share of 1, seconds, count). detail: ids and counts.';
revoke all on public.alerts from anon, authenticated, service_role;
grant select on public.alerts to authenticated, service_role;

create table private.alert_tellings (
  alert_id bigint not null references private.alerts (id) on delete cascade,
  change text not null,
  value double precision not null,
  since timestamptz not null,
  next_try_at timestamptz not null,
  mailed_at timestamptz,
  posted_at timestamptz,
  primary key (alert_id, change),
  constraint alert_tellings_change_is_known check (change in ('opened', 'closed'))
);
comment on table private.alert_tellings is
  'What is to be told outside: by mail to operators (mailed_at) and by webhook (posted_at). Tried for a day.';
create index alert_tellings_owed_idx on private.alert_tellings (next_try_at) where mailed_at is null or posted_at is null;
comment on index private.alert_tellings_owed_idx is 'take_alert_tellings(): what is owed.';
alter table private.alert_tellings enable row level security;

create table private.statement_samples (
  queryid bigint primary key,
  calls bigint not null,
  total_ms double precision not null,
  mean_ms double precision,
  sampled_at timestamptz not null
);
comment on table private.statement_samples is
  'Our statements'' totals at the last sample, and the mean of their calls since the one before: pg_stat_statements itself never forgets.';
alter table private.statement_samples enable row level security;

create function private.sample_statements(as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  if exists (select from private.statement_samples s where s.sampled_at > as_of - interval '5 minutes') then
    return;
  end if;
  insert into private.statement_samples as p (queryid, calls, total_ms, sampled_at)
  select s.queryid, sum(s.calls), sum(s.total_ms), as_of
  from private.statement_statistics() s
  where s.query ~* 'notification|chat_messages|private\.|burst|dispatch'
    and s.query !~* '^\s*(vacuum|analyze|reindex|create|alter|comment|grant|copy)'
  group by s.queryid
  on conflict (queryid) do update
  set mean_ms = case when excluded.calls > p.calls then (excluded.total_ms - p.total_ms) / (excluded.calls - p.calls) end,
    calls = excluded.calls,
    total_ms = excluded.total_ms,
    sampled_at = excluded.sampled_at;
  delete from private.statement_samples p
  where p.sampled_at < as_of;
end
$$;
revoke execute on function private.sample_statements(timestamptz) from public;

create function private.measure_alerts(as_of timestamptz)
returns table (name text, value double precision, samples bigint, detail jsonb)
language sql
stable
set search_path = ''
as $$
  select 'error_rate', r.failed / nullif(r.sent + r.failed, 0)::double precision, r.sent + r.failed,
    jsonb_build_object('failed', r.failed, 'sent', r.sent)
  from private.rates(as_of - interval '1 hour') r
  union all
  -- A pause of everything is on purpose, and so is a deployment that was never switched on.
  select 'processing_delay',
    case
      when not exists (select from private.pauses p where p.scope = 'everything')
        and exists (select from private.settings s where s.delivery_on_for is not null)
      then extract(epoch from as_of - b.oldest_due_at)
    end,
    null, jsonb_build_object('due', b.due, 'oldest_due_at', b.oldest_due_at)
  from private.backlog(1000, as_of) b
  union all
  select 'quota', greatest(q.today / q.daily_quota::double precision, q.month / q.monthly_quota::double precision), null, to_jsonb(q)
  from private.quota_use(as_of) q
  union all
  select 'slow_query', w.mean_ms / 1000, null, jsonb_build_object('queryid', w.queryid::text)
  from (select) one
  left join lateral (
    select s.queryid, s.mean_ms
    from private.statement_samples s
    where s.mean_ms is not null
    order by s.mean_ms desc
    limit 1
  ) w on true
  union all
  select 'breaker_open', count(*), null, coalesce(jsonb_object_agg(b.name, b.reason), '{}')
  from private.breakers b
  where b.state <> 'closed'
  union all
  select 'webhook_silence', extract(epoch from as_of - min(r.at)), coalesce(sum(r.letters_sent), 0),
    jsonb_build_object('letters', coalesce(sum(r.letters_sent), 0))
  from private.rollups r
  where r.width = 'minute'
    and r.letters_sent > 0
    and r.at > coalesce((select max(w.received_at) from private.webhook_events w), '-infinity')
    and r.at > as_of - interval '24 hours'
    and r.at <= as_of - interval '30 minutes'
  union all
  select 'schedule_dead',
    -- While nobody speaks, and a minute longer: where nobody could look, it is told when it is over.
    greatest(0, extract(epoch from greatest(as_of - max(p.beat_at), (
      select max(o.until_at - o.from_at)
      from private.outages o
      where o.until_at > as_of - interval '1 minute'
        and o.until_at <= as_of
    ))) - (select s.silent_after_seconds from private.settings s)), null,
    jsonb_build_object('last_beat_at', max(p.beat_at))
  from private.processors p
  union all
  select 'clock_jump', count(*), null, jsonb_build_object('happened_at', max(i.happened_at))
  from private.incidents i
  where i.step = 'clock'
    and i.happened_at > as_of - interval '10 minutes'
    and i.happened_at <= as_of
  union all
  select 'bounce_rate', r.bounced / nullif(r.sent, 0)::double precision, r.sent, jsonb_build_object('bounced', r.bounced, 'sent', r.sent)
  from private.rates(as_of - interval '24 hours') r
  union all
  select 'complaint_rate', r.complained / nullif(r.sent, 0)::double precision, r.sent,
    jsonb_build_object('complained', r.complained, 'sent', r.sent)
  from private.rates(as_of - interval '7 days') r;
$$;
comment on function private.measure_alerts(timestamptz) is 'What each rule is about, measured. value null: cannot be said.';
revoke execute on function private.measure_alerts(timestamptz) from public;

-- Owner's rights: processors, the schedule and the health function may have it checked, not read or written.
create function private.check_alerts(as_of timestamptz default now())
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_changes integer := 0;
  v_found record;
begin
  -- One at a time; whoever finds it taken has nothing to do.
  if not pg_try_advisory_xact_lock(hashtextextended('check_alerts', 4)) then
    return 0;
  end if;
  perform private.sample_statements(as_of);
  for v_found in
    select r.name, r.calm, m.value, m.samples, m.detail, a.id as alert_id, a.calm_since,
      r.enabled and coalesce(m.value > r.opens_above and coalesce(m.samples, r.min_samples) >= r.min_samples, false) as is_bad,
      not r.enabled or coalesce(m.value <= r.closes_below, true) or coalesce(m.samples < r.min_samples, false) as is_calm
    from private.alert_rules r
    join private.measure_alerts(as_of) m on m.name = r.name
    left join private.alerts a on a.name = r.name and a.closed_at is null
    order by r.name
  loop
    if v_found.alert_id is null and v_found.is_bad then
      insert into private.alerts (name, opened_at, value, worst, samples, detail)
      values (v_found.name, as_of, v_found.value, v_found.value, v_found.samples, v_found.detail);
      v_changes := v_changes + 1;
    elsif v_found.is_calm and as_of - v_found.calm_since >= v_found.calm then
      update private.alerts a
      -- Opened by a clock that was ahead.
      set closed_at = greatest(as_of, a.opened_at), value = coalesce(v_found.value, a.value)
      where a.id = v_found.alert_id;
      v_changes := v_changes + 1;
    elsif v_found.alert_id is not null then
      update private.alerts a
      set value = coalesce(v_found.value, a.value),
        worst = greatest(a.worst, v_found.value),
        samples = v_found.samples,
        detail = v_found.detail,
        calm_since = case when v_found.is_calm then least(a.calm_since, as_of) end
      where a.id = v_found.alert_id;
    end if;
  end loop;
  -- What is silenced is told when the silence ends, if it still lasts. An end is told to those who heard of the beginning.
  insert into private.alert_tellings (alert_id, change, value, since, next_try_at)
  select a.id, 'opened', a.value, as_of, as_of
  from private.alerts a
  join private.alert_rules r on r.name = a.name
  where a.closed_at is null
    and coalesce(r.silenced_until, '-infinity') <= as_of
  union all
  select a.id, 'closed', a.value, as_of, as_of
  from private.alerts a
  join private.alert_tellings t on t.alert_id = a.id and t.change = 'opened'
  where a.closed_at = greatest(as_of, a.opened_at)
  on conflict do nothing;
  return v_changes;
end
$$;
comment on function private.check_alerts(timestamptz) is 'Opens and closes alerts. Returns how many changed.';
revoke execute on function private.check_alerts(timestamptz) from public;
grant execute on function private.check_alerts(timestamptz) to service_role, notifier;

-- Owner's rights: processors tell, and read nothing else. A copy of the database tells nobody.
create function private.take_alert_tellings(deployment_url text, as_of timestamptz default now())
returns table (
  alert_id bigint, change text, name text, title text, unit text, opens_above double precision, value double precision,
  since timestamptz, mail_owed boolean, post_owed boolean, sender text, addresses text[], app_url text
)
language sql
volatile
security definer
set search_path = ''
as $$
  with taken as (
    update private.alert_tellings t
    set next_try_at = as_of + interval '2 minutes'
    where (t.alert_id, t.change) in (
        select o.alert_id, o.change
        from private.alert_tellings o
        where (o.mailed_at is null or o.posted_at is null)
          and o.next_try_at <= as_of
          and o.since > as_of - interval '1 day'
        order by o.next_try_at
        limit 10
        for update skip locked
      )
      and exists (select from private.settings s where s.delivery_on_for = deployment_url)
    returning t.*
  )
  select t.alert_id, t.change, r.name, r.title, r.unit, r.opens_above, t.value, t.since, t.mailed_at is null, t.posted_at is null,
    s.sender_from,
    case
      when s.redirect_all_to is not null then array[s.redirect_all_to]
      else array(
        select u.email::text
        from private.operators o
        join auth.users u on u.id = o.user_id
        where u.email is not null
          and (s.allow_list is null or u.email = any(s.allow_list))
        order by u.email
        limit 50
      )
    end,
    s.app_url
  from taken t
  join private.alerts a on a.id = t.alert_id
  join private.alert_rules r on r.name = a.name
  cross join private.settings s
  order by t.since, t.alert_id;
$$;
comment on function private.take_alert_tellings(text, timestamptz) is
  'Alerts that have to be told and to whom, held for two minutes. Of a deployment that may send.';
revoke execute on function private.take_alert_tellings(text, timestamptz) from public;
grant execute on function private.take_alert_tellings(text, timestamptz) to service_role, notifier;

-- Owner's rights: processors may execute this and write nothing else.
create function private.note_alert_told(alert_id bigint, change text, channel text, as_of timestamptz default now())
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  update private.alert_tellings t
  set mailed_at = case channel when 'mail' then as_of else t.mailed_at end,
    posted_at = case channel when 'webhook' then as_of else t.posted_at end
  where t.alert_id = note_alert_told.alert_id
    and t.change = note_alert_told.change;
$$;
revoke execute on function private.note_alert_told(bigint, text, text, timestamptz) from public;
grant execute on function private.note_alert_told(bigint, text, text, timestamptz) to service_role, notifier;

-- Owner's rights: operators may acknowledge, not write.
create function public.acknowledge_alert(id bigint)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  update private.alerts a
  set acknowledged_at = now(), acknowledged_by = (select auth.uid())
  where a.id = acknowledge_alert.id
    and a.acknowledged_at is null;
  if found then
    perform private.audit('acknowledge_alert', jsonb_build_object('alert_id', id));
  end if;
  return found;
end
$$;
comment on function public.acknowledge_alert(bigint) is 'For operators: somebody is looking at it. False: no such alert, or somebody does already.';
revoke execute on function public.acknowledge_alert(bigint) from public, anon;
grant execute on function public.acknowledge_alert(bigint) to authenticated, service_role;

-- Owner's rights: operators may silence, not write.
create function public.silence_alert(name text, until timestamptz)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  update private.alert_rules r
  set silenced_until = until
  where r.name = silence_alert.name;
  if not found then
    return false;
  end if;
  perform private.audit('silence_alert', jsonb_build_object('name', name, 'until', until));
  return true;
end
$$;
comment on function public.silence_alert(text, timestamptz) is
  'For operators: not told outside the app until then (null: told again at once); still measured and shown. False: no such alert.';
revoke execute on function public.silence_alert(text, timestamptz) from public, anon;
grant execute on function public.silence_alert(text, timestamptz) to authenticated, service_role;
