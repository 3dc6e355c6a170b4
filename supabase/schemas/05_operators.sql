-- Who runs the deployment, and how functions with the owner's rights ask for it.

create table private.operators (
  user_id uuid primary key references auth.users (id) on delete cascade,
  added_at timestamptz not null default now()
);
comment on table private.operators is 'People who run the deployment: they see every notification and the cockpit.';
alter table private.operators enable row level security;
grant select, insert, delete on private.operators to service_role;

-- Owner's rights: private.operators is nobody's to read.
create function private.is_operator()
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (select from private.operators o where o.user_id = (select auth.uid()));
$$;
revoke execute on function private.is_operator() from public;
grant execute on function private.is_operator() to authenticated;

-- For functions that run with the owner's rights: the caller is an operator, the service key, or the owner at a console.
create function private.require_operator()
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if private.is_operator()
    or current_setting('role') = 'service_role'
    or (current_setting('role') = 'none' and pg_has_role(session_user, current_user, 'member'))
  then
    return;
  end if;
  raise exception using
    errcode = 'CN020',
    message = 'Only operators may do this.',
    hint = 'Ask for a row in private.operators.';
end
$$;
revoke execute on function private.require_operator() from public;
