-- Operators switch delivery on for this deployment, off, and on again after a restore. Audited.

-- Owner's rights: operators may switch, not write.
create function private.switch_delivery(deployment_url text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  update private.settings
  set delivery_on_for = deployment_url, updated_at = now();
  perform private.audit('switch_delivery', jsonb_build_object('on_for', deployment_url));
  perform private.wake_processors(now());
end
$$;
revoke execute on function private.switch_delivery(text) from public;
grant execute on function private.switch_delivery(text) to authenticated, service_role;

create function public.switch_delivery_on(deployment_url text)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.switch_delivery(deployment_url);
$$;
comment on function public.switch_delivery_on(text) is
  'For operators: processors of this deployment (their SUPABASE_URL) may send. A copy of the database has another URL and mails nobody.';
revoke execute on function public.switch_delivery_on(text) from public, anon, authenticated, service_role;
grant execute on function public.switch_delivery_on(text) to authenticated, service_role;

create function public.switch_delivery_off()
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.switch_delivery(null);
$$;
comment on function public.switch_delivery_off() is 'For operators: nothing is sent until switched on again; nothing is lost.';
revoke execute on function public.switch_delivery_off() from public, anon, authenticated, service_role;
grant execute on function public.switch_delivery_off() to authenticated, service_role;

-- After a restore of the database to an older point nobody knows what went out between that point and the outage.
-- What may have been told is skipped: across a restore delivery is at most once, everywhere else exactly once.
-- Owner's rights: operators may decide this, not write.
create function private.skip_what_may_have_been_sent(outage_at timestamptz, as_of timestamptz default now())
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_skipped integer;
  v_failed integer;
  v_untold integer;
begin
  perform private.require_operator();
  update public.notifications n
  set status = 'skipped', reason = 'before_restore', email_id = null, updated_at = as_of
  where n.status = 'processing'
    or (n.is_pending and n.scheduled_for <= outage_at);
  get diagnostics v_skipped = row_count;
  update public.emails e
  set status = 'failed', reason = 'before_restore', updated_at = as_of
  where e.status in ('sending', 'retrying');
  get diagnostics v_failed = row_count;
  update private.dispatches d
  set status = 'failed', outcome = 'before_restore', updated_at = as_of
  where d.status in ('sending', 'retrying');
  -- A burst that closed before the outage may have been told: its messages and its first page are.
  delete from private.untold_messages u
  using private.bursts b
  where b.event_id = u.event_id
    and b.announcement = u.announcement
    and b.settled_at is null
    and b.closes_at <= outage_at;
  get diagnostics v_untold = row_count;
  -- Recipients that fan-out had not reached may have been reached and told before the outage.
  update private.bursts b
  set fanned_out_at = as_of
  where b.settled_at is not null
    and b.fanned_out_at is null
    and b.closes_at <= outage_at;
  perform private.audit('after_restore', jsonb_build_object(
    'outage_at', outage_at, 'skipped', v_skipped, 'letters', v_failed, 'untold_messages', v_untold));
  return jsonb_build_object('skipped', v_skipped, 'letters', v_failed, 'untold_messages', v_untold);
end
$$;
revoke execute on function private.skip_what_may_have_been_sent(timestamptz, timestamptz) from public;
grant execute on function private.skip_what_may_have_been_sent(timestamptz, timestamptz) to authenticated, service_role;

create function public.after_restore(outage_at timestamptz)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.skip_what_may_have_been_sent(outage_at);
$$;
comment on function public.after_restore(timestamptz) is
  'For operators, after restoring an older state and before switching delivery on: skips what was due before the outage, because it may have been told. Returns the counts.';
revoke execute on function public.after_restore(timestamptz) from public, anon, authenticated, service_role;
grant execute on function public.after_restore(timestamptz) to authenticated, service_role;
