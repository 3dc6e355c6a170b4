-- May we send? The provider's limits, circuit breakers and switches. In the database, because edge functions and
-- workers share nothing else.

create table private.provider_state (
  only_row boolean primary key default true,
  request_tokens double precision not null default 0,
  email_tokens double precision not null default 0,
  refilled_at timestamptz not null default '-infinity',
  paused_until timestamptz not null default '-infinity',
  observed_requests_per_second double precision,
  constraint provider_state_has_one_row check (only_row)
);
comment on table private.provider_state is
  'The token buckets, and what the provider said of its limits. Tokens may be negative: what went out beyond a permission is paid back.';
alter table private.provider_state enable row level security;
insert into private.provider_state default values;

create table private.breakers (
  name text primary key,
  state text not null default 'closed',
  failures integer not null default 0,
  openings integer not null default 0,
  open_until timestamptz,
  probe_until timestamptz,
  last_failed_dispatch uuid,
  reason text,
  changed_at timestamptz not null default now(),
  constraint breakers_name_is_known check (name in ('provider', 'authorization', 'quota')),
  constraint breakers_state_is_known check (state in ('closed', 'open', 'half_open')),
  constraint breakers_open_have_an_end check (state = 'closed' or open_until is not null)
);
comment on table private.breakers is
  'provider: five failing dispatches in a row. authorization: the key was refused. quota: used up until open_until. Open lets nothing out; after open_until one dispatch at a time probes (half_open).';
alter table private.breakers enable row level security;
insert into private.breakers (name) values ('provider'), ('authorization'), ('quota');

create table private.breaker_changes (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  name text not null,
  state text not null,
  reason text
);
comment on table private.breaker_changes is 'What breakers did, and why.';
create index breaker_changes_at_idx on private.breaker_changes (at desc);
comment on index private.breaker_changes_at_idx is 'The operators'' list, newest first.';
alter table private.breaker_changes enable row level security;

grant select on private.breakers, private.breaker_changes, private.provider_state to authenticated, service_role;
create policy "operators read breakers" on private.breakers for select to authenticated
  using ((select private.is_operator()));
create policy "operators read what breakers did" on private.breaker_changes for select to authenticated
  using ((select private.is_operator()));
create policy "operators read the provider's state" on private.provider_state for select to authenticated
  using ((select private.is_operator()));

create function private.move_breaker(name text, state text, open_until timestamptz, reason text, as_of timestamptz)
returns void
language sql
volatile
set search_path = ''
as $$
  update private.breakers b
  set state = move_breaker.state,
    open_until = case when move_breaker.state = 'closed' then null else move_breaker.open_until end,
    probe_until = null,
    failures = case when move_breaker.state = 'closed' then 0 else b.failures end,
    openings = case move_breaker.state when 'closed' then 0 when 'open' then b.openings + 1 else b.openings end,
    reason = move_breaker.reason,
    changed_at = as_of
  where b.name = move_breaker.name;
  insert into private.breaker_changes (at, name, state, reason)
  values (as_of, name, state, reason);
$$;
revoke execute on function private.move_breaker(text, text, timestamptz, text, timestamptz) from public;

-- A dispatch was accepted: the provider works, the key is right, there is quota. Writes only when that is news.
create function private.note_success(as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  if exists (select from private.breakers b where b.failures > 0 or b.state <> 'closed') then
    -- All of them, in one order: two processors may have news of different ones.
    perform
    from private.breakers b
    order by b.name
    for update;
    perform private.move_breaker(b.name, 'closed', null, 'accepted', as_of)
    from private.breakers b
    where b.state <> 'closed';
    update private.breakers b
    set failures = 0
    where b.failures > 0;
  end if;
end
$$;
revoke execute on function private.note_success(timestamptz) from public;

-- A dispatch failed. provider opens at the fifth in a row for 30 s, doubling to 15 min; authorization at once for a
-- minute, doubling likewise; quota until the given time. A failed probe opens its breaker again.
create function private.note_failure(name text, dispatch_id uuid, reason text, until timestamptz, as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_breaker private.breakers;
begin
  update private.breakers b
  set failures = b.failures + 1, last_failed_dispatch = dispatch_id
  where b.name = note_failure.name
  returning * into v_breaker;
  if v_breaker.state = 'open'
    or (name = 'provider' and v_breaker.state = 'closed' and v_breaker.failures < 5)
  then
    return;
  end if;
  perform private.move_breaker(
    name, 'open',
    coalesce(until, as_of + least(
      interval '15 minutes',
      case name when 'provider' then interval '30 seconds' else interval '1 minute' end * 2 ^ least(v_breaker.openings, 10))),
    reason, as_of);
end
$$;
revoke execute on function private.note_failure(text, uuid, text, timestamptz, timestamptz) from public;

-- When a used-up quota begins anew: Resend's days and months are UTC's.
create function private.quota_reset_at(reason text, as_of timestamptz)
returns timestamptz
language sql
immutable
return timezone('UTC', case
  when reason like 'monthly%' then date_trunc('month', timezone('UTC', as_of)) + interval '1 month'
  else date_trunc('day', timezone('UTC', as_of)) + interval '1 day'
end);
revoke execute on function private.quota_reset_at(text, timestamptz) from public;

create table private.pauses (
  scope text not null,
  id uuid not null,
  paused_at timestamptz not null default now(),
  paused_by uuid,
  primary key (scope, id),
  constraint pauses_scope_is_known check (scope in ('everything', 'organization', 'event')),
  constraint pauses_of_everything_name_nothing check (scope <> 'everything' or id = '00000000-0000-0000-0000-000000000000')
);
comment on table private.pauses is 'What operators paused. id: of the organization or event; the zero uuid for everything.';
alter table private.pauses enable row level security;
grant select on private.pauses to authenticated, service_role;
create policy "operators read pauses" on private.pauses for select to authenticated
  using ((select private.is_operator()));

create function private.paused_event_ids()
returns setof uuid
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select p.id
  from private.pauses p
  where p.scope = 'event'
  union all
  select e.event_id
  from private.pauses p
  cross join lateral private.organization_event_ids(p.id) e
  where p.scope = 'organization';
end
$$;
revoke execute on function private.paused_event_ids() from public;

create type private.permission as (letters integer, retry_at timestamptz, reason text);
comment on type private.permission is 'How many letters may go out now; none: when to ask again (null: when somebody changes something) and why.';

-- Breakers: null while all are closed; else whether a probe may go.
create function private.ask_breakers(wanted integer, as_of timestamptz)
returns private.permission
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_breaker private.breakers;
begin
  if not exists (select from private.breakers b where b.state <> 'closed') then
    return null;
  end if;
  -- The one that stays open longest decides; others are probed by the same dispatch.
  select *
  into v_breaker
  from private.breakers b
  where b.state <> 'closed'
  order by greatest(b.open_until, b.probe_until) desc, b.name
  limit 1
  for update;
  if not found then
    return null;
  elsif v_breaker.open_until > as_of then
    return (0, v_breaker.open_until, 'breaker_' || v_breaker.name)::private.permission;
  elsif v_breaker.probe_until > as_of then
    return (0, least(v_breaker.probe_until, as_of + interval '1 second'), 'breaker_' || v_breaker.name)::private.permission;
  end if;
  if v_breaker.state = 'open' then
    perform private.move_breaker(v_breaker.name, 'half_open', v_breaker.open_until, v_breaker.reason, as_of);
  end if;
  update private.breakers b
  set probe_until = private.lease_until(as_of)
  where b.name = v_breaker.name;
  return (least(wanted, 100), null, 'probe')::private.permission;
end
$$;
revoke execute on function private.ask_breakers(integer, timestamptz) from public;

-- Token buckets of one second's size. Taken before claiming, so that no more is claimed than may go out.
create function private.take_tokens(wanted integer, as_of timestamptz)
returns private.permission
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_requests double precision;
  v_emails double precision;
  v_state private.provider_state;
  v_elapsed double precision;
  v_letters integer;
begin
  -- Without a limit the bucket is practically bottomless.
  select coalesce(least(s.requests_per_second, p.observed_requests_per_second), 1e6), coalesce(s.emails_per_second, 1e8)
  into v_requests, v_emails
  from private.settings s
  cross join private.provider_state p;
  select *
  into v_state
  from private.provider_state
  for update;
  if v_state.paused_until > as_of then
    return (0, v_state.paused_until, 'rate_limited')::private.permission;
  end if;
  v_elapsed := greatest(0, least(60, extract(epoch from as_of - greatest(v_state.refilled_at, as_of - interval '1 minute'))));
  v_state.request_tokens := least(greatest(1, v_requests), v_state.request_tokens + v_elapsed * v_requests);
  v_state.email_tokens := least(greatest(1, v_emails), v_state.email_tokens + v_elapsed * v_emails);
  v_letters := greatest(0, least(wanted, floor(v_state.email_tokens), floor(v_state.request_tokens) * 100));
  update private.provider_state
  set request_tokens = v_state.request_tokens - ceil(v_letters / 100.0),
    email_tokens = v_state.email_tokens - v_letters,
    refilled_at = greatest(refilled_at, as_of);
  if v_letters > 0 then
    return (v_letters, null, null)::private.permission;
  end if;
  return (
    0,
    as_of + make_interval(secs => greatest(
      (1 - v_state.request_tokens) / v_requests, (1 - v_state.email_tokens) / v_emails, 0.001)),
    'rate_limited'
  )::private.permission;
end
$$;
revoke execute on function private.take_tokens(integer, timestamptz) from public;

-- Owner's rights: processors may execute this and read nothing.
create function private.permit_sending(deployment_url text, wanted integer, as_of timestamptz default now())
returns private.permission
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_settings private.settings;
  v_permission private.permission;
begin
  select *
  into v_settings
  from private.settings;
  if v_settings.delivery_on_for is distinct from deployment_url then
    return (0, null, 'delivery_off')::private.permission;
  elsif exists (select from private.pauses p where p.scope = 'everything') then
    return (0, null, 'paused')::private.permission;
  end if;
  v_permission := private.ask_breakers(wanted, as_of);
  if v_permission.letters is not null then
    return v_permission;
  elsif v_settings.requests_per_second is null and v_settings.emails_per_second is null
    and not exists (select from private.provider_state p where p.paused_until > as_of or p.observed_requests_per_second is not null)
  then
    return (wanted, null, null)::private.permission;
  end if;
  return private.take_tokens(wanted, as_of);
end
$$;
comment on function private.permit_sending(text, integer, timestamptz) is
  'Step 3 of a pass: how many letters this deployment may claim and send now.';
revoke execute on function private.permit_sending(text, integer, timestamptz) from public;
grant execute on function private.permit_sending(text, integer, timestamptz) to service_role, notifier;

-- Owner's rights: processors may execute this and read nothing.
create function private.return_permission(letters integer, requests integer, as_of timestamptz default now())
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update private.provider_state p
  set request_tokens = p.request_tokens + requests, email_tokens = p.email_tokens + letters
  from private.settings s
  where s.requests_per_second is not null
    or s.emails_per_second is not null
    or p.observed_requests_per_second is not null;
  -- A probe that found nothing to send leaves the breaker to the next one.
  if requests > 0 then
    update private.breakers b
    set probe_until = null
    where b.state = 'half_open'
      and b.probe_until is not null;
  end if;
end
$$;
comment on function private.return_permission(integer, integer, timestamptz) is
  'Gives back what a permission did not use; negative for what a retried dispatch took beyond it.';
revoke execute on function private.return_permission(integer, integer, timestamptz) from public;
grant execute on function private.return_permission(integer, integer, timestamptz) to service_role, notifier;

-- Owner's rights: processors may execute this and read nothing.
create function private.observe_rate_limit(requests_per_second double precision, paused_ms integer, as_of timestamptz default now())
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  update private.provider_state p
  set observed_requests_per_second = coalesce(
      case when observe_rate_limit.requests_per_second > 0 then observe_rate_limit.requests_per_second end,
      p.observed_requests_per_second),
    paused_until = greatest(p.paused_until, as_of + make_interval(secs => least(coalesce(paused_ms, 0), 60000) / 1000.0)),
    -- After a pause the bucket fills from nothing: everybody at once would run into the limit again.
    request_tokens = case when paused_ms > 0 then least(p.request_tokens, 0) else p.request_tokens end,
    email_tokens = case when paused_ms > 0 then least(p.email_tokens, 0) else p.email_tokens end,
    refilled_at = case
      when paused_ms > 0 then greatest(p.refilled_at, as_of + make_interval(secs => least(paused_ms, 60000) / 1000.0))
      else p.refilled_at
    end;
$$;
comment on function private.observe_rate_limit(double precision, integer, timestamptz) is
  'What the provider''s headers say: its requests per second (null: unchanged), and how long nothing may be sent.';
revoke execute on function private.observe_rate_limit(double precision, integer, timestamptz) from public;
grant execute on function private.observe_rate_limit(double precision, integer, timestamptz) to service_role, notifier;
