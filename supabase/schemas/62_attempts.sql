-- Attempts to send a dispatch: what a worker gets, how long it is its own, who takes over.

-- What a worker needs to send dispatches. One reading for the first attempt and for every later one: same facts, same bytes.
create function private.dispatches_to_send(dispatch_ids uuid[])
returns table (dispatch_id uuid, attempt integer, facts jsonb, letters json, body text)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select d.id, d.attempt, d.facts,
    (
      select json_agg(
        -- Written once, read by nobody here: as jsonb it took twice as long.
        json_build_object(
          'email_id', e.id,
          'kind', e.kind,
          'digest', e.digest,
          'recipient', json_build_object(
            'user_id', e.user_id, 'email', e.address, 'display_name', e.display_name,
            'locale', e.locale, 'time_zone', e.time_zone, 'content_mode', e.content_mode),
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
end
$$;
revoke execute on function private.dispatches_to_send(uuid[]) from public;

-- For whoever is told to send a dispatch that somebody else claimed. Owner's rights: processors may execute this and
-- read nothing.
create function private.held_dispatch(id uuid, held_attempt integer)
returns table (dispatch_id uuid, attempt integer, facts jsonb, letters json, body text)
language sql
stable
security definer
set search_path = ''
as $$
  select s.dispatch_id, s.attempt, s.facts, s.letters, s.body
  from private.dispatches d
  cross join lateral private.dispatches_to_send(array[d.id]) s
  where d.id = held_dispatch.id
    and d.attempt = held_attempt
    and d.status = 'sending';
$$;
comment on function private.held_dispatch(uuid, integer) is
  'A claimed dispatch as get_pending_notifications() gave it, while its attempt still holds it; no row: it does not.';
revoke execute on function private.held_dispatch(uuid, integer) from public;
grant execute on function private.held_dispatch(uuid, integer) to service_role, notifier;

create function private.lease_until(as_of timestamptz)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
  -- plpgsql, to be planned once a connection, not for each dispatch: 0.13 ms.
  return (
    select as_of + make_interval(secs => s.lease_seconds)
    from private.settings s
  );
end
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
stable
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
    if v_dispatch.first_attempt_at is null and v_dispatch.created_at < as_of - interval '1 hour' then
      -- Nothing of it can have been accepted, and what it says is old: composed afresh, with what is true now.
      perform private.dissolve_dispatch(v_dispatch.id, as_of, as_of);
      continue;
    end if;
    if private.is_too_late(v_dispatch.first_attempt_at, as_of) then
      perform private.give_up_dispatch(v_dispatch, null, as_of);
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
