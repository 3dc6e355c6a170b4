-- Is it well? Asked every second: index look-ups only.

create function private.schema_version()
returns integer
language sql
immutable
return 1;
comment on function private.schema_version() is
  'Version of the functions that processors call. A processor works with its own version, one older and one newer; a test compares it with packages/core/src/schema-version.ts.';
revoke execute on function private.schema_version() from public;
grant execute on function private.schema_version() to service_role, notifier;

-- Owner's rights: the health function may ask, and reads nothing else.
create function private.health(as_of timestamptz default now())
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_settings private.settings;
  v_backlog record;
  v_quota record;
  v_breakers text[] := array(select b.name from private.breakers b where b.state <> 'closed' order by b.name);
  v_alerts text[] := array(select a.name from private.alerts a where a.closed_at is null order by a.name);
  v_last_beat_at timestamptz := (select max(p.beat_at) from private.processors p);
  v_down text[] := '{}';
  v_degraded text[] := '{}';
begin
  select * into v_settings from private.settings;
  select * into v_backlog from private.backlog(1000, as_of);
  select * into v_quota from private.quota_use(as_of);
  if pg_is_in_recovery() or current_setting('default_transaction_read_only') = 'on' then
    v_down := v_down || 'database_read_only'::text;
  end if;
  if coalesce(v_last_beat_at, '-infinity') < as_of - make_interval(secs => v_settings.silent_after_seconds) then
    v_down := v_down || 'no_processor'::text;
  end if;
  if v_settings.delivery_on_for is null then
    v_degraded := v_degraded || 'delivery_off'::text;
  elsif exists (select from private.pauses p where p.scope = 'everything') then
    v_degraded := v_degraded || 'paused'::text;
  elsif v_backlog.oldest_due_at < as_of - interval '30 minutes' then
    v_degraded := v_degraded || 'processing_delay'::text;
  end if;
  if v_quota.today > 0.8 * v_quota.daily_quota or v_quota.month > 0.8 * v_quota.monthly_quota then
    v_degraded := v_degraded || 'quota'::text;
  end if;
  v_degraded := v_degraded || array(select 'breaker_' || b from unnest(v_breakers) b);
  v_degraded := v_degraded || array(
    select 'alert_' || a
    from unnest(v_alerts) a
    where a not in ('processing_delay', 'quota', 'breaker_open', 'schedule_dead'));
  return jsonb_build_object(
    'status', case when v_down <> '{}' then 'down' when v_degraded <> '{}' then 'degraded' else 'ok' end,
    'reasons', to_jsonb(v_down || v_degraded),
    'details', jsonb_build_object(
      'schema_version', private.schema_version(),
      'due', v_backlog.due,
      'oldest_due_at', v_backlog.oldest_due_at,
      'oldest_due_seconds', round(extract(epoch from as_of - v_backlog.oldest_due_at)),
      'breakers_open', v_breakers,
      'quota', to_jsonb(v_quota),
      'last_sent_at', (
        select d.updated_at
        from private.dispatches d
        where d.status in ('sent', 'failed')
          and d.status = 'sent'
        order by d.updated_at desc
        limit 1
      ),
      'last_beat_at', v_last_beat_at,
      'alerts_open', v_alerts,
      'delivery_on_for', v_settings.delivery_on_for
    )
  );
end
$$;
comment on function private.health(timestamptz) is
  'status: ok, degraded (it works, somebody should look) or down; reasons as codes (docs/operations.md); details: due is counted to 1000.';
revoke execute on function private.health(timestamptz) from public;
grant execute on function private.health(timestamptz) to service_role, notifier;

-- Owner's rights: the metrics page may ask, and reads nothing else.
create function private.metrics(as_of timestamptz default now())
returns table (name text, labels jsonb, value double precision)
language sql
stable
security definer
set search_path = ''
as $$
  select 'due_notifications', '{}'::jsonb, b.due
  from private.backlog(100000, as_of) b
  union all
  select 'oldest_due_seconds', '{}', coalesce(extract(epoch from as_of - b.oldest_due_at), 0)
  from private.backlog(1, as_of) b
  union all
  select 'letters_in_flight', '{}', coalesce(sum(d.letter_count), 0)
  from private.dispatches d
  where d.status in ('sending', 'retrying')
  union all
  select 'letters_last_hour', jsonb_build_object('outcome', o.outcome), o.letters
  from private.rates(as_of - interval '1 hour') r
  cross join lateral (values ('sent', r.sent), ('failed', r.failed), ('delivered', r.delivered), ('bounced', r.bounced),
    ('complained', r.complained)) o (outcome, letters)
  union all
  select 'delay_seconds', jsonb_build_object('measure', m.measure, 'quantile', q.quantile), q.seconds
  from unnest(array['due_to_sent', 'message_to_sent', 'claim_to_sent', 'sent_to_delivered']) m (measure)
  cross join private.delay_percentiles(m.measure, as_of - interval '1 hour', as_of) d
  cross join lateral (values ('0.5', d.p50), ('0.95', d.p95), ('0.99', d.p99)) q (quantile, seconds)
  where q.seconds is not null
  union all
  select 'breaker_open', jsonb_build_object('breaker', b.name), (b.state <> 'closed')::integer
  from private.breakers b
  union all
  select 'quota_used', jsonb_build_object('period', o.period), o.letters
  from private.quota_use(as_of) q
  cross join lateral (values ('day', q.today), ('month', q.month)) o (period, letters)
  union all
  select 'quota_limit', jsonb_build_object('period', o.period), o.letters
  from private.settings s
  cross join lateral (values ('day', s.daily_quota), ('month', s.monthly_quota)) o (period, letters)
  where o.letters is not null
  union all
  select 'alert_open', jsonb_build_object('alert', r.name),
    (exists (select from private.alerts a where a.name = r.name and a.closed_at is null))::integer
  from private.alert_rules r
  union all
  select 'dead_letters', '{}', count(*)
  from public.emails e
  where e.failed_at is not null
  union all
  select 'processors_alive', '{}', count(*)
  from private.processors p
  where p.beat_at > as_of - (select make_interval(secs => s.silent_after_seconds) from private.settings s)
  union all
  select 'schema_version', '{}', private.schema_version();
$$;
comment on function private.metrics(timestamptz) is 'Numbers for /metrics, without their prefix chat_notifications_.';
revoke execute on function private.metrics(timestamptz) from public;
grant execute on function private.metrics(timestamptz) to service_role, notifier;
