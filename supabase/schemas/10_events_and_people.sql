-- The reference host, part one: organizations, events and who is in them. An app with its own tables
-- replaces this file, 20_chat.sql and 25_host_adapter.sql, and nothing else.

create table private.operators (
  user_id uuid primary key references auth.users (id) on delete cascade,
  added_at timestamptz not null default now()
);
comment on table private.operators is 'People who run the deployment: they see every notification and the cockpit.';
alter table private.operators enable row level security;
grant select, insert, delete on private.operators to service_role;

create table public.organizations (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  batch_window_seconds integer,
  created_at timestamptz not null default now(),
  constraint organizations_name_is_a_short_line check (name ~ '\S' and length(name) <= 200 and name !~ '[\r\n]'),
  constraint organizations_batch_window_is_at_most_a_day check (batch_window_seconds between 0 and 86400)
);
comment on table public.organizations is 'Who runs events. batch_window_seconds: null takes the deployment''s.';

create table public.organization_members (
  organization_id uuid not null references public.organizations (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  role text not null default 'member',
  joined_at timestamptz not null default now(),
  primary key (organization_id, user_id),
  constraint organization_members_role_is_known check (role in ('owner', 'organizer', 'member'))
);
comment on table public.organization_members is 'Members see every event of their organization; owners and organizers run them.';
create index organization_members_user_idx on public.organization_members (user_id, organization_id);
comment on index public.organization_members_user_idx is 'A person''s organizations: every policy asks for them.';

create table public.events (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  title text not null,
  batch_window_seconds integer,
  created_at timestamptz not null default now(),
  constraint events_title_is_a_short_line check (title ~ '\S' and length(title) <= 200 and title !~ '[\r\n]'),
  constraint events_batch_window_is_at_most_a_day check (batch_window_seconds between 0 and 86400)
);
comment on table public.events is 'A room with a chat. batch_window_seconds: null takes the organization''s.';
create index events_organization_idx on public.events (organization_id);
comment on index public.events_organization_idx is 'An organization''s events.';

create table public.event_participants (
  event_id uuid not null references public.events (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  role text not null default 'participant',
  joined_at timestamptz not null default now(),
  primary key (event_id, user_id),
  constraint event_participants_role_is_known check (role in ('organizer', 'speaker', 'volunteer', 'participant'))
);
comment on table public.event_participants is 'Who takes part in an event, with what role, since when.';
create index event_participants_user_idx on public.event_participants (user_id, event_id);
comment on index public.event_participants_user_idx is 'A person''s events: every policy asks for them.';

create table public.profiles (
  user_id uuid primary key references auth.users (id) on delete cascade,
  handle text not null,
  display_name text not null,
  locale text not null default 'en',
  time_zone text not null default 'UTC',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint profiles_handle_is_unique unique (handle),
  constraint profiles_handle_is_a_word check (handle ~ '^[a-z0-9]([a-z0-9_.-]{0,30}[a-z0-9_])?$' and handle <> 'everyone'),
  constraint profiles_display_name_is_a_short_line check (display_name ~ '\S' and length(display_name) <= 100 and display_name !~ '[\r\n]'),
  constraint profiles_locale_is_a_tag check (locale ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
  constraint profiles_time_zone_is_a_name check (time_zone ~ '^[A-Za-z0-9_+/-]{1,64}$')
);
comment on table public.profiles is 'What others see of a person, and how letters to them are written (BCP 47 locale, IANA time zone).';

-- Runs with the owner's rights: policies ask it about rows their own policies would hide. Answers only for the caller.
create function private.my_organization_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select m.organization_id
  from public.organization_members m
  where m.user_id = (select auth.uid());
$$;
revoke execute on function private.my_organization_ids() from public;
grant execute on function private.my_organization_ids() to authenticated;

-- Owner's rights for the same reason.
create function private.my_event_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select p.event_id
  from public.event_participants p
  where p.user_id = (select auth.uid())
  union
  select e.id
  from public.events e
  where e.organization_id in (select private.my_organization_ids());
$$;
revoke execute on function private.my_event_ids() from public;
grant execute on function private.my_event_ids() to authenticated;

-- Owner's rights for the same reason: organizations the caller runs.
create function private.my_run_organization_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select m.organization_id
  from public.organization_members m
  where m.user_id = (select auth.uid())
    and m.role in ('owner', 'organizer');
$$;
revoke execute on function private.my_run_organization_ids() from public;
grant execute on function private.my_run_organization_ids() to authenticated;

-- Owner's rights for the same reason: events the caller runs.
create function private.my_run_event_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select p.event_id
  from public.event_participants p
  where p.user_id = (select auth.uid())
    and p.role = 'organizer'
  union
  select e.id
  from public.events e
  where e.organization_id in (select private.my_run_organization_ids());
$$;
revoke execute on function private.my_run_event_ids() from public;
grant execute on function private.my_run_event_ids() to authenticated;

-- Owner's rights for the same reason: people in an event or organization with the caller.
create function private.shares_a_room(other_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
      select
      from public.event_participants p
      where p.user_id = other_id
        and p.event_id in (select private.my_event_ids())
    )
    or exists (
      select
      from public.organization_members m
      where m.user_id = other_id
        and (
          m.organization_id in (select private.my_organization_ids())
          or m.organization_id in (
            select e.organization_id
            from public.events e
            where e.id in (select private.my_event_ids())
          )
        )
    );
$$;
revoke execute on function private.shares_a_room(uuid) from public;
grant execute on function private.shares_a_room(uuid) to authenticated;

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

alter table public.organizations enable row level security;
revoke all on public.organizations from anon, authenticated, service_role;
grant select on public.organizations to authenticated;
grant select, insert, update, delete on public.organizations to service_role;
create policy "people read the organizations of their events"
  on public.organizations for select to authenticated
  using (
    id in (select private.my_organization_ids())
    or id in (select e.organization_id from public.events e where e.id in (select private.my_event_ids()))
  );

alter table public.organization_members enable row level security;
revoke all on public.organization_members from anon, authenticated, service_role;
grant select on public.organization_members to authenticated;
grant select, insert, update, delete on public.organization_members to service_role;
create policy "members read who is in their organization"
  on public.organization_members for select to authenticated
  using (organization_id in (select private.my_organization_ids()));

alter table public.events enable row level security;
revoke all on public.events from anon, authenticated, service_role;
grant select on public.events to authenticated;
grant insert (id, organization_id, title, batch_window_seconds), update (title, batch_window_seconds), delete
  on public.events to authenticated;
grant select, insert, update, delete on public.events to service_role;
create policy "people read their events"
  on public.events for select to authenticated
  using (id in (select private.my_event_ids()) or organization_id in (select private.my_organization_ids()));
create policy "organizers create events in their organization"
  on public.events for insert to authenticated
  with check (organization_id in (select private.my_run_organization_ids()));
create policy "organizers change their events"
  on public.events for update to authenticated
  using (id in (select private.my_run_event_ids()))
  with check (id in (select private.my_run_event_ids()));
create policy "organizers delete events of their organization"
  on public.events for delete to authenticated
  using (organization_id in (select private.my_run_organization_ids()));

alter table public.event_participants enable row level security;
revoke all on public.event_participants from anon, authenticated, service_role;
grant select on public.event_participants to authenticated;
grant insert (event_id, user_id, role), delete on public.event_participants to authenticated;
grant select, insert, update, delete on public.event_participants to service_role;
create policy "people read who is in their events"
  on public.event_participants for select to authenticated
  using (event_id in (select private.my_event_ids()));
create policy "organizers add people to their events"
  on public.event_participants for insert to authenticated
  with check (event_id in (select private.my_run_event_ids()));
create policy "organizers remove people, and people leave"
  on public.event_participants for delete to authenticated
  using (user_id = (select auth.uid()) or event_id in (select private.my_run_event_ids()));

alter table public.profiles enable row level security;
revoke all on public.profiles from anon, authenticated, service_role;
grant select (user_id, handle, display_name, created_at) on public.profiles to authenticated;
grant update (handle, display_name, locale, time_zone) on public.profiles to authenticated;
grant select, insert, update, delete on public.profiles to service_role;
create policy "people read profiles of people they share a room with"
  on public.profiles for select to authenticated
  using (user_id = (select auth.uid()) or private.shares_a_room(user_id));
create policy "people change their own profile"
  on public.profiles for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));

-- A handle that fits the rule, from whatever the sign-up offered; never from the e-mail address, which is nobody else's.
create function private.wished_handle(meta_data jsonb)
returns text
language sql
immutable
return coalesce(
  nullif(nullif(
    btrim(left(btrim(regexp_replace(
      lower(coalesce(meta_data ->> 'handle', meta_data ->> 'display_name', meta_data ->> 'full_name', meta_data ->> 'name', '')),
      '[^a-z0-9_]+', '-', 'g'), '-_'), 20), '-_'),
    ''), 'everyone'),
  'guest');
revoke execute on function private.wished_handle(jsonb) from public;

create function private.wished_name(meta_data jsonb)
returns text
language sql
immutable
return coalesce(
  nullif(btrim(left(regexp_replace(
    coalesce(meta_data ->> 'display_name', meta_data ->> 'full_name', meta_data ->> 'name', ''), '[[:cntrl:]]+', ' ', 'g'), 100)), ''),
  'Guest');
revoke execute on function private.wished_name(jsonb) from public;

create function private.free_handle(wish text, user_id uuid)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when wish <> 'guest' and not exists (select from public.profiles p where p.handle = wish) then wish
    -- The id's end: random also in ids that begin with the time.
    else wish || '-' || right(free_handle.user_id::text, 8)
  end;
$$;
revoke execute on function private.free_handle(text, uuid) from public;

-- Owner's rights: sign-up runs as the auth service, which may not write profiles.
create function private.create_profile()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_name text := private.wished_name(new.raw_user_meta_data);
  v_zone text := new.raw_user_meta_data ->> 'time_zone';
  v_locale text := new.raw_user_meta_data ->> 'locale';
begin
  insert into public.profiles (user_id, handle, display_name, locale, time_zone)
  values (
    new.id,
    private.free_handle(private.wished_handle(new.raw_user_meta_data), new.id),
    v_name,
    case when v_locale ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$' then v_locale else 'en' end,
    case when private.is_time_zone(v_zone) then v_zone else 'UTC' end
  )
  on conflict do nothing;
  -- Somebody took the handle in the meantime: signing up must not fail for that.
  insert into public.profiles (user_id, handle, display_name)
  values (new.id, 'guest-' || right(new.id::text, 12), v_name)
  on conflict do nothing;
  return null;
end
$$;
revoke execute on function private.create_profile() from public;

create function private.is_time_zone(time_zone text)
returns boolean
language sql
stable
set search_path = ''
as $$
  -- The list, not a trial: Postgres also takes abbreviations and POSIX rules ('Foo/Bar5'), which no calendar knows.
  -- Reading it takes some 20 ms, hence the short way for the default.
  select case
    when time_zone = 'UTC' then true
    when time_zone is null or time_zone !~ '/' then false
    else exists (select from pg_catalog.pg_timezone_names z where z.name = time_zone)
  end;
$$;
revoke execute on function private.is_time_zone(text) from public;
-- Whoever may change a profile fires the trigger that asks.
grant execute on function private.is_time_zone(text) to authenticated, service_role;

create function private.check_profile()
returns trigger
language plpgsql
stable
set search_path = ''
as $$
begin
  if not private.is_time_zone(new.time_zone) then
    raise exception using
      errcode = 'CN004',
      message = 'This time zone is not known.',
      hint = 'Send an IANA name such as Europe/Berlin or UTC.';
  end if;
  new.updated_at := now();
  return new;
end
$$;
revoke execute on function private.check_profile() from public;
create trigger profiles_are_checked
  before insert or update of time_zone, locale, handle, display_name on public.profiles
  for each row execute function private.check_profile();

create trigger profiles_follow_users
  after insert on auth.users
  for each row execute function private.create_profile();

-- Installed into a project that already has people: they get what a new one gets.
insert into public.profiles (user_id, handle, display_name)
select w.id,
  case
    when w.handle <> 'guest' and row_number() over (partition by w.handle order by w.created_at, w.id) = 1 then w.handle
    else w.handle || '-' || right(w.id::text, 8)
  end,
  private.wished_name(w.raw_user_meta_data)
from (
  select u.id, u.created_at, u.raw_user_meta_data, private.wished_handle(u.raw_user_meta_data) as handle
  from auth.users u
) w
on conflict do nothing;
insert into public.profiles (user_id, handle, display_name)
select u.id, 'guest-' || right(u.id::text, 12), private.wished_name(u.raw_user_meta_data)
from auth.users u
on conflict (user_id) do nothing;
