-- Dispatches that the provider has by its word about their key alone, until a webhook or its list confirms them.

-- Owner's rights: processors may execute this and read nothing else.
create function private.unconfirmed_letters(as_of timestamptz default now())
returns table (dispatch_id uuid, since timestamptz, email_id uuid, address text)
language sql
stable
security definer
set search_path = ''
as $$
  select d.id, d.first_attempt_at, e.id, e.address
  from private.dispatches d
  join public.emails e on e.dispatch_id = d.id and e.position = 0
  where d.unconfirmed_at between as_of - interval '1 hour' and as_of
  order by d.unconfirmed_at
  limit 10;
$$;
comment on function private.unconfirmed_letters(timestamptz) is
  'Dispatches of the last hour that the provider has by its word about their key alone: since when, and their first letter. All were accepted or none.';
revoke execute on function private.unconfirmed_letters(timestamptz) from public;
grant execute on function private.unconfirmed_letters(timestamptz) to service_role, notifier;

-- Owner's rights: processors may execute this and write nothing else.
create function private.confirm_dispatch(dispatch_id uuid, provider_ids text[] default null, as_of timestamptz default now())
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update private.dispatches d
  set unconfirmed_at = null, outcome = 'accepted'
  where d.id = confirm_dispatch.dispatch_id
    and d.unconfirmed_at is not null;
  if not found then
    return false;
  end if;
  update public.emails e
  set provider_id = provider_ids[e.position + 1]
  where e.dispatch_id = confirm_dispatch.dispatch_id
    and e.provider_id is null
    and provider_ids[e.position + 1] is not null;
  return true;
end
$$;
revoke execute on function private.confirm_dispatch(uuid, text[], timestamptz) from public;
grant execute on function private.confirm_dispatch(uuid, text[], timestamptz) to service_role, notifier;
