-- Numbers for operators, counted once and kept small. The processor counts in steps, from indexes, a minute after the
-- fact: a trigger on the hot tables would make every letter pay for it.

create index dispatches_settled_idx on private.dispatches (updated_at) where status in ('sent', 'failed');
comment on index private.dispatches_settled_idx is 'roll_up(): what was settled in a minute. One entry per dispatch, not per letter.';
create index bursts_settled_idx on private.bursts (settled_at) where settled_at is not null;
comment on index private.bursts_settled_idx is 'roll_up(): which messages were told in a minute.';
-- A few bytes per megabyte: the specification's queries over days need no scan of all years.
create index notifications_created_idx on public.notifications using brin (created_at) with (pages_per_range = 32, autosummarize = on);
comment on index public.notifications_created_idx is 'notification_stats and the specification''s queries: rows of the last days.';

create table private.rollups (
  width text not null,
  at timestamptz not null,
  messages integer not null default 0,
  dispatches integer not null default 0,
  letters_sent integer not null default 0,
  letters_failed integer not null default 0,
  delivered integer not null default 0,
  delayed integer not null default 0,
  bounced integer not null default 0,
  complained integer not null default 0,
  failed_later integer not null default 0,
  webhooks integer not null default 0,
  primary key (width, at),
  constraint rollups_width_is_known check (width in ('minute', 'hour'))
);
comment on table private.rollups is
  'Counts by minute (kept three days) and hour (kept 400 days). letters_failed: rejected, or of unknown outcome for 23 hours; failed_later: accepted, then given up or suppressed by the provider. Minutes without anything have no row.';
alter table private.rollups enable row level security;

create table private.delays (
  width text not null,
  at timestamptz not null,
  measure text not null,
  bucket smallint not null,
  samples integer not null,
  primary key (width, measure, at, bucket),
  constraint delays_width_is_known check (width in ('minute', 'hour')),
  constraint delays_measure_is_known check (measure in ('due_to_sent', 'message_to_sent', 'claim_to_sent', 'sent_to_delivered'))
);
comment on table private.delays is
  'Histograms of delays from at most a thousand letters a minute. Bucket b holds 0.01 · 1.3^(b-1) to 0.01 · 1.3^b seconds. due_to_sent: since scheduled_for, so that what waits on purpose is not late. message_to_sent: of letters that were due when their burst closed. claim_to_sent: of a dispatch sent at the first attempt.';
alter table private.delays enable row level security;

create table private.event_days (
  event_id uuid not null,
  day date not null,
  letters double precision not null,
  primary key (day, event_id)
);
comment on table private.event_days is
  'Letters by event and UTC day; a letter about several events is shared among them. Exact up to 200 dispatches a minute, projected from as many beyond.';
alter table private.event_days enable row level security;

create table private.rollup_progress (
  only_row boolean primary key default true,
  rolled_up_to timestamptz,
  since timestamptz,
  constraint rollup_progress_has_one_row check (only_row)
);
comment on table private.rollup_progress is 'How far the rollups have come, and since when there are any.';
alter table private.rollup_progress enable row level security;
insert into private.rollup_progress default values;

create function private.delay_bucket(delay interval)
returns smallint
language sql
immutable
return least(80, greatest(0, ceil(ln(greatest(0.01, extract(epoch from delay)) / 0.01) / ln(1.3))))::smallint;
revoke execute on function private.delay_bucket(interval) from public;

create function private.delay_of_bucket(bucket double precision)
returns double precision
language sql
immutable
return 0.01 * 1.3 ^ bucket;
comment on function private.delay_of_bucket(double precision) is 'Seconds at a place in the histogram.';
revoke execute on function private.delay_of_bucket(double precision) from public;

create function private.count_minutes(since timestamptz, until timestamptz)
returns void
language sql
volatile
set search_path = ''
as $$
  with counted as (
    select d.updated_at as at, 0 as messages, 1 as dispatches,
      case when d.status = 'sent' then d.letter_count else 0 end as letters_sent,
      case when d.status = 'failed' then d.letter_count else 0 end as letters_failed,
      null as type, null as detail
    from private.dispatches d
    where d.status in ('sent', 'failed')
      and d.updated_at >= since
      and d.updated_at < until
    union all
    select b.settled_at, b.message_count, 0, 0, 0, null, null
    from private.bursts b
    where b.settled_at >= since
      and b.settled_at < until
    union all
    select w.received_at, 0, 0, 0, 0, case when w.result = 'applied' then w.type else '' end, w.detail
    from private.webhook_events w
    where w.received_at >= since
      and w.received_at < until
  )
  insert into private.rollups as r
    (width, at, messages, dispatches, letters_sent, letters_failed, delivered, delayed, bounced, complained, failed_later, webhooks)
  select w.width, date_trunc(w.width, c.at, 'UTC'),
    sum(c.messages), sum(c.dispatches), sum(c.letters_sent), sum(c.letters_failed),
    count(*) filter (where c.type = 'email.delivered'),
    count(*) filter (where c.type = 'email.delivery_delayed'),
    count(*) filter (where c.type = 'email.bounced'),
    count(*) filter (where c.type = 'email.complained'),
    count(*) filter (where c.type = 'email.suppressed'
      or (c.type = 'email.failed' and c.detail is distinct from 'reached_daily_quota')),
    count(c.type)
  from counted c
  cross join (values ('minute'), ('hour')) w (width)
  group by 1, 2
  on conflict (width, at) do update
  set messages = r.messages + excluded.messages,
    dispatches = r.dispatches + excluded.dispatches,
    letters_sent = r.letters_sent + excluded.letters_sent,
    letters_failed = r.letters_failed + excluded.letters_failed,
    delivered = r.delivered + excluded.delivered,
    delayed = r.delayed + excluded.delayed,
    bounced = r.bounced + excluded.bounced,
    complained = r.complained + excluded.complained,
    failed_later = r.failed_later + excluded.failed_later,
    webhooks = r.webhooks + excluded.webhooks;
$$;
revoke execute on function private.count_minutes(timestamptz, timestamptz) from public;

-- Of each minute at most 200 dispatches, of each of these five letters.
create function private.measure_delays(since timestamptz, until timestamptz)
returns void
language sql
volatile
set search_path = ''
as $$
  with dispatch as materialized (
    select d.id, d.created_at, d.updated_at, d.attempt,
      row_number() over (partition by date_trunc('minute', d.updated_at) order by d.updated_at, d.id) as position
    from private.dispatches d
    where d.status = 'sent'
      and d.updated_at >= since
      and d.updated_at < until
  ), letter as materialized (
    select d.updated_at as at, due.first_at, due.written_at
    from dispatch d
    join public.emails e on e.dispatch_id = d.id and e.position < 5
    cross join lateral (
      select min(n.scheduled_for) as first_at,
        min(coalesce(b.opened_at, n.created_at)) filter (
          where n.lane < 2
            and n.scheduled_for <= coalesce(b.closes_at, n.created_at + interval '1 minute') + interval '1 second'
        ) as written_at
      from public.notifications n
      left join private.bursts b on b.id = n.burst_id
      where n.email_id = e.id
    ) due
    where d.position <= 200
  ), delivery as (
    select w.received_at as at, w.occurred_at - e.sent_at as delay
    from (
      select received_at, occurred_at, email_id,
        row_number() over (partition by date_trunc('minute', received_at)) as position
      from private.webhook_events
      where received_at >= since
        and received_at < until
        and type = 'email.delivered'
        and result = 'applied'
    ) w
    join public.emails e on e.id = w.email_id
    where w.position <= 1000
  ), measured as (
    select 'claim_to_sent' as measure, d.updated_at as at, d.updated_at - d.created_at as delay
    from dispatch d
    where d.attempt = 1
      and d.position <= 200
    union all
    select 'due_to_sent', l.at, l.at - l.first_at
    from letter l
    where l.first_at is not null
    union all
    select 'message_to_sent', l.at, l.at - l.written_at
    from letter l
    where l.written_at is not null
    union all
    select 'sent_to_delivered', d.at, d.delay
    from delivery d
    where d.delay is not null
  )
  insert into private.delays as r (width, at, measure, bucket, samples)
  select w.width, date_trunc(w.width, m.at, 'UTC'), m.measure, private.delay_bucket(m.delay), count(*)
  from measured m
  cross join (values ('minute'), ('hour')) w (width)
  group by 1, 2, 3, 4
  on conflict (width, measure, at, bucket) do update
  set samples = r.samples + excluded.samples;
$$;
revoke execute on function private.measure_delays(timestamptz, timestamptz) from public;

create function private.count_event_days(since timestamptz, until timestamptz)
returns void
language sql
volatile
set search_path = ''
as $$
  with dispatch as materialized (
    select d.id, d.updated_at,
      row_number() over (partition by date_trunc('minute', d.updated_at) order by d.updated_at, d.id) as position,
      count(*) over (partition by date_trunc('minute', d.updated_at)) as of_minute
    from private.dispatches d
    where d.status = 'sent'
      and d.updated_at >= since
      and d.updated_at < until
  ), share as (
    select (part ->> 'event_id')::uuid as event_id,
      timezone('UTC', d.updated_at)::date as day,
      greatest(1, d.of_minute / 200.0) / jsonb_array_length(e.parts) as letters
    from dispatch d
    join public.emails e on e.dispatch_id = d.id
    cross join lateral jsonb_array_elements(e.parts) part
    where d.position <= 200
  )
  insert into private.event_days as r (event_id, day, letters)
  select s.event_id, s.day, sum(s.letters)
  from share s
  group by s.event_id, s.day
  on conflict (day, event_id) do update
  set letters = r.letters + excluded.letters;
$$;
revoke execute on function private.count_event_days(timestamptz, timestamptz) from public;

-- Owner's rights: processors may have it counted, not read it.
create function private.roll_up(as_of timestamptz default now())
returns interval
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_since timestamptz;
  v_until timestamptz;
  v_busy timestamptz;
begin
  -- One at a time; whoever finds it taken has nothing to do.
  select coalesce(p.rolled_up_to, date_trunc('minute', least(
    as_of - interval '1 hour',
    (select min(d.updated_at) from private.dispatches d where d.status in ('sent', 'failed')),
    (select min(b.settled_at) from private.bursts b where b.settled_at is not null))))
  into v_since
  from private.rollup_progress p
  for update skip locked;
  -- Half a minute for transactions that are late to commit; what is later still is not counted.
  v_until := least(date_trunc('minute', as_of - interval '30 seconds'), v_since + interval '6 hours');
  if v_since is null or v_until <= v_since then
    return interval '0';
  end if;
  -- In small steps after a pause: at most about 20,000 dispatches at once.
  select date_trunc('minute', d.updated_at)
  into v_busy
  from private.dispatches d
  where d.status in ('sent', 'failed')
    and d.updated_at >= v_since
    and d.updated_at < v_until
  order by d.updated_at
  offset 20000
  limit 1;
  if v_busy is not null then
    v_until := greatest(v_busy, v_since + interval '1 minute');
  end if;
  perform private.count_minutes(v_since, v_until);
  perform private.measure_delays(v_since, v_until);
  perform private.count_event_days(v_since, v_until);
  perform private.audit_outcomes(v_since, v_until);
  perform private.note_signing_key(v_since, v_until);
  update private.rollup_progress p
  set rolled_up_to = v_until, since = coalesce(p.since, v_since);
  return v_until - v_since;
end
$$;
comment on function private.roll_up(timestamptz) is
  'Counts the minutes that have ended since the last call, six hours at most. Returns how much time it covered; zero: nothing to do.';
revoke execute on function private.roll_up(timestamptz) from public;
grant execute on function private.roll_up(timestamptz) to service_role, notifier;

create function private.delay_percentiles(measure text, since timestamptz, until timestamptz, out p50 double precision,
  out p95 double precision, out p99 double precision, out samples bigint)
language sql
stable
set search_path = ''
as $$
  with bucket as (
    select d.bucket, sum(d.samples) as samples,
      sum(sum(d.samples)) over (order by d.bucket) as up_to,
      sum(sum(d.samples)) over () as of_all
    from private.delays d
    -- Minutes for short times, hours for long ones: a month of minutes would be a scan.
    where d.width = case when until - since <= interval '6 hours' then 'minute' else 'hour' end
      and d.measure = delay_percentiles.measure
      and d.at >= since
      and d.at < until
    group by d.bucket
  ), reached as (
    -- Where in its bucket the share lies, taking the bucket as even.
    select s.share, private.delay_of_bucket(min(b.bucket - (b.up_to - s.share * b.of_all) / b.samples)::double precision) as seconds
    from (values (0.5), (0.95), (0.99)) s (share)
    join bucket b on b.up_to >= s.share * b.of_all and b.up_to - b.samples < s.share * b.of_all
    group by s.share
  )
  select
    (select r.seconds from reached r where r.share = 0.5),
    (select r.seconds from reached r where r.share = 0.95),
    (select r.seconds from reached r where r.share = 0.99),
    coalesce((select max(b.of_all) from bucket b), 0)::bigint;
$$;
comment on function private.delay_percentiles(text, timestamptz, timestamptz) is
  'Seconds, to within a seventh. Up to six hours from minutes, beyond from hours.';
revoke execute on function private.delay_percentiles(text, timestamptz, timestamptz) from public;
