-- What the app asks first: who is signed in, how they are addressed, what they may do.

-- Owner's rights: locale, time zone, address and operators are not to be read by others. Answers only for the caller.
create function private.account_of_caller()
returns table (
  user_id uuid,
  address text,
  handle text,
  display_name text,
  locale text,
  time_zone text,
  welcomed_at timestamptz,
  is_operator boolean,
  address_problem text,
  runs_organization_ids uuid[]
)
language sql
stable
security definer
rows 1
set search_path = ''
as $$
  select u.id, u.email::text, p.handle, p.display_name, p.locale, p.time_zone, p.welcomed_at,
    private.is_operator(),
    (select a.reason from public.address_problems a where a.user_id = u.id),
    array(select private.my_run_organization_ids())
  from auth.users u
  join public.profiles p on p.user_id = u.id
  where u.id = (select auth.uid());
$$;
revoke execute on function private.account_of_caller() from public;
grant execute on function private.account_of_caller() to authenticated;

create function public.my_account()
returns table (
  user_id uuid,
  address text,
  handle text,
  display_name text,
  locale text,
  time_zone text,
  welcomed_at timestamptz,
  is_operator boolean,
  address_problem text,
  runs_organization_ids uuid[]
)
language sql
stable
security invoker
rows 1
set search_path = ''
as $$
  select * from private.account_of_caller();
$$;
comment on function public.my_account() is
  'The caller''s own account. welcomed_at: null until they have said who they are. address_problem: why letters to their address do not arrive. No row: nobody is signed in, or the account is gone.';
revoke execute on function public.my_account() from public, anon, authenticated, service_role;
grant execute on function public.my_account() to authenticated;

-- Owner's rights: welcomed_at is not to be written freely, a name is part of it.
create function private.name_caller(display_name text, handle text, locale text, time_zone text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.profiles p
  set display_name = name_caller.display_name,
    handle = name_caller.handle,
    locale = name_caller.locale,
    time_zone = name_caller.time_zone,
    welcomed_at = coalesce(p.welcomed_at, now())
  where p.user_id = (select auth.uid());
exception when unique_violation then
  raise exception using
    errcode = 'CN070',
    message = 'Somebody else has this handle.',
    hint = 'Choose another one.';
end
$$;
revoke execute on function private.name_caller(text, text, text, text) from public;
grant execute on function private.name_caller(text, text, text, text) to authenticated;

create function public.say_who_i_am(display_name text, handle text, locale text, time_zone text)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.name_caller(display_name, handle, locale, time_zone);
$$;
comment on function public.say_who_i_am(text, text, text, text) is
  'Names the caller and ends their first visit. The named checks of profiles apply; CN070: the handle is taken.';
revoke execute on function public.say_who_i_am(text, text, text, text) from public, anon, authenticated, service_role;
grant execute on function public.say_who_i_am(text, text, text, text) to authenticated;
