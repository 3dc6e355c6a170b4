-- What operators may pause, by name. The host is asked about events that were lively lately, because only it knows all.

-- Owner's rights: operators may see titles of events they are not in.
create function public.find_scopes(search text default '')
returns table (scope text, id uuid, name text, organization_name text, paused boolean)
language plpgsql
stable
security definer
rows 30
set search_path = ''
as $$
declare
  v_search text := lower(btrim(coalesce(search, '')));
  v_event_ids uuid[];
begin
  perform private.require_operator();
  v_event_ids := array(
    select b.event_id
    from (select b.event_id from private.bursts b order by b.id desc limit 5000) b
    union
    select p.id from private.pauses p where p.scope = 'event'
    union
    select e.event_id
    from private.pauses p
    -- One event is enough to learn an organization's name.
    cross join lateral (select o.event_id from private.organization_event_ids(p.id) o limit 1) e
    where p.scope = 'organization'
    union
    -- Any event, by its whole id.
    select case when v_search ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then v_search::uuid end
  );
  return query
  select f.scope, f.id, f.name, f.organization_name,
    exists (select from private.pauses p where p.scope = f.scope and p.id = f.id)
  from (
    select 'event' as scope, e.event_id as id, e.title as name, e.organization_name
    from private.event_facts(v_event_ids) e
    union
    select 'organization', e.organization_id, e.organization_name, e.organization_name
    from private.event_facts(v_event_ids) e
  ) f
  where strpos(lower(f.name), v_search) > 0
    or f.id::text = v_search
  order by 5 desc, 1 desc, 3, 2
  limit 30;
end
$$;
comment on function public.find_scopes(text) is
  'For operators: what can be paused: paused ones first, then organizations and events of the last 5000 bursts whose name holds the text, or the event with this id; thirty at most.';
revoke execute on function public.find_scopes(text) from public, anon, authenticated, service_role;
grant execute on function public.find_scopes(text) to authenticated, service_role;
