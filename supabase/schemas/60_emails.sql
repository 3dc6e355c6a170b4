-- From notifications to letters: e-mails, dispatches, and the outcome of sending.

create table private.dispatches (
  id uuid primary key,
  status text not null default 'sending',
  attempt integer not null default 1,
  next_attempt_at timestamptz not null,
  letter_count integer not null,
  facts jsonb not null,
  body_sha256 bytea,
  first_attempt_at timestamptz,
  ambiguous_at timestamptz,
  body text,
  unconfirmed_at timestamptz,
  outcome text,
  last_error text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint dispatches_status_is_known check (status in ('sending', 'retrying', 'sent', 'failed')),
  constraint dispatches_hold_a_batch check (letter_count between 1 and 100),
  constraint dispatches_sent_were_attempted check (status <> 'sent' or first_attempt_at is not null),
  constraint dispatches_body_hash_is_sha256 check (octet_length(body_sha256) = 32)
);
comment on table private.dispatches is
  'Up to 100 e-mails sent in one provider call under one idempotency key, the id. next_attempt_at: the end of the lease while sending, the time of the retry while retrying. facts: what its letters share, frozen. body: the request as sent, kept once an attempt was ambiguous. unconfirmed_at: sent by the provider''s word about its key alone.';
create index dispatches_next_attempt_idx on private.dispatches (next_attempt_at) where status in ('sending', 'retrying');
comment on index private.dispatches_next_attempt_idx is 'get_pending_notifications(): retries that are due and leases that ran out.';
create index dispatches_unconfirmed_idx on private.dispatches (unconfirmed_at) where unconfirmed_at is not null;
comment on index private.dispatches_unconfirmed_idx is 'What a webhook or the provider''s list has still to confirm.';
alter table private.dispatches enable row level security;

create table public.emails (
  id uuid primary key,
  user_id uuid not null,
  dispatch_id uuid not null,
  position smallint not null,
  kind text not null,
  status text not null default 'sending',
  address text not null,
  display_name text,
  locale text not null,
  time_zone text not null,
  parts jsonb not null,
  more jsonb not null,
  provider_id text,
  reason text,
  created_at timestamptz not null,
  sent_at timestamptz,
  updated_at timestamptz not null,
  constraint emails_kind_is_known check (kind in ('conversation', 'combined', 'digest')),
  constraint emails_status_is_known check (status in (
    'sending', 'retrying', 'sent', 'delivered', 'delayed', 'bounced', 'complained', 'failed', 'suppressed', 'discarded')),
  constraint emails_sent_have_a_time check (sent_at is not null or status not in ('sent', 'delivered', 'delayed', 'bounced', 'complained', 'suppressed')),
  constraint emails_failed_have_a_reason check (reason is not null or status not in ('failed', 'discarded'))
)
with (fillfactor = 85);
comment on table public.emails is
  'One composed letter to one recipient. parts: its events, each with count, shown message ids and mentions; more: what did not fit. States: docs/lifecycle.md.';
create index emails_dispatch_idx on public.emails (dispatch_id);
comment on index public.emails_dispatch_idx is 'A dispatch''s letters, for sending and marking.';
create index emails_failed_idx on public.emails (updated_at desc) where status = 'failed';
comment on index public.emails_failed_idx is 'The dead letters, newest first.';
create index emails_user_idx on public.emails (user_id, created_at desc);
comment on index public.emails_user_idx is 'A person''s letters, newest first.';
alter table public.emails enable row level security;
revoke all on public.emails from anon, authenticated, service_role;
grant select on public.emails to authenticated, service_role;
create policy "recipients read their own e-mails, operators all"
  on public.emails for select to authenticated
  using (user_id = (select auth.uid()) or (select private.is_operator()));

-- What a worker needs to send dispatches. One reading for the first attempt and for every later one: same facts, same bytes.
create function private.dispatches_to_send(dispatch_ids uuid[])
returns table (dispatch_id uuid, attempt integer, facts jsonb, letters jsonb, body text)
language sql
stable
set search_path = ''
as $$
  select d.id, d.attempt, d.facts,
    (
      select jsonb_agg(
        jsonb_build_object(
          'email_id', e.id,
          'kind', e.kind,
          'recipient', jsonb_build_object(
            'user_id', e.user_id, 'email', e.address, 'display_name', e.display_name,
            'locale', e.locale, 'time_zone', e.time_zone),
          'parts', e.parts,
          'more', e.more,
          'composed_at', e.created_at
        )
        order by e.position
      )
      from public.emails e
      where e.dispatch_id = d.id
    ),
    d.body
  from private.dispatches d
  where d.id = any(dispatch_ids)
  order by d.created_at, d.id;
$$;
revoke execute on function private.dispatches_to_send(uuid[]) from public;

create function private.lease_until(as_of timestamptz)
returns timestamptz
language sql
stable
set search_path = ''
as $$
  select as_of + make_interval(secs => s.lease_seconds)
  from private.settings s;
$$;
revoke execute on function private.lease_until(timestamptz) from public;

-- For a person to look at: one bad letter, or letters that ran out of time.
create function private.fail_letters(email_ids uuid[], reason text, as_of timestamptz)
returns void
language sql
volatile
set search_path = ''
as $$
  update public.emails e
  set status = 'failed', reason = fail_letters.reason, updated_at = as_of
  where e.id = any(email_ids);
  update public.notifications n
  set status = 'failed', reason = fail_letters.reason, updated_at = as_of
  where n.email_id = any(email_ids)
    and n.status = 'processing';
$$;
revoke execute on function private.fail_letters(uuid[], text, timestamptz) from public;

-- The provider forgets a key after 24 hours: from then on the same letters could be accepted a second time.
create function private.is_too_late(first_attempt_at timestamptz, as_of timestamptz)
returns boolean
language sql
immutable
return coalesce(first_attempt_at < as_of - interval '23 hours', false);
revoke execute on function private.is_too_late(timestamptz, timestamptz) from public;

-- Nobody found out in time whether these letters were accepted: a person decides.
create function private.give_up_dispatch(dispatch private.dispatches, reason text, as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform private.fail_letters(
    array(select e.id from public.emails e where e.dispatch_id = dispatch.id), 'outcome_unknown', as_of);
  update private.dispatches d
  set status = 'failed', outcome = 'outcome_unknown', last_error = coalesce(reason, d.last_error), updated_at = as_of
  where d.id = dispatch.id;
end
$$;
revoke execute on function private.give_up_dispatch(private.dispatches, text, timestamptz) from public;

-- Retries that are due, and dispatches whose worker went silent: nobody knows whether the request left, so the same
-- letters go again under the same key.
create function private.retake_dispatches(batch_size integer, not_this uuid, as_of timestamptz)
returns uuid[]
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_dispatch private.dispatches;
  v_retaken uuid[] := '{}';
begin
  for v_dispatch in
    select *
    from private.dispatches d
    where d.status in ('sending', 'retrying')
      and d.next_attempt_at <= as_of
      and d.id is distinct from not_this
    order by d.next_attempt_at
    limit greatest(1, batch_size / 100)
    for update skip locked
  loop
    if private.is_too_late(v_dispatch.first_attempt_at, as_of) then
      if v_dispatch.status = 'retrying' and v_dispatch.ambiguous_at is null then
        -- Every answer was a refusal: nothing was accepted, however long ago.
        perform private.dissolve_dispatch(v_dispatch.id, as_of, as_of);
      else
        perform private.give_up_dispatch(v_dispatch, null, as_of);
      end if;
      continue;
    end if;
    update private.dispatches d
    set status = 'sending',
      attempt = d.attempt + 1,
      next_attempt_at = private.lease_until(as_of),
      ambiguous_at = case
        when v_dispatch.status = 'sending' and d.first_attempt_at is not null then coalesce(d.ambiguous_at, as_of)
        else d.ambiguous_at
      end,
      updated_at = as_of
    where d.id = v_dispatch.id;
    update public.emails e
    set status = 'sending', updated_at = as_of
    where e.dispatch_id = v_dispatch.id
      and e.status = 'retrying';
    v_retaken := v_retaken || v_dispatch.id;
  end loop;
  return v_retaken;
end
$$;
revoke execute on function private.retake_dispatches(integer, uuid, timestamptz) from public;

-- Before the request leaves: is the attempt still ours? Remembers the hash of the first attempt's bytes.
-- Owner's rights: processors may execute this and read nothing.
create function private.begin_attempt(dispatch_id uuid, attempt integer, body_sha256 bytea, as_of timestamptz default now())
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update private.dispatches d
  set body_sha256 = coalesce(d.body_sha256, begin_attempt.body_sha256),
    first_attempt_at = coalesce(d.first_attempt_at, as_of),
    next_attempt_at = private.lease_until(as_of)
  where d.id = begin_attempt.dispatch_id
    and d.attempt = begin_attempt.attempt
    and d.status = 'sending'
    and not private.is_too_late(d.first_attempt_at, as_of);
  return found;
end
$$;
comment on function private.begin_attempt(uuid, integer, bytea, timestamptz) is
  'True: send now; the lease starts anew. False: another worker took the dispatch over, send nothing.';
revoke execute on function private.begin_attempt(uuid, integer, bytea, timestamptz) from public;
grant execute on function private.begin_attempt(uuid, integer, bytea, timestamptz) to service_role, notifier;

-- Owner's rights: processors may execute this and write nothing else.
create function public.mark_notification_sent(
  dispatch_id uuid, attempt integer, provider_ids text[] default '{}', as_of timestamptz default now()
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- A success always counts, also from a worker whose lease was taken over: the provider has the letters.
  update private.dispatches d
  set status = 'sent', outcome = 'accepted', first_attempt_at = coalesce(d.first_attempt_at, as_of), updated_at = as_of
  where d.id = mark_notification_sent.dispatch_id
    and d.attempt >= mark_notification_sent.attempt
    and d.status in ('sending', 'retrying');
  if not found then
    -- A later attempt may have learned of it by its key alone; now its ids are known.
    perform private.confirm_dispatch(dispatch_id, provider_ids, as_of);
    return false;
  end if;
  update public.emails e
  set status = 'sent', sent_at = as_of, updated_at = as_of, provider_id = provider_ids[e.position + 1]
  where e.dispatch_id = mark_notification_sent.dispatch_id
    and e.status in ('sending', 'retrying');
  update public.notifications n
  set status = 'sent', updated_at = as_of
  where n.email_id = any(array(
      select e.id
      from public.emails e
      where e.dispatch_id = mark_notification_sent.dispatch_id
    ))
    and n.status = 'processing';
  perform private.note_success(as_of);
  return true;
end
$$;
comment on function public.mark_notification_sent(uuid, integer, text[], timestamptz) is
  'The provider accepted a dispatch: provider_ids in the order of its letters. False: it was settled before.';
revoke execute on function public.mark_notification_sent(uuid, integer, text[], timestamptz) from public, anon, authenticated;
grant execute on function public.mark_notification_sent(uuid, integer, text[], timestamptz) to service_role, notifier;

-- A definite refusal: nothing was accepted. The letters go, their notifications are owed again and will be composed afresh.
create function private.dissolve_dispatch(dispatch_id uuid, as_of timestamptz, not_before timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  update public.notifications n
  set status = 'pending', email_id = null, updated_at = as_of, scheduled_for = greatest(n.scheduled_for, not_before)
  where n.email_id = any(array(
      select e.id
      from public.emails e
      where e.dispatch_id = dissolve_dispatch.dispatch_id
        and e.status in ('sending', 'retrying')
    ))
    and n.status = 'processing';
  delete from public.emails e
  where e.dispatch_id = dissolve_dispatch.dispatch_id
    and e.status in ('sending', 'retrying');
  delete from private.dispatches d
  where d.id = dissolve_dispatch.dispatch_id;
end
$$;
revoke execute on function private.dissolve_dispatch(uuid, timestamptz, timestamptz) from public;

-- Moves letters of a rejected dispatch into a new one, under a new key.
create function private.split_off(dispatch_id uuid, email_ids uuid[], as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_new_id uuid := private.uuid_v7(as_of);
begin
  if cardinality(email_ids) = 0 then
    return;
  end if;
  insert into private.dispatches (id, status, attempt, next_attempt_at, letter_count, facts, created_at, updated_at)
  select v_new_id, 'retrying', 0, as_of, cardinality(email_ids), d.facts, as_of, as_of
  from private.dispatches d
  where d.id = split_off.dispatch_id;
  update public.emails e
  set dispatch_id = v_new_id, position = o.position - 1, status = 'retrying', updated_at = as_of
  from unnest(email_ids) with ordinality o (email_id, position)
  where e.id = o.email_id;
end
$$;
revoke execute on function private.split_off(uuid, uuid[], timestamptz) from public;

-- The provider rejected a dispatch and accepted nothing of it: one letter is bad. The named one, or the last one left,
-- fails; the others go in new dispatches, in halves when no letter is named.
create function private.split_dispatch(dispatch private.dispatches, letter_index integer, reason text, as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_letters uuid[] := array(
    select e.id
    from public.emails e
    where e.dispatch_id = dispatch.id
    order by e.position
  );
  v_half integer := cardinality(v_letters) / 2;
begin
  if cardinality(v_letters) = 1 then
    letter_index := 0;
  end if;
  if letter_index between 0 and cardinality(v_letters) - 1 then
    perform private.fail_letters(v_letters[letter_index + 1 : letter_index + 1], reason, as_of);
    perform private.split_off(dispatch.id, v_letters[: letter_index] || v_letters[letter_index + 2 :], as_of);
    update private.dispatches d
    set status = 'failed', letter_count = 1, outcome = 'rejected', last_error = reason, updated_at = as_of
    where d.id = dispatch.id;
  else
    perform private.split_off(dispatch.id, v_letters[: v_half], as_of);
    perform private.split_off(dispatch.id, v_letters[v_half + 1 :], as_of);
    delete from private.dispatches d
    where d.id = dispatch.id;
  end if;
end
$$;
revoke execute on function private.split_dispatch(private.dispatches, integer, text, timestamptz) from public;

-- Same letters, same key, later: 30 s · 2ⁿ with full jitter, at most an hour, at least what the provider asked for.
create function private.retry_dispatch(
  dispatch private.dispatches, outcome text, reason text, retry_after_ms integer, body text, jitter double precision,
  as_of timestamptz
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_pause interval := case outcome
    when 'in_progress' then interval '1 second' * (1 + jitter)
    when 'rate_limited' then interval '1 second' * jitter
    else jitter * private.growing_pause(dispatch.attempt)
  end;
begin
  update private.dispatches d
  set status = 'retrying',
    outcome = retry_dispatch.outcome,
    last_error = reason,
    -- A request of ours that still runs may yet be accepted.
    ambiguous_at = case
      when retry_dispatch.outcome in ('ambiguous', 'in_progress') then coalesce(d.ambiguous_at, as_of)
      else d.ambiguous_at
    end,
    body = coalesce(d.body, retry_dispatch.body),
    next_attempt_at = as_of + greatest(v_pause, make_interval(secs => coalesce(retry_after_ms, 0) / 1000.0)),
    updated_at = as_of
  where d.id = dispatch.id;
  update public.emails e
  set status = 'retrying', updated_at = as_of
  where e.dispatch_id = dispatch.id
    and e.status = 'sending';
end
$$;
revoke execute on function private.retry_dispatch(private.dispatches, text, text, integer, text, double precision, timestamptz)
  from public;

-- What a failed attempt says about the provider, whoever's letters they were.
create function private.note_outcome(dispatch_id uuid, outcome text, reason text, retry_after_ms integer, as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  case outcome
    when 'ambiguous' then
      perform private.note_failure('provider', dispatch_id, reason, null, as_of);
    when 'unauthorized' then
      perform private.note_failure('authorization', dispatch_id, reason, null, as_of);
    when 'quota_exceeded' then
      perform private.note_failure('quota', dispatch_id, reason, private.quota_reset_at(reason, as_of), as_of);
    when 'rate_limited' then
      perform private.observe_rate_limit(null, coalesce(retry_after_ms, 1000), as_of);
    when 'rejected' then
      -- It answered, and knew us: only a letter is bad.
      perform private.note_success(as_of);
    else
      null;
  end case;
end
$$;
revoke execute on function private.note_outcome(uuid, text, text, integer, timestamptz) from public;

-- Owner's rights: processors may execute this and write nothing else.
create function public.mark_notification_failed(
  dispatch_id uuid, attempt integer, outcome text, reason text,
  letter_index integer default null, retry_after_ms integer default null, body text default null,
  jitter double precision default random(), as_of timestamptz default now()
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_dispatch private.dispatches;
begin
  if outcome is null
    or outcome not in (
      'ambiguous', 'in_progress', 'refused', 'rate_limited', 'quota_exceeded', 'unauthorized', 'rejected', 'unconfirmed')
  then
    raise exception using
      errcode = 'CN011',
      message = format('No such outcome: %s.', outcome),
      hint = 'One of ambiguous, in_progress, refused, rate_limited, quota_exceeded, unauthorized, rejected, unconfirmed.';
  end if;
  select *
  into v_dispatch
  from private.dispatches d
  where d.id = mark_notification_failed.dispatch_id
    and d.attempt = mark_notification_failed.attempt
    and d.status = 'sending'
  for update;
  if not found then
    return false;
  end if;
  perform private.note_outcome(dispatch_id, outcome, reason, retry_after_ms, as_of);

  if outcome = 'unconfirmed' then
    -- The key was taken with other bytes: an earlier attempt was accepted. A webhook or the provider's list confirms it.
    perform public.mark_notification_sent(dispatch_id, attempt, '{}', as_of);
    update private.dispatches d
    set outcome = 'unconfirmed', last_error = reason, unconfirmed_at = as_of
    where d.id = v_dispatch.id;
  elsif private.is_too_late(v_dispatch.first_attempt_at, as_of)
    and (outcome in ('ambiguous', 'in_progress') or v_dispatch.ambiguous_at is not null)
  then
    perform private.give_up_dispatch(v_dispatch, reason, as_of);
  elsif outcome in ('ambiguous', 'in_progress')
    -- After an ambiguous attempt a refusal says nothing of the earlier request: the same letters stay.
    or v_dispatch.ambiguous_at is not null
    -- A short pause is waited out; composing afresh would cost more.
    or (outcome = 'rate_limited' and coalesce(retry_after_ms, 1000) <= 10000)
  then
    perform private.retry_dispatch(v_dispatch, outcome, reason, retry_after_ms, body, jitter, as_of);
  elsif outcome = 'rejected' then
    perform private.split_dispatch(v_dispatch, letter_index, reason, as_of);
  else
    perform private.dissolve_dispatch(dispatch_id, as_of, as_of + make_interval(secs => coalesce(retry_after_ms, 0) / 1000.0));
  end if;
  return true;
end
$$;
comment on function public.mark_notification_failed(uuid, integer, text, text, integer, integer, text, double precision, timestamptz) is
  'A dispatch was not accepted, or nobody knows. outcome: ambiguous (no answer, 5xx), in_progress (409, the first request still runs), refused (nothing accepted), of that rate_limited and quota_exceeded (429), unauthorized (401, 403); rejected (4xx: a letter is bad, letter_index if named), unconfirmed (409, the key was taken with other bytes). body: the request, kept while its outcome is unknown (ambiguous, in_progress). jitter: 0 to 1.';
revoke execute on function public.mark_notification_failed(uuid, integer, text, text, integer, integer, text, double precision, timestamptz)
  from public, anon, authenticated;
grant execute on function public.mark_notification_failed(uuid, integer, text, text, integer, integer, text, double precision, timestamptz)
  to service_role, notifier;

-- Owner's rights: processors may execute this and read nothing else.
create function private.unconfirmed_letters(as_of timestamptz default now())
returns table (dispatch_id uuid, since timestamptz, email_id uuid, address text)
language sql
stable
security definer
set search_path = ''
as $$
  select d.id, d.first_attempt_at, e.id, e.address
  from private.dispatches d
  join public.emails e on e.dispatch_id = d.id and e.position = 0
  where d.unconfirmed_at between as_of - interval '1 hour' and as_of
  order by d.unconfirmed_at
  limit 10;
$$;
comment on function private.unconfirmed_letters(timestamptz) is
  'Dispatches of the last hour that the provider has by its word about their key alone: since when, and their first letter. All were accepted or none.';
revoke execute on function private.unconfirmed_letters(timestamptz) from public;
grant execute on function private.unconfirmed_letters(timestamptz) to service_role, notifier;

-- Owner's rights: processors may execute this and write nothing else.
create function private.confirm_dispatch(dispatch_id uuid, provider_ids text[] default null, as_of timestamptz default now())
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update private.dispatches d
  set unconfirmed_at = null, outcome = 'accepted', updated_at = as_of
  where d.id = confirm_dispatch.dispatch_id
    and d.unconfirmed_at is not null;
  if not found then
    return false;
  end if;
  update public.emails e
  set provider_id = provider_ids[e.position + 1]
  where e.dispatch_id = confirm_dispatch.dispatch_id
    and e.provider_id is null
    and provider_ids[e.position + 1] is not null;
  return true;
end
$$;
revoke execute on function private.confirm_dispatch(uuid, text[], timestamptz) from public;
grant execute on function private.confirm_dispatch(uuid, text[], timestamptz) to service_role, notifier;
