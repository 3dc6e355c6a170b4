-- Operators pause delivery and resume it, after a preview of what would go. Audited.

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
  where n.is_pending
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
    and n.is_pending
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
