-- Who processes: heartbeats, and the times when nobody did.

create table private.processors (
  id text primary key,
  kind text not null,
  version text not null,
  started_at timestamptz not null,
  beat_at timestamptz not null,
  constraint processors_kind_is_known check (kind in ('worker', 'schedule', 'local')),
  constraint processors_id_is_short check (length(id) <= 100 and length(version) <= 50)
);
comment on table private.processors is 'Processors and their last word. kind: a worker, the scheduled functions, or the local stack''s loop.';
alter table private.processors enable row level security;
grant select on private.processors to authenticated, service_role;
create policy "operators read processors" on private.processors for select to authenticated
  using ((select private.is_operator()));

create table private.outages (
  from_at timestamptz primary key,
  until_at timestamptz not null,
  constraint outages_end_after_they_begin check (until_at > from_at)
);
comment on table private.outages is 'Times without a word from any processor, longer than silent_after_seconds. Written when one speaks again.';
alter table private.outages enable row level security;
grant select on private.outages to authenticated, service_role;
create policy "operators read outages" on private.outages for select to authenticated
  using ((select private.is_operator()));

-- Owner's rights: processors may say that they live, and read nothing.
create function private.beat(processor text, kind text, version text, as_of timestamptz default now())
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- Processors' own turns may be a second out of order, not more: the database's clock was set back.
  if exists (select from private.processors p where p.beat_at > as_of + interval '1 minute') then
    perform private.mend_clock(as_of);
  end if;
  insert into private.outages (from_at, until_at)
  select max(p.beat_at), as_of
  from private.processors p
  having max(p.beat_at) < as_of - (select make_interval(secs => s.silent_after_seconds) from private.settings s)
  on conflict do nothing;
  insert into private.processors as p (id, kind, version, started_at, beat_at)
  values (processor, kind, version, as_of, as_of)
  on conflict (id) do update
  set beat_at = excluded.beat_at, version = excluded.version, kind = excluded.kind
  where p.beat_at < excluded.beat_at;
end
$$;
comment on function private.beat(text, text, text, timestamptz) is 'A processor lives. Said every few seconds; the scheduled functions say it once a run.';
revoke execute on function private.beat(text, text, text, timestamptz) from public;
grant execute on function private.beat(text, text, text, timestamptz) to service_role, notifier;

create function private.uptime(since timestamptz, until timestamptz)
returns double precision
language sql
stable
set search_path = ''
as $$
  with watched as (
    select greatest(uptime.since, (select min(p.started_at) from private.processors p)) as since
  ), down as (
    select sum(extract(epoch from least(o.until_at, uptime.until) - greatest(o.from_at, w.since))) as seconds
    from watched w
    join (
      select from_at, until_at
      from private.outages
      union all
      -- The one that lasts.
      select max(p.beat_at), 'infinity'
      from private.processors p
      having max(p.beat_at) < uptime.until - (select make_interval(secs => s.silent_after_seconds) from private.settings s)
    ) o on o.until_at > w.since and o.from_at < uptime.until
  )
  select case when w.since < uptime.until then 1 - coalesce(d.seconds, 0) / extract(epoch from uptime.until - w.since) end
  from watched w
  cross join down d;
$$;
comment on function private.uptime(timestamptz, timestamptz) is 'Share of the time in which some processor spoke; null before the first ever did.';
revoke execute on function private.uptime(timestamptz, timestamptz) from public;
