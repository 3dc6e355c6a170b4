-- What operators do: dead letters, pause and resume, switching delivery on, after a restore, a test letter. All audited.

create function private.list_letters(email_ids uuid[])
returns jsonb
language sql
immutable
return jsonb_build_object('email_ids', to_jsonb(email_ids));
revoke execute on function private.list_letters(uuid[]) from public;

-- In the order of their ids, so that two operators with the same long list do not wait for each other.
create function private.lock_failed_letters(email_ids uuid[])
returns uuid[]
language sql
volatile
set search_path = ''
as $$
  select array(
    select e.id
    from public.emails e
    where e.id = any(email_ids)
      and e.status = 'failed'
    order by e.id
    for update
  );
$$;
revoke execute on function private.lock_failed_letters(uuid[]) from public;

-- Owner's rights: operators may retry, not write.
create function private.retry_letters(email_ids uuid[], as_of timestamptz default now())
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_retried uuid[];
begin
  perform private.require_operator();
  v_retried := private.lock_failed_letters(email_ids);
  update public.emails e
  set status = 'discarded', reason = 'retried', updated_at = as_of
  where e.id = any(v_retried);
  update public.notifications n
  set status = 'pending', reason = null, email_id = null, scheduled_for = as_of, updated_at = as_of
  where n.email_id = any(v_retried)
    and n.status = 'failed';
  perform private.audit('retry_letters', private.list_letters(v_retried));
  perform private.wake_processors(as_of);
  return cardinality(v_retried);
end
$$;
revoke execute on function private.retry_letters(uuid[], timestamptz) from public;
grant execute on function private.retry_letters(uuid[], timestamptz) to authenticated, service_role;

-- Owner's rights: operators may discard, not write.
create function private.discard_letters(email_ids uuid[], as_of timestamptz default now())
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_discarded uuid[];
begin
  perform private.require_operator();
  v_discarded := private.lock_failed_letters(email_ids);
  update public.emails e
  set status = 'discarded', updated_at = as_of
  where e.id = any(v_discarded);
  perform private.audit('discard_letters', private.list_letters(v_discarded));
  return cardinality(v_discarded);
end
$$;
revoke execute on function private.discard_letters(uuid[], timestamptz) from public;
grant execute on function private.discard_letters(uuid[], timestamptz) to authenticated, service_role;

create function public.retry_emails(ids uuid[])
returns integer
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.retry_letters(ids);
$$;
comment on function public.retry_emails(uuid[]) is
  'For operators: failed letters are composed afresh with what is true now. Returns how many there were.';
revoke execute on function public.retry_emails(uuid[]) from public, anon, authenticated, service_role;
grant execute on function public.retry_emails(uuid[]) to authenticated, service_role;

create function public.retry_email(id uuid)
returns boolean
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.retry_letters(array[id]) = 1;
$$;
comment on function public.retry_email(uuid) is 'For operators: one failed letter is composed afresh. False: it is not a failed letter.';
revoke execute on function public.retry_email(uuid) from public, anon, authenticated, service_role;
grant execute on function public.retry_email(uuid) to authenticated, service_role;

create function public.discard_emails(ids uuid[])
returns integer
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.discard_letters(ids);
$$;
comment on function public.discard_emails(uuid[]) is 'For operators: failed letters that nobody will send. Returns how many there were.';
revoke execute on function public.discard_emails(uuid[]) from public, anon, authenticated, service_role;
grant execute on function public.discard_emails(uuid[]) to authenticated, service_role;

create function public.discard_email(id uuid)
returns boolean
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.discard_letters(array[id]) = 1;
$$;
comment on function public.discard_email(uuid) is 'For operators: one failed letter that nobody will send. False: it is not a failed letter.';
revoke execute on function public.discard_email(uuid) from public, anon, authenticated, service_role;
grant execute on function public.discard_email(uuid) to authenticated, service_role;

create function private.check_scope(scope text, id uuid)
returns uuid
language plpgsql
immutable
set search_path = ''
as $$
begin
  if scope is null or scope not in ('everything', 'organization', 'event') or (scope <> 'everything' and id is null) then
    raise exception using
      errcode = 'CN021',
      message = format('Delivery cannot be paused for %s.', coalesce(scope, 'nothing')),
      hint = 'Name everything, organization or event, and for the latter two its id.';
  end if;
  return case when scope = 'everything' then '00000000-0000-0000-0000-000000000000' else id end;
end
$$;
revoke execute on function private.check_scope(text, uuid) from public;

-- Owner's rights: operators may pause, not write.
create function private.pause_scope(scope text, id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_id uuid := private.check_scope(scope, id);
begin
  perform private.require_operator();
  insert into private.pauses (scope, id, paused_by)
  values (scope, v_id, (select auth.uid()))
  on conflict do nothing;
  if not found then
    return false;
  end if;
  perform private.audit('pause_delivery', jsonb_build_object('scope', scope, 'id', id));
  return true;
end
$$;
revoke execute on function private.pause_scope(text, uuid) from public;
grant execute on function private.pause_scope(text, uuid) to authenticated, service_role;

create function public.pause_delivery(scope text, id uuid default null)
returns boolean
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.pause_scope(scope, id);
$$;
comment on function public.pause_delivery(text, uuid) is
  'For operators: no letters of everything, an organization or an event until resumed; nothing is lost. False: it was paused already.';
revoke execute on function public.pause_delivery(text, uuid) from public, anon, authenticated, service_role;
grant execute on function public.pause_delivery(text, uuid) to authenticated, service_role;

-- What a pause holds back: notifications that were due and were set aside, or are waiting behind it.
create function private.held_notifications(scope text, id uuid, as_of timestamptz)
returns table (notification_id bigint, user_id uuid, is_stale boolean)
language sql
stable
set search_path = ''
as $$
  select n.id, n.user_id, n.created_at < as_of - interval '24 hours'
  from public.notifications n
  where n.status = 'pending'
    and (n.scheduled_for <= as_of or n.scheduled_for = 'infinity')
    and case scope
      when 'everything' then true
      when 'event' then n.event_id = held_notifications.id
      else n.event_id in (select e.event_id from private.organization_event_ids(held_notifications.id) e)
    end;
$$;
revoke execute on function private.held_notifications(text, uuid, timestamptz) from public;

-- Owner's rights: operators may see counts of what they may not read otherwise.
create function private.preview_scope(scope text, id uuid, as_of timestamptz default now())
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  perform private.check_scope(scope, id);
  return (
    select jsonb_build_object(
      'recipients', count(distinct h.user_id),
      'notifications', count(*),
      'go_to_digest', count(*) filter (where h.is_stale))
    from private.held_notifications(scope, id, as_of) h
  );
end
$$;
revoke execute on function private.preview_scope(text, uuid, timestamptz) from public;
grant execute on function private.preview_scope(text, uuid, timestamptz) to authenticated, service_role;

create function public.preview_resume(scope text, id uuid default null)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select private.preview_scope(scope, id);
$$;
comment on function public.preview_resume(text, uuid) is
  'For operators: what resuming would let out: recipients, notifications, and how many of these are a day old and go into digests.';
revoke execute on function public.preview_resume(text, uuid) from public, anon, authenticated, service_role;
grant execute on function public.preview_resume(text, uuid) to authenticated, service_role;

-- Owner's rights: operators may resume, not write. What became stale waits for the next digest.
create function private.resume_scope(scope text, id uuid, as_of timestamptz default now())
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_released integer;
begin
  perform private.require_operator();
  delete from private.pauses p
  where p.scope = resume_scope.scope
    and p.id = private.check_scope(resume_scope.scope, resume_scope.id);
  if not found then
    return false;
  end if;
  update public.notifications n
  set scheduled_for = case
      -- Whose account is gone meanwhile has no time zone; composing says so then.
      when h.is_stale then private.next_digest_for(w, coalesce(p.time_zone, 'UTC'), as_of)
      else as_of
    end,
    lane = case when h.is_stale then 2 else n.lane end
  from private.held_notifications(scope, resume_scope.id, as_of) h
  left join lateral private.recipient_people(array[h.user_id]) p on true
  cross join lateral private.wishes_of(h.user_id, null, null, null) w
  where n.id = h.notification_id
    and n.status = 'pending'
    and n.event_id not in (select private.paused_event_ids());
  get diagnostics v_released = row_count;
  perform private.audit('resume_delivery', jsonb_build_object('scope', scope, 'id', id, 'notifications', v_released));
  perform private.wake_processors(as_of);
  return true;
end
$$;
revoke execute on function private.resume_scope(text, uuid, timestamptz) from public;
grant execute on function private.resume_scope(text, uuid, timestamptz) to authenticated, service_role;

create function public.resume_delivery(scope text, id uuid default null)
returns boolean
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.resume_scope(scope, id);
$$;
comment on function public.resume_delivery(text, uuid) is
  'For operators: letters go again; what is a day old goes into the next digest. False: it was not paused.';
revoke execute on function public.resume_delivery(text, uuid) from public, anon, authenticated, service_role;
grant execute on function public.resume_delivery(text, uuid) to authenticated, service_role;

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
    or (n.status = 'pending' and n.scheduled_for <= outage_at);
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

-- Owner's rights: operators may ask for it, not write it. Goes through the same sending as every other letter.
create function private.write_test_letter(as_of timestamptz default now())
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_dispatch_id uuid := private.uuid_v7(as_of);
  v_email_id uuid := private.uuid_v7(as_of);
  v_event_id uuid := gen_random_uuid();
  v_person record;
begin
  perform private.require_operator();
  select *
  into v_person
  from private.recipient_people(array[(select auth.uid())]);
  if v_person.email is null then
    raise exception using
      errcode = 'CN022',
      message = 'A test letter goes to the operator who asks for it, and you have no address.',
      hint = 'Sign in as an operator with an e-mail address.';
  end if;
  insert into private.dispatches (id, status, attempt, next_attempt_at, letter_count, facts, created_at, updated_at)
  select v_dispatch_id, 'retrying', 0, as_of, 1,
    jsonb_set(jsonb_set(private.freeze_facts('{}', '{}'),
      array['events', v_event_id::text], jsonb_build_object('title', 'Test event', 'organization_name', s.product_name)),
      array['messages', '0'], jsonb_build_object(
        'event_id', v_event_id, 'author_name', s.product_name, 'posted_at', as_of, 'edited', false,
        'body', 'This letter shows that delivery works from the database to your mailbox.')),
    as_of, as_of
  from private.settings s;
  insert into public.emails (id, user_id, dispatch_id, position, kind, status, address, display_name, locale, time_zone,
    parts, more, created_at, updated_at)
  values (v_email_id, v_person.user_id, v_dispatch_id, 0, 'conversation', 'retrying', v_person.email, v_person.display_name,
    v_person.locale, v_person.time_zone,
    jsonb_build_array(jsonb_build_object('event_id', v_event_id, 'count', 1, 'shown', '["0"]'::jsonb, 'mentions', '[]'::jsonb, 'reason', 'member')),
    '{"events": 0, "messages": 0}', as_of, as_of);
  perform private.audit('send_test_letter', jsonb_build_object('email_id', v_email_id));
  perform private.wake_processors(as_of);
  return v_email_id;
end
$$;
revoke execute on function private.write_test_letter(timestamptz) from public;
grant execute on function private.write_test_letter(timestamptz) to authenticated, service_role;

create function public.send_test_letter()
returns uuid
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.write_test_letter();
$$;
comment on function public.send_test_letter() is 'For operators: one letter to the caller''s own address, the whole way. Returns the e-mail''s id.';
revoke execute on function public.send_test_letter() from public, anon, authenticated, service_role;
grant execute on function public.send_test_letter() to authenticated, service_role;
