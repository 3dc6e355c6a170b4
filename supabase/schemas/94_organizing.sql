-- What organizers do and see beyond what the tables' policies let them write.

-- Owner's rights: profiles of strangers are not to be read. Adds nobody who does not exist and says so, because a handle
-- is what people give to others; addresses are not asked about.
create function private.add_by_handle(event_id uuid, handle text, role text)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_person uuid;
begin
  if event_id is null or event_id not in (select private.my_run_event_ids()) then
    raise exception using
      errcode = 'CN071',
      message = 'Only organizers of this event may do this.',
      hint = 'Ask one of them.';
  end if;
  select p.user_id
  into v_person
  from public.profiles p
  where p.handle = lower(ltrim(btrim(add_by_handle.handle), '@'));
  if v_person is null then
    raise exception using
      errcode = 'CN072',
      message = 'Nobody has this handle.',
      hint = 'Ask them how they are called; it stands in their account settings.';
  end if;
  insert into public.event_participants as p (event_id, user_id, role)
  values (add_by_handle.event_id, v_person, add_by_handle.role)
  on conflict on constraint event_participants_pkey do update
  set role = excluded.role
  where p.role <> excluded.role;
  return v_person;
end
$$;
revoke execute on function private.add_by_handle(uuid, text, text) from public;
grant execute on function private.add_by_handle(uuid, text, text) to authenticated;

create function public.add_person(event_id uuid, handle text, role text default 'participant')
returns uuid
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.add_by_handle(event_id, handle, role);
$$;
comment on function public.add_person(uuid, text, text) is
  'For organizers: the person with this handle takes part in the event, in this role. CN072: nobody has the handle.';
revoke execute on function public.add_person(uuid, text, text) from public, anon, authenticated, service_role;
grant execute on function public.add_person(uuid, text, text) to authenticated;

-- Owner's rights: read marks and others' notifications are nobody's to read; organizers get numbers, not names.
create function private.count_reach(message_id bigint)
returns table (recipients integer, by_reading integer, by_letter integer, waiting integer, unreachable integer, by_choice integer)
language plpgsql
stable
security definer
rows 1
set search_path = ''
as $$
declare
  v_event_id uuid;
  v_author_id uuid;
  v_burst_id bigint;
begin
  select m.event_id, m.user_id
  into v_event_id, v_author_id
  from public.chat_messages m
  where m.id = count_reach.message_id
    and m.event_id in (select private.my_run_event_ids());
  if v_event_id is null then
    raise exception using
      errcode = 'CN071',
      message = 'Only organizers of this event may do this.',
      hint = 'Ask one of them.';
  end if;
  select b.burst_id into v_burst_id from private.burst_messages b where b.message_id = count_reach.message_id;
  return query
  with everybody as (
    select p.user_id from public.event_participants p where p.event_id = v_event_id
    union
    select m.user_id
    from public.events e
    join public.organization_members m using (organization_id)
    where e.id = v_event_id
  ), told as (
    select n.user_id,
      bool_or(n.status = 'sent') as by_letter,
      bool_or(n.status in ('pending', 'processing')) as waiting,
      bool_or(n.status = 'failed' or n.reason like 'address\_%' or n.reason like 'account\_%' or n.reason in ('no_consent', 'not_allowed_here')) as unreachable
    from public.notifications n
    where n.burst_id = v_burst_id
      or n.message_id = count_reach.message_id
    group by n.user_id
  ), judged as (
    select case
        when s.read_up_to >= count_reach.message_id then 'by_reading'
        when t.by_letter then 'by_letter'
        when t.waiting or (t.user_id is null and v_burst_id is null) then 'waiting'
        when t.unreachable then 'unreachable'
        else 'by_choice'
      end as outcome
    from everybody r
    left join told t using (user_id)
    left join private.recipient_states s on s.user_id = r.user_id and s.event_id = v_event_id
    where r.user_id is distinct from v_author_id
  )
  select count(*)::integer,
    (count(*) filter (where j.outcome = 'by_reading'))::integer,
    (count(*) filter (where j.outcome = 'by_letter'))::integer,
    (count(*) filter (where j.outcome = 'waiting'))::integer,
    (count(*) filter (where j.outcome = 'unreachable'))::integer,
    (count(*) filter (where j.outcome = 'by_choice'))::integer
  from judged j;
end
$$;
revoke execute on function private.count_reach(bigint) from public;
grant execute on function private.count_reach(bigint) to authenticated;

create function public.message_reach(message_id bigint)
returns table (recipients integer, by_reading integer, by_letter integer, waiting integer, unreachable integer, by_choice integer)
language sql
stable
security invoker
rows 1
set search_path = ''
as $$
  select * from private.count_reach(message_id);
$$;
comment on function public.message_reach(bigint) is
  'For organizers: how many of an event''s people, the author left out, know of a message, each counted once: by_reading it, by_letter, waiting for one, unreachable (no good address, no consent, letter failed), by_choice not told.';
revoke execute on function public.message_reach(bigint) from public, anon, authenticated, service_role;
grant execute on function public.message_reach(bigint) to authenticated;
