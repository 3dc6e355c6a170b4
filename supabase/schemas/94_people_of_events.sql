-- Who is in an event: for mentions while one types, and for organizers.

-- Owner's rights: answers only for events of the caller's, in one pass instead of a policy per row.
create function private.list_event_people(event_id uuid, beginning text, after_handle text, page_size integer)
returns table (user_id uuid, handle text, display_name text, role text, as_participant boolean)
language sql
stable
security definer
set search_path = ''
as $$
  select p.user_id, p.handle, p.display_name, r.role, r.as_participant
  from (
    select ep.user_id, ep.role, true as as_participant
    from public.event_participants ep
    where ep.event_id = list_event_people.event_id
    union all
    select m.user_id, null, false
    from public.events e
    join public.organization_members m using (organization_id)
    where e.id = list_event_people.event_id
      and not exists (select from public.event_participants ep where ep.event_id = e.id and ep.user_id = m.user_id)
  ) r
  join public.profiles p using (user_id)
  where list_event_people.event_id in (select private.my_event_ids())
    and p.handle > coalesce(after_handle, '')
    and (
      starts_with(p.handle, lower(beginning))
      -- Names by the beginning of any of their words.
      or starts_with(lower(p.display_name), lower(beginning))
      or strpos(lower(p.display_name), ' ' || lower(beginning)) > 0
    )
  order by p.handle
  limit least(greatest(page_size, 1), 100);
$$;
revoke execute on function private.list_event_people(uuid, text, text, integer) from public;
grant execute on function private.list_event_people(uuid, text, text, integer) to authenticated;

create function public.event_people(
  event_id uuid, beginning text default '', after_handle text default null, page_size integer default 50
)
returns table (user_id uuid, handle text, display_name text, role text, as_participant boolean)
language sql
stable
security invoker
set search_path = ''
as $$
  select * from private.list_event_people(event_id, beginning, after_handle, page_size);
$$;
comment on function public.event_people(uuid, text, text, integer) is
  'People of one of the caller''s events whose handle or a word of whose name begins so, by handle, at most 100 after the given one. as_participant: takes part, with a role; the others are members of the organization.';
revoke execute on function public.event_people(uuid, text, text, integer) from public, anon, authenticated, service_role;
grant execute on function public.event_people(uuid, text, text, integer) to authenticated;
