-- The reference host, part two: what people show of themselves.

create table public.profiles (
  user_id uuid primary key references auth.users (id) on delete cascade,
  handle text not null,
  display_name text not null,
  locale text not null default 'en',
  time_zone text not null default 'UTC',
  welcomed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint profiles_handle_is_unique unique (handle),
  constraint profiles_handle_is_a_word check (handle ~ '^[a-z0-9]([a-z0-9_.-]{0,30}[a-z0-9_])?$' and handle <> 'everyone'),
  constraint profiles_display_name_is_a_short_line check (display_name ~ '\S' and length(display_name) <= 100 and display_name !~ '[\r\n]'),
  constraint profiles_locale_is_a_tag check (locale ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
  constraint profiles_time_zone_is_a_name check (time_zone ~ '^[A-Za-z0-9_+/-]{1,64}$')
);
comment on table public.profiles is 'What others see of a person, and how letters to them are written (BCP 47 locale, IANA time zone). welcomed_at: when they said who they are, on their first visit.';

-- Owner's rights for the same reason: people in an event or organization with the caller. Goes from the other's rooms
-- to the caller by index, whatever the number of the caller's own.
create function private.shares_a_room(other_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
      select
      from public.event_participants theirs
      join public.event_participants mine on mine.event_id = theirs.event_id and mine.user_id = (select auth.uid())
      where theirs.user_id = other_id
    )
    or exists (
      select
      from public.organization_members theirs
      join public.organization_members mine
        on mine.organization_id = theirs.organization_id and mine.user_id = (select auth.uid())
      where theirs.user_id = other_id
    )
    or exists (
      select
      from public.event_participants theirs
      join public.events e on e.id = theirs.event_id
      join public.organization_members mine
        on mine.organization_id = e.organization_id and mine.user_id = (select auth.uid())
      where theirs.user_id = other_id
    )
    or exists (
      select
      from public.organization_members theirs
      join public.events e on e.organization_id = theirs.organization_id
      join public.event_participants mine on mine.event_id = e.id and mine.user_id = (select auth.uid())
      where theirs.user_id = other_id
    );
$$;
revoke execute on function private.shares_a_room(uuid) from public;
grant execute on function private.shares_a_room(uuid) to authenticated;

alter table public.profiles enable row level security;
revoke all on public.profiles from anon, authenticated, service_role;
grant select (user_id, handle, display_name, created_at) on public.profiles to authenticated;
grant update (handle, display_name, locale, time_zone) on public.profiles to authenticated;
grant select, insert, update, delete on public.profiles to service_role;
-- Two tables that show a caller only rows of their own rooms answer first: asking the function about each of 50 authors
-- took 120 ms.
create policy "people read profiles of people they share a room with"
  on public.profiles for select to authenticated
  using (
    user_id = (select auth.uid())
    or exists (select from public.event_participants p where p.user_id = profiles.user_id)
    or exists (select from public.organization_members m where m.user_id = profiles.user_id)
    or private.shares_a_room(user_id)
  );
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
