-- What becomes of a dispatch that was not accepted: composed afresh, split, or tried again.

-- A definite refusal: nothing was accepted. The letters go, their notifications are owed again and will be composed afresh.
create function private.dissolve_dispatch(dispatch_id uuid, as_of timestamptz, not_before timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  update public.notifications n
  set status = 'pending', email_id = null, updated_at = as_of, scheduled_for = greatest(n.scheduled_for, not_before),
    waits = private.add_wait(n.waits, 'refused', as_of, n.scheduled_for, greatest(as_of, not_before))
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
    -- Refused, and never in doubt: as if it had not been tried.
    first_attempt_at = case
      when retry_dispatch.outcome = 'rate_limited' and d.ambiguous_at is null then null
      else d.first_attempt_at
    end,
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
