-- Organizers invite people by e-mail address. Whether somebody has it is not told: the invitation waits until who signs
-- in with the address, confirmed, says yes. Nothing is mailed: organizers write to people themselves.

create table public.event_invitations (
  event_id uuid not null references public.events (id) on delete cascade,
  address text not null,
  role text not null default 'participant',
  user_id uuid default auth.uid() references auth.users (id) on delete cascade,
  invited_at timestamptz not null default now(),
  primary key (event_id, address),
  constraint event_invitations_address_is_one check (
    address = lower(address) and length(address) <= 254 and address ~ '^[^\s@<>,;:"]+@[^\s@<>,;:"]+\.[^\s@<>,;:"]+$'),
  constraint event_invitations_role_is_known check (role in ('organizer', 'speaker', 'volunteer', 'participant'))
);
comment on table public.event_invitations is
  'Addresses whose owner may join an event in a role, for 30 days. user_id: who invites; it counts while they organize the event. null: the app''s own backend does.';
create index event_invitations_address_idx on public.event_invitations (address);
comment on index public.event_invitations_address_idx is 'my_invitations(): on every first look.';
create index event_invitations_user_idx on public.event_invitations (user_id);
comment on index public.event_invitations_user_idx is 'A person''s data, for export and erasure.';
create index event_invitations_invited_idx on public.event_invitations (invited_at);
comment on index public.event_invitations_invited_idx is 'forget_old_invitations(): what has lapsed.';
alter table public.event_invitations enable row level security;
revoke all on public.event_invitations from anon, authenticated, service_role;
grant select, insert (event_id, address, role), delete on public.event_invitations to authenticated;
grant select, insert, update, delete on public.event_invitations to service_role;
create policy "organizers read invitations to their events"
  on public.event_invitations for select to authenticated
  using (event_id in (select private.my_run_event_ids()));
create policy "organizers invite to their events"
  on public.event_invitations for insert to authenticated
  with check (event_id in (select private.my_run_event_ids()) and user_id = (select auth.uid()));
create policy "organizers withdraw invitations"
  on public.event_invitations for delete to authenticated
  using (event_id in (select private.my_run_event_ids()));

-- Owner's rights: lapsed invitations of all events. Whoever invites next clears them away.
create function private.forget_old_invitations()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from public.event_invitations i
  where i.invited_at < now() - interval '30 days';
  return null;
end
$$;
revoke execute on function private.forget_old_invitations() from public;
create trigger invitations_lapse
  after insert on public.event_invitations
  for each statement execute function private.forget_old_invitations();

-- Owner's rights: who deletes an account may not write here. An address that is forgotten is not invited any more.
create function private.forget_invitations_of()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from public.event_invitations i
  where i.address = lower(old.email);
  return null;
end
$$;
revoke execute on function private.forget_invitations_of() from public;
create trigger invitations_follow_users
  after delete on auth.users
  for each row execute function private.forget_invitations_of();

-- Owner's rights: addresses, and events that the caller is not in yet. Answers only for the caller's confirmed address.
create function private.invitations_of_caller()
returns table (event_id uuid, title text, organization_name text, role text, invited_by text, address text)
language sql
stable
security definer
rows 3
set search_path = ''
as $$
  select i.event_id, e.title, o.name, i.role, p.display_name, i.address
  from auth.users u
  join public.event_invitations i on i.address = lower(u.email)
  join public.events e on e.id = i.event_id
  join public.organizations o on o.id = e.organization_id
  left join public.profiles p on p.user_id = i.user_id
  where u.id = (select auth.uid())
    and u.email_confirmed_at is not null
    and i.invited_at > now() - interval '30 days'
    and (
      i.user_id is null
      or exists (
        select
        from public.event_participants r
        where r.event_id = i.event_id
          and r.user_id = i.user_id
          and r.role = 'organizer'
      )
      or exists (
        select
        from public.organization_members r
        where r.organization_id = e.organization_id
          and r.user_id = i.user_id
          and r.role in ('owner', 'organizer')
      )
    )
  order by i.invited_at;
$$;
revoke execute on function private.invitations_of_caller() from public;
grant execute on function private.invitations_of_caller() to authenticated;

create function public.my_invitations()
returns table (event_id uuid, title text, organization_name text, role text, invited_by text)
language sql
stable
security invoker
rows 3
set search_path = ''
as $$
  select i.event_id, i.title, i.organization_name, i.role, i.invited_by
  from private.invitations_of_caller() i;
$$;
comment on function public.my_invitations() is 'Events that the caller''s confirmed address is invited to, and by whom.';
revoke execute on function public.my_invitations() from public, anon, authenticated, service_role;
grant execute on function public.my_invitations() to authenticated;

-- Owner's rights: only organizers add people, and this one was invited by one. Somebody who is in already keeps their role.
create function private.answer_as_caller(event_id uuid, accept boolean)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_invitation record;
begin
  select i.*
  into v_invitation
  from private.invitations_of_caller() i
  where i.event_id = answer_as_caller.event_id;
  if not found then
    return false;
  end if;
  if accept then
    insert into public.event_participants (event_id, user_id, role)
    values (answer_as_caller.event_id, (select auth.uid()), v_invitation.role)
    on conflict do nothing;
  end if;
  delete from public.event_invitations i
  where i.event_id = answer_as_caller.event_id
    and i.address = v_invitation.address;
  return true;
end
$$;
revoke execute on function private.answer_as_caller(uuid, boolean) from public;
grant execute on function private.answer_as_caller(uuid, boolean) to authenticated;

create function public.answer_invitation(event_id uuid, accept boolean)
returns boolean
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.answer_as_caller(event_id, accept);
$$;
comment on function public.answer_invitation(uuid, boolean) is
  'Joins the event in the role the caller is invited in, or declines. False: there is no such invitation any more.';
revoke execute on function public.answer_invitation(uuid, boolean) from public, anon, authenticated, service_role;
grant execute on function public.answer_invitation(uuid, boolean) to authenticated;
