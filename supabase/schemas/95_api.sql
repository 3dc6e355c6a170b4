-- What the browser calls, beyond reading and writing tables under row-level security.

-- Owner's rights: nobody writes recipient states directly. Sets the caller's own mark, in an event they may see.
create function private.set_read_mark(event_id uuid, message_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_came_back boolean := (
    select s.last_seen_at is null or s.last_seen_at < s.last_letter_at
    from private.recipient_states s
    where s.user_id = (select auth.uid())
      and s.event_id = set_read_mark.event_id
  );
begin
  if event_id is null or message_id is null or event_id not in (select private.my_event_ids()) then
    raise exception using
      errcode = 'CN003',
      message = 'You are not in this event, or it does not exist.',
      hint = 'Ask an organizer to add you, or check the event''s id.';
  end if;
  insert into private.recipient_states as s (user_id, event_id, read_up_to, read_snapshot, last_seen_at)
  values ((select auth.uid()), event_id, message_id, pg_current_snapshot(), now())
  on conflict on constraint recipient_states_pkey do update
  set read_up_to = excluded.read_up_to, read_snapshot = excluded.read_snapshot, last_seen_at = excluded.last_seen_at
  where s.read_up_to is null or s.read_up_to <= excluded.read_up_to;
  if v_came_back then
    -- What waited for a visit waits no longer.
    perform private.reschedule_notifications((select auth.uid()), now(), event_id);
  end if;
end
$$;
revoke execute on function private.set_read_mark(uuid, bigint) from public;
grant execute on function private.set_read_mark(uuid, bigint) to authenticated;

create function public.mark_event_read(event_id uuid, message_id bigint)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.set_read_mark(event_id, message_id);
$$;
comment on function public.mark_event_read(uuid, bigint) is
  'The caller has read this event up to this message: letters leave out what is read. A smaller id than before changes nothing.';
revoke execute on function public.mark_event_read(uuid, bigint) from public, anon, authenticated, service_role;
grant execute on function public.mark_event_read(uuid, bigint) to authenticated;
