-- Only in the tests' databases: every move of a status must be one of private.lifecycle.

create function private.refuse_unknown_moves()
returns trigger
language plpgsql
stable
set search_path = ''
as $$
begin
  if not exists (
    select
    from private.lifecycle l
    where l.subject = tg_argv[0]
      and l.from_status = old.status
      and l.to_status = new.status
  ) then
    raise exception '% may not go from % to %', tg_argv[0], old.status, new.status;
  end if;
  return new;
end
$$;
revoke execute on function private.refuse_unknown_moves() from public;

create trigger moves_are_legal
  before update of status on public.notifications
  for each row when (old.status <> new.status)
  execute function private.refuse_unknown_moves('notification');
create trigger moves_are_legal
  before update of status on public.emails
  for each row when (old.status <> new.status)
  execute function private.refuse_unknown_moves('email');
create trigger moves_are_legal
  before update of status on private.dispatches
  for each row when (old.status <> new.status)
  execute function private.refuse_unknown_moves('dispatch');
