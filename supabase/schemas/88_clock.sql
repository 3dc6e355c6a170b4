-- A clock that was ahead and was set back. What the wrong time left in the future would hold everything up until then.

create function private.mend_clock(as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  update private.provider_state p
  set refilled_at = least(p.refilled_at, as_of), paused_until = least(p.paused_until, as_of);
  -- A quota's end is the provider's word; the others are at most a quarter of an hour away.
  update private.breakers b
  set open_until = least(b.open_until, as_of + interval '15 minutes'), probe_until = least(b.probe_until, as_of)
  where b.name <> 'quota'
    and b.state <> 'closed';
  -- Neither a lease nor a pause between attempts is longer than an hour.
  update private.dispatches d
  set next_attempt_at = private.lease_until(as_of)
  where d.status in ('sending', 'retrying')
    and d.next_attempt_at > as_of + interval '1 hour';
  update private.bursts b
  set closes_at = as_of + (b.closes_at - b.opened_at), opened_at = as_of
  where b.settled_at is null
    and b.opened_at > as_of + interval '1 minute';
  update public.notifications n
  set scheduled_for = as_of + greatest(n.scheduled_for - n.created_at, interval '0')
  where n.id = any(array(
      select f.id
      from public.notifications f
      where f.status = 'pending'
        and f.lane < 2
        and f.scheduled_for > as_of
        and f.scheduled_for < 'infinity'
        and f.created_at > as_of + interval '1 minute'
      for update skip locked
    ));
  -- Counted again from now: of what had not happened there is nothing.
  update private.rollup_progress p
  set rolled_up_to = date_trunc('minute', as_of)
  where p.rolled_up_to > as_of;
  delete from private.rollups r
  where r.at > as_of;
  delete from private.delays d
  where d.at > as_of;
  update private.retention_progress p
  set rest_until = least(p.rest_until, as_of);
  update private.processors p
  set beat_at = as_of, started_at = least(p.started_at, as_of)
  where p.beat_at > as_of;
  insert into private.incidents (happened_at, step, code, message)
  values (as_of, 'clock', '01000', 'The database''s clock was set back.');
end
$$;
comment on function private.mend_clock(timestamptz) is
  'Takes back into the present what was written while the clock was ahead. Digests and what people scheduled keep their times.';
revoke execute on function private.mend_clock(timestamptz) from public;
