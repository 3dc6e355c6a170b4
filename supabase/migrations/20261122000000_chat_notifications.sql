-- Generated from supabase/schemas by npm run build:migrations. Do not edit.

-- 00_foundation.sql

-- What every other file stands on: schemas, roles, settings, ids and locks.

create schema if not exists private;
comment on schema private is 'The notification engine''s own tables and functions. Not exposed over the API.';
revoke all on schema private from public;
grant usage on schema private to authenticated, service_role;

-- The role with which edge functions and workers connect: it may execute the service functions and nothing else.
-- It cannot log in until the deployment gives it a password.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'notifier') then
    create role notifier nologin noinherit;
  end if;
  -- Edge functions are given the owner's address by the platform and switch to this role.
  execute format('grant notifier to %I', current_user);
end
$$;
grant usage on schema public, private to notifier;

create table private.settings (
  only_row boolean primary key default true,
  batch_window_seconds integer not null default 120,
  mention_grace_seconds integer not null default 30,
  lease_seconds integer not null default 120,
  letters_per_day integer default 20,
  sender_from text not null default 'Chat Notifications <chat@notify.example.com>',
  sender_reply_to text,
  replies_are_read boolean not null default false,
  postal_address text not null default 'Chat Notifications, 1 Example Street, 10115 Berlin, Germany',
  product_name text not null default 'Chat Notifications',
  app_url text not null default 'http://localhost:3000',
  functions_url text not null default 'http://localhost:3000/functions/v1',
  allow_plaintext_links boolean not null default false,
  list_domain text not null default 'notify.example.com',
  delivery_on_for text,
  redirect_all_to text,
  allow_list text[],
  requests_per_second double precision default 10,
  emails_per_second double precision default 100,
  daily_quota integer,
  monthly_quota integer,
  silent_after_seconds integer not null default 600,
  keep_contents_days integer not null default 14,
  archive_after_days integer not null default 30,
  delete_after_days integer not null default 90,
  keep_audit_days integer not null default 730,
  address_salt bytea not null default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
  updated_at timestamptz not null default now(),
  constraint settings_has_one_row check (only_row),
  constraint settings_batch_window_is_at_most_a_day check (batch_window_seconds between 0 and 86400),
  constraint settings_mention_grace_is_at_most_an_hour check (mention_grace_seconds between 0 and 3600),
  constraint settings_lease_is_sensible check (lease_seconds between 10 and 3600),
  constraint settings_letters_per_day_are_some check (letters_per_day >= 1),
  constraint settings_rates_are_positive check (requests_per_second > 0 and emails_per_second > 0),
  constraint settings_quotas_are_positive check (daily_quota > 0 and monthly_quota > 0),
  constraint settings_keep_in_order check (
    keep_contents_days between 2 and delete_after_days and archive_after_days between 8 and delete_after_days
    and delete_after_days <= 3650 and keep_audit_days between 30 and 3650),
  constraint settings_silence_is_sensible check (silent_after_seconds between 30 and 86400),
  constraint settings_urls_have_no_trailing_slash check (app_url !~ '/$' and functions_url !~ '/$'),
  -- To this very machine plain http is fine.
  constraint settings_links_are_encrypted check (
    allow_plaintext_links
    or (app_url ~ '^(https://|http://(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?(/|$))'
      and functions_url ~ '^(https://|http://(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?(/|$))')),
  constraint settings_sender_is_one_line check (concat(sender_from, sender_reply_to, product_name, list_domain) !~ '[\r\n]')
);
comment on table private.settings is
  'One row: what an operator may set for the whole deployment. Times in seconds; rates and letters_per_day (to one recipient in 24 hours, the rest goes into digests) null: no limit. delivery_on_for: the deployment whose processors may send (a copy has another URL). redirect_all_to, allow_list: staging. daily_quota, monthly_quota: what the provider''s plan allows, null if it has no such limit; they alert and forecast, they stop nothing. silent_after_seconds: without a processor''s word for so long it counts as dead. keep_…, archive_…, delete_…: days, see retain().';
alter table private.settings enable row level security;
grant select, update on private.settings to service_role;
insert into private.settings default values;

-- Time-ordered ids: new rows land on the same index page. Random ones made the claim touch a page per letter.
create function private.uuid_v7(at timestamptz default clock_timestamp())
returns uuid
language sql
volatile
return encode(
  set_bit(set_bit(
    overlay(uuid_send(gen_random_uuid())
      placing substring(int8send(floor(extract(epoch from at) * 1000)::bigint) from 3) from 1 for 6),
    52, 1), 53, 1),
  'hex')::uuid;
comment on function private.uuid_v7(timestamptz) is 'RFC 9562 version 7: 48 bits of Unix milliseconds, then random bits.';
revoke execute on function private.uuid_v7(timestamptz) from public;

-- Advisory locks by subject. The seed keeps the kinds apart; a collision of two ids only makes one wait its turn.
create function private.recipient_lock(user_id uuid)
returns bigint
language sql
immutable
return uuid_hash_extended(user_id, 1);
revoke execute on function private.recipient_lock(uuid) from public;

create function private.opening_lock(event_id uuid)
returns bigint
language sql
immutable
return uuid_hash_extended(event_id, 2);
revoke execute on function private.opening_lock(uuid) from public;

create function private.settling_lock(event_id uuid)
returns bigint
language sql
immutable
return uuid_hash_extended(event_id, 3);
revoke execute on function private.settling_lock(uuid) from public;

-- Faults the engine survived and an operator should see: inserted, never updated, so that recording waits for nobody.
create table private.incidents (
  id bigint generated always as identity primary key,
  happened_at timestamptz not null default clock_timestamp(),
  step text not null,
  event_id uuid,
  burst_id bigint,
  user_id uuid,
  code text not null,
  message text not null,
  constraint incidents_step_is_known check (step in ('open', 'mention', 'settle', 'fan_out', 'reschedule', 'broadcast', 'clock'))
);
comment on table private.incidents is 'Faults that were caught: which step, SQLSTATE and Postgres'' message. Never message text or addresses.';
create index incidents_happened_at_idx on private.incidents (happened_at desc);
comment on index private.incidents_happened_at_idx is 'The operators'' list, newest first.';
alter table private.incidents enable row level security;

create function private.record_incident(
  step text, code text, message text,
  event_id uuid default null, burst_id bigint default null, user_id uuid default null
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  insert into private.incidents (step, code, message, event_id, burst_id, user_id)
  values (step, code, left(message, 500), event_id, burst_id, user_id);
exception when others then
  -- Recording must never make the fault worse: the server's log still has it.
  raise warning 'incident not recorded: % % (%)', step, code, sqlstate;
end
$$;
revoke execute on function private.record_incident(text, text, text, uuid, bigint, uuid) from public;

-- Who did what, beyond the recipient's own reading and writing.
create table private.audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  actor uuid,
  action text not null,
  details jsonb not null default '{}'
);
comment on table private.audit_log is 'What operators and the system did: ids and codes, never message text or addresses. actor: null for the system.';
alter table private.audit_log enable row level security;

create function private.audit(action text, details jsonb default '{}')
returns void
language sql
volatile
set search_path = ''
as $$
  insert into private.audit_log (actor, action, details)
  values ((select auth.uid()), action, details);
$$;
revoke execute on function private.audit(text, jsonb) from public;

create function private.growing_pause(attempts integer)
returns interval
language sql
immutable
return least(interval '1 hour', interval '30 seconds' * 2 ^ least(attempts - 1, 10));
comment on function private.growing_pause(integer) is '30 s, doubling with each failed attempt to at most an hour.';
revoke execute on function private.growing_pause(integer) from public;

-- Every exactly-once argument here assumes that each statement sees what committed before it.
create function private.require_read_committed()
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception using
      errcode = 'CN010',
      message = format('The processor must run in READ COMMITTED, not %s.', current_setting('transaction_isolation')),
      hint = 'Remove default_transaction_isolation from the role or the connection.';
  end if;
end
$$;
revoke execute on function private.require_read_committed() from public;

-- 05_operators.sql

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

-- 10_events_and_people.sql

-- The reference host, part one: organizations, events and who is in them. An app with its own tables
-- replaces this file, 15_profiles.sql, 20_chat.sql and 25_host_adapter.sql, and nothing else.

create table public.organizations (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  batch_window_seconds integer,
  default_delivery text not null default 'immediate',
  default_level text not null default 'all',
  content_mode text not null default 'redacted',
  consent_required boolean not null default true,
  created_at timestamptz not null default now(),
  constraint organizations_default_delivery_is_known check (default_delivery in ('immediate', 'hourly', 'daily', 'weekly', 'off')),
  constraint organizations_default_level_is_known check (default_level in ('all', 'mentions', 'none')),
  constraint organizations_content_mode_is_known check (content_mode in ('full', 'redacted', 'none')),
  constraint organizations_name_is_a_short_line check (name ~ '\S' and length(name) <= 200 and name !~ '[\r\n]'),
  constraint organizations_batch_window_is_at_most_a_day check (batch_window_seconds between 0 and 86400)
);
comment on table public.organizations is 'Who runs events. batch_window_seconds: null takes the deployment''s. default_delivery, default_level: for people who chose nothing. content_mode: how much of messages letters show at most. consent_required false: existing customers who may be mailed on another legal basis; the deployment''s operator decides it.';

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
  default_level text,
  slows_down boolean not null default true,
  created_at timestamptz not null default now(),
  constraint events_default_level_is_known check (default_level in ('all', 'mentions', 'none')),
  constraint events_title_is_a_short_line check (title ~ '\S' and length(title) <= 200 and title !~ '[\r\n]'),
  constraint events_batch_window_is_at_most_a_day check (batch_window_seconds between 0 and 86400)
);
comment on table public.events is 'A room with a chat. batch_window_seconds, default_level: null takes the organization''s. slows_down: letters come less often to readers whom they bring no visit.';
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

-- Their numbers of rows are said because Postgres' guess, 1000, made it read all events to look up a few.
-- Runs with the owner's rights: policies ask it about rows their own policies would hide. Answers only for the caller.
create function private.my_organization_ids()
returns setof uuid
language sql
stable
security definer
rows 5
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
rows 50
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
rows 5
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
rows 50
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

alter table public.organizations enable row level security;
revoke all on public.organizations from anon, authenticated, service_role;
grant select, update (name, batch_window_seconds, default_delivery, default_level, content_mode) on public.organizations to authenticated;
grant select, insert, update, delete on public.organizations to service_role;
create policy "people read the organizations of their events"
  on public.organizations for select to authenticated
  using (
    id in (select private.my_organization_ids())
    or id in (select e.organization_id from public.events e where e.id in (select private.my_event_ids()))
  );

create policy "organizers change their organization"
  on public.organizations for update to authenticated
  using (id in (select private.my_run_organization_ids()))
  with check (id in (select private.my_run_organization_ids()));

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
grant
  insert (id, organization_id, title, batch_window_seconds, default_level, slows_down),
  update (title, batch_window_seconds, default_level, slows_down),
  delete
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

-- 15_profiles.sql

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

-- 20_chat.sql

-- The reference host, part three: the chat itself.

-- Unicode's white space by its code points: what \s means depends on the database's locale.
create function private.has_text(body text)
returns boolean
language sql
immutable
return body ~ '[^\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]';
revoke execute on function private.has_text(text) from public;
grant execute on function private.has_text(text) to authenticated, service_role;

create table public.chat_messages (
  id bigint generated always as identity primary key,
  event_id uuid not null references public.events (id) on delete cascade,
  user_id uuid default auth.uid() references auth.users (id) on delete set null,
  body text not null,
  created_at timestamptz not null default now(),
  edited_at timestamptz,
  deleted_at timestamptz,
  client_key uuid,
  constraint chat_messages_body_has_text check (private.has_text(body) or deleted_at is not null),
  constraint chat_messages_body_is_at_most_8000_characters check (length(body) <= 8000)
);
comment on table public.chat_messages is 'What was written. A deleted message keeps its row without its text; user_id is null when the account is gone. client_key: the sender''s own name for it, so that sending again after a lost answer writes nothing twice.';
create index chat_messages_event_idx on public.chat_messages (event_id, id desc);
comment on index public.chat_messages_event_idx is 'A room''s messages, newest first, page by page.';
create index chat_messages_user_idx on public.chat_messages (user_id, event_id, id desc);
comment on index public.chat_messages_user_idx is 'A person''s messages in an event, for digests; all of them, when their account is deleted.';

create unique index chat_messages_are_sent_once on public.chat_messages (user_id, client_key) where client_key is not null;
comment on index public.chat_messages_are_sent_once is 'One message per sender and client_key; costs nothing where no key is given.';

-- The named checks would refuse the same rows; this says in words what to do.
create function private.check_chat_message()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' then
    if new.deleted_at is not null then
      new.body := '';
    elsif new.body is distinct from old.body then
      new.edited_at := now();
    end if;
  end if;
  if new.deleted_at is null and not private.has_text(new.body) then
    raise exception using
      errcode = 'CN001',
      message = 'A message needs some text.',
      hint = 'Write something other than white space.';
  elsif length(new.body) > 8000 then
    raise exception using
      errcode = 'CN002',
      message = format('This message has %s characters; 8000 is the most.', length(new.body)),
      hint = 'Shorten it, or send it in parts.';
  end if;
  return new;
end
$$;
revoke execute on function private.check_chat_message() from public;
create trigger chat_messages_are_checked
  before insert or update of body, deleted_at on public.chat_messages
  for each row execute function private.check_chat_message();

-- Owner's rights: says whether the caller may write here, and if not, why; a policy alone could only say no.
create function private.may_post(event_id uuid)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if exists (
    select
    from public.event_participants p
    where p.event_id = may_post.event_id
      and p.user_id = (select auth.uid())
  ) or exists (
    select
    from public.events e
    join public.organization_members m using (organization_id)
    where e.id = may_post.event_id
      and m.user_id = (select auth.uid())
  ) then
    return true;
  end if;
  raise exception using
    errcode = 'CN003',
    message = 'You are not in this event, or it does not exist.',
    hint = 'Ask an organizer to add you, or check the event''s id.';
end
$$;
revoke execute on function private.may_post(uuid) from public;
grant execute on function private.may_post(uuid) to authenticated;

alter table public.chat_messages enable row level security;
revoke all on public.chat_messages from anon, authenticated, service_role;
revoke all on sequence public.chat_messages_id_seq from anon, authenticated, service_role;
grant select on public.chat_messages to authenticated;
grant insert (event_id, user_id, body, client_key), update (body, deleted_at) on public.chat_messages to authenticated;
grant select, insert, update, delete on public.chat_messages to service_role;
create policy "people read the chats of their events"
  on public.chat_messages for select to authenticated
  using (event_id in (select private.my_event_ids()));
create policy "people write in their events as themselves"
  on public.chat_messages for insert to authenticated
  with check (user_id = (select auth.uid()) and private.may_post(event_id));
-- Only what is not deleted, or an author could bring back what an organizer removed; only where they still are.
create policy "authors edit and delete their messages, organizers delete any"
  on public.chat_messages for update to authenticated
  using (
    deleted_at is null
    and (
      (user_id = (select auth.uid()) and event_id in (select private.my_event_ids()))
      or event_id in (select private.my_run_event_ids())
    )
  )
  with check (
    user_id = (select auth.uid())
    or (event_id in (select private.my_run_event_ids()) and deleted_at is not null)
  );

-- 25_host_adapter.sql

-- The host adapter: the one file through which the engine sees the app's own tables. An app with other tables
-- writes these functions anew, with the same names, arguments and results; docs/lifecycle.md says who calls them when.
-- All run with the engine's rights and are callable by the engine only. Those that messages and letters wait for are
-- plpgsql: Postgres parses and plans an SQL function in each statement that calls it, a plpgsql one once a connection
-- (a mention cost its writer 2.5 ms more).

create function private.event_recipients(event_id uuid, after uuid, page_size integer)
returns table (user_id uuid)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  -- The limit inside each branch keeps a page's cost independent of the event's size: 0.4 ms at 100,000 people,
  -- 88 ms with the limit outside the union.
  return query
  select r.user_id
  from (
    (
      select p.user_id
      from public.event_participants p
      where p.event_id = event_recipients.event_id
        and p.user_id > coalesce(after, '00000000-0000-0000-0000-000000000000')
      order by p.user_id
      limit page_size
    )
    union
    (
      select m.user_id
      from public.organization_members m
      where m.organization_id = (select e.organization_id from public.events e where e.id = event_recipients.event_id)
        and m.user_id > coalesce(after, '00000000-0000-0000-0000-000000000000')
      order by m.user_id
      limit page_size
    )
  ) r
  order by r.user_id
  limit page_size;
end
$$;
comment on function private.event_recipients(uuid, uuid, integer) is
  'Recipients of an event in the order of their ids: at most page_size of them after the given id (null: from the first).';
revoke execute on function private.event_recipients(uuid, uuid, integer) from public;

create function private.event_access(event_ids uuid[], user_ids uuid[])
returns table (event_id uuid, user_id uuid, since timestamptz, as_participant boolean)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select a.event_id, a.user_id, min(a.since), bool_or(a.as_participant)
  from (
    select p.event_id, p.user_id, p.joined_at as since, true as as_participant
    from unnest(event_access.event_ids, event_access.user_ids) asked (event_id, user_id)
    join public.event_participants p on p.event_id = asked.event_id and p.user_id = asked.user_id
    union all
    select e.id, m.user_id, m.joined_at, false
    from unnest(event_access.event_ids, event_access.user_ids) asked (event_id, user_id)
    join public.events e on e.id = asked.event_id
    join public.organization_members m on m.organization_id = e.organization_id and m.user_id = asked.user_id
  ) a
  group by a.event_id, a.user_id;
end
$$;
comment on function private.event_access(uuid[], uuid[]) is
  'For pairs of event and user (arrays of one length): who may see the event now, since when, and whether as a participant or only as a member. No row: no access.';
revoke execute on function private.event_access(uuid[], uuid[]) from public;

create function private.recipient_people(user_ids uuid[])
returns table (user_id uuid, email text, display_name text, locale text, time_zone text, account_problem text)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select u.id, u.email::text, p.display_name, coalesce(p.locale, 'en'), coalesce(p.time_zone, 'UTC'),
    case
      when u.deleted_at is not null then 'account_gone'
      when u.banned_until > now() then 'account_banned'
      when u.is_anonymous then 'account_anonymous'
      when u.email is null or u.email = '' then 'address_missing'
      when u.email_confirmed_at is null then 'address_unverified'
      -- A change that nobody confirmed within a day was given up.
      when u.email_change <> '' and coalesce(u.email_change_sent_at, now()) > now() - interval '1 day' then 'address_change_unconfirmed'
    end
  from auth.users u
  left join public.profiles p on p.user_id = u.id
  where u.id = any(recipient_people.user_ids);
end
$$;
comment on function private.recipient_people(uuid[]) is
  'Address, name, locale and time zone of people, and why their account cannot be written to: account_gone, account_banned, account_anonymous, address_missing, address_unverified, address_change_unconfirmed; null: it can. No row: the account is gone.';
revoke execute on function private.recipient_people(uuid[]) from public;

create function private.people_by_address(address text)
returns table (user_id uuid)
language sql
stable
set search_path = ''
as $$
  -- Auth keeps addresses in lower case; its index serves this.
  select u.id
  from auth.users u
  where u.email = lower(address);
$$;
comment on function private.people_by_address(text) is 'Whose address this is.';
revoke execute on function private.people_by_address(text) from public;

create function private.erase_messages_of(user_id uuid, as_of timestamptz)
returns bigint[]
language sql
volatile
set search_path = ''
as $$
  with erased as (
    update public.chat_messages m
    set body = '', deleted_at = coalesce(m.deleted_at, as_of), user_id = null
    where m.user_id = erase_messages_of.user_id
    returning m.id
  )
  select coalesce(array_agg(e.id), '{}')
  from erased e;
$$;
comment on function private.erase_messages_of(uuid, timestamptz) is
  'For somebody who is forgotten: their messages lose text and author and stay as deleted ones. Returns which they were, those deleted before included.';
revoke execute on function private.erase_messages_of(uuid, timestamptz) from public;

create function private.organization_event_ids(organization_id uuid)
returns table (event_id uuid)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select e.id
  from public.events e
  where e.organization_id = organization_event_ids.organization_id;
end
$$;
comment on function private.organization_event_ids(uuid) is 'An organization''s events, for pausing them together.';
revoke execute on function private.organization_event_ids(uuid) from public;

create function private.recipients_by_handle(event_id uuid, handles text[])
returns table (user_id uuid)
language plpgsql
stable
rows 5
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select p.user_id
  from public.profiles p
  where p.handle = any(handles)
    and (
      exists (
        select
        from public.event_participants ep
        where ep.event_id = recipients_by_handle.event_id
          and ep.user_id = p.user_id
      )
      or exists (
        select
        from public.events e
        join public.organization_members m using (organization_id)
        where e.id = recipients_by_handle.event_id
          and m.user_id = p.user_id
      )
    );
end
$$;
comment on function private.recipients_by_handle(uuid, text[]) is 'Recipients of an event whose handle (lower case, without @) is among these.';
revoke execute on function private.recipients_by_handle(uuid, text[]) from public;

create function private.may_announce(event_id uuid, user_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return exists (
    select
    from public.event_participants p
    where p.event_id = may_announce.event_id
      and p.user_id = may_announce.user_id
      and p.role = 'organizer'
  ) or exists (
    select
    from public.events e
    join public.organization_members m using (organization_id)
    where e.id = may_announce.event_id
      and m.user_id = may_announce.user_id
      and m.role in ('owner', 'organizer')
  );
end
$$;
comment on function private.may_announce(uuid, uuid) is 'Whether this author''s @everyone reaches everyone.';
revoke execute on function private.may_announce(uuid, uuid) from public;

create function private.event_facts(event_ids uuid[])
returns table (
  event_id uuid, title text, organization_id uuid, organization_name text, batch_window_seconds integer,
  default_delivery text, default_level text, content_mode text, consent_required boolean,
  slows_down boolean
)
language plpgsql
stable
rows 10
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select e.id, e.title, o.id, o.name, coalesce(e.batch_window_seconds, o.batch_window_seconds),
    o.default_delivery, coalesce(e.default_level, o.default_level), o.content_mode, o.consent_required,
    e.slows_down
  from public.events e
  join public.organizations o on o.id = e.organization_id
  where e.id = any(event_facts.event_ids);
end
$$;
comment on function private.event_facts(uuid[]) is
  'What letters say of events, their batch window (null: the deployment''s default), what people who chose nothing get, how much of messages letters show at most, whether only people who consented are mailed, and whether letters come less often to readers whom they bring no visit. No row: the event is gone.';
revoke execute on function private.event_facts(uuid[]) from public;

create function private.live_message_ids(message_ids bigint[])
returns table (message_id bigint)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select m.id
  from public.chat_messages m
  where m.id = any(live_message_ids.message_ids)
    and m.deleted_at is null;
end
$$;
comment on function private.live_message_ids(bigint[]) is 'Those of the messages that still exist.';
revoke execute on function private.live_message_ids(bigint[]) from public;

create function private.message_facts(message_ids bigint[])
returns table (message_id bigint, event_id uuid, author_name text, body text, posted_at timestamptz, edited boolean)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select m.id, m.event_id, p.display_name, m.body, m.created_at, m.edited_at is not null
  from public.chat_messages m
  left join public.profiles p on p.user_id = m.user_id
  where m.id = any(message_facts.message_ids);
end
$$;
comment on function private.message_facts(bigint[]) is 'What letters show of messages: the latest text.';
revoke execute on function private.message_facts(bigint[]) from public;

create function private.last_written(event_ids uuid[], user_ids uuid[], since timestamptz)
returns table (event_id uuid, user_id uuid, written_at timestamptz)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select asked.event_id, asked.user_id, w.created_at
  from unnest(last_written.event_ids, last_written.user_ids) asked (event_id, user_id)
  cross join lateral (
    select m.created_at
    from public.chat_messages m
    where m.user_id = asked.user_id
      and m.event_id = asked.event_id
      and m.created_at > since
    order by m.id desc
    limit 1
  ) w;
end
$$;
comment on function private.last_written(uuid[], uuid[], timestamptz) is
  'For pairs of event and user (arrays of one length): who wrote there since, and when last. Digests put their events first.';
revoke execute on function private.last_written(uuid[], uuid[], timestamptz) from public;

-- 30_preferences.sql

-- What recipients want. Who chose nothing gets what the organization says (private.event_facts()).

create table public.notification_preferences (
  user_id uuid primary key references auth.users (id) on delete cascade,
  delivery text,
  level text,
  digest_at time not null default '08:00',
  weekly_on smallint not null default 1,
  quiet_from time,
  quiet_until time,
  quiet_except_mentions boolean not null default false,
  content_mode text,
  letters_per_day smallint,
  updated_at timestamptz not null default now(),
  constraint notification_preferences_delivery_is_known check (delivery in ('immediate', 'hourly', 'daily', 'weekly', 'off')),
  constraint notification_preferences_level_is_known check (level in ('all', 'mentions')),
  constraint notification_preferences_weekly_on_is_a_day check (weekly_on between 1 and 7),
  constraint notification_preferences_quiet_hours_have_two_ends check ((quiet_from is null) = (quiet_until is null) and quiet_from <> quiet_until),
  constraint notification_preferences_letters_per_day_are_some check (letters_per_day between 1 and 1000),
  constraint notification_preferences_content_mode_is_known check (content_mode in ('full', 'redacted', 'none'))
);
comment on table public.notification_preferences is
  'How a person wants letters. delivery: immediate (when a burst closes), a digest hourly, daily (at digest_at) or weekly (on weekly_on, 1 is Monday), or off. level: of events without a level of their own. quiet_from to quiet_until: no letters, unless they are mentions and quiet_except_mentions. content_mode: how much of messages letters show, if the organization allows as much. letters_per_day: in 24 hours, the rest goes into the next digest. All times by the clock of their time zone; null: what the organization or the deployment says.';

create table public.event_notification_preferences (
  user_id uuid not null references auth.users (id) on delete cascade,
  event_id uuid not null,
  level text,
  muted_until timestamptz,
  updated_at timestamptz not null default now(),
  primary key (user_id, event_id),
  constraint event_notification_preferences_level_is_known check (level in ('all', 'mentions', 'none'))
);
comment on table public.event_notification_preferences is
  'What a person wants to hear of one event: all, only messages that address them (mentions), or none; null: as elsewhere. muted_until: nothing before then.';
create index event_notification_preferences_event_idx on public.event_notification_preferences (event_id);
comment on index public.event_notification_preferences_event_idx is 'An event''s rows, when it is deleted.';

create table public.blocked_senders (
  user_id uuid not null references auth.users (id) on delete cascade,
  sender_id uuid not null references auth.users (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (user_id, sender_id),
  constraint blocked_senders_are_others check (user_id <> sender_id)
);
comment on table public.blocked_senders is 'Whose messages a person does not want in letters.';
create index blocked_senders_sender_idx on public.blocked_senders (sender_id, user_id);
comment on index public.blocked_senders_sender_idx is 'Composing: who does not want to hear of these authors?';

-- For the host: its events are gone. No foreign key, because they are in a table of the host's.
create function private.forget_events(event_ids uuid[])
returns void
language sql
volatile
set search_path = ''
as $$
  delete from public.event_notification_preferences p
  where p.event_id = any(forget_events.event_ids);
$$;
revoke execute on function private.forget_events(uuid[]) from public;

alter table public.notification_preferences enable row level security;
revoke all on public.notification_preferences from anon, authenticated, service_role;
grant select on public.notification_preferences to authenticated;
grant
  insert (user_id, delivery, level, digest_at, weekly_on, quiet_from, quiet_until, quiet_except_mentions, content_mode, letters_per_day),
  update (user_id, delivery, level, digest_at, weekly_on, quiet_from, quiet_until, quiet_except_mentions, content_mode, letters_per_day)
  on public.notification_preferences to authenticated;
grant select, insert, update, delete on public.notification_preferences to service_role;
create policy "people read their own preferences"
  on public.notification_preferences for select to authenticated
  using (user_id = (select auth.uid()));
create policy "people set their own preferences"
  on public.notification_preferences for insert to authenticated
  with check (user_id = (select auth.uid()));
create policy "people change their own preferences"
  on public.notification_preferences for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));

alter table public.event_notification_preferences enable row level security;
revoke all on public.event_notification_preferences from anon, authenticated, service_role;
grant select, delete on public.event_notification_preferences to authenticated;
grant insert (user_id, event_id, level, muted_until), update (user_id, event_id, level, muted_until)
  on public.event_notification_preferences to authenticated;
grant select, insert, update, delete on public.event_notification_preferences to service_role;
create policy "people read their own event preferences"
  on public.event_notification_preferences for select to authenticated
  using (user_id = (select auth.uid()));
create policy "people set preferences for their events"
  on public.event_notification_preferences for insert to authenticated
  with check (user_id = (select auth.uid()) and event_id in (select private.my_event_ids()));
create policy "people change their own event preferences"
  on public.event_notification_preferences for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()) and event_id in (select private.my_event_ids()));
create policy "people reset their own event preferences"
  on public.event_notification_preferences for delete to authenticated
  using (user_id = (select auth.uid()));

alter table public.blocked_senders enable row level security;
revoke all on public.blocked_senders from anon, authenticated, service_role;
grant select, insert (user_id, sender_id), delete on public.blocked_senders to authenticated;
grant select, insert, update, delete on public.blocked_senders to service_role;
create policy "people read whom they block"
  on public.blocked_senders for select to authenticated
  using (user_id = (select auth.uid()));
create policy "people block people they share a room with"
  on public.blocked_senders for insert to authenticated
  with check (user_id = (select auth.uid()) and private.shares_a_room(sender_id));
create policy "people unblock"
  on public.blocked_senders for delete to authenticated
  using (user_id = (select auth.uid()));

create function private.stamp_preference()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end
$$;
revoke execute on function private.stamp_preference() from public;
create trigger notification_preferences_are_stamped
  before update on public.notification_preferences
  for each row execute function private.stamp_preference();
create trigger event_notification_preferences_are_stamped
  before update on public.event_notification_preferences
  for each row execute function private.stamp_preference();

-- 31_consent.sql

-- Consent to being mailed: when, where and to which wording. Without it nobody is mailed, unless their organization
-- has another legal basis (consent_required false).

create table public.notification_consents (
  user_id uuid primary key references auth.users (id) on delete cascade,
  given_at timestamptz not null,
  source text not null,
  wording_version text not null,
  withdrawn_at timestamptz,
  constraint notification_consents_source_is_a_word check (source ~ '^[a-z][a-z0-9_-]{0,49}$'),
  constraint notification_consents_wording_is_named check (wording_version ~ '^[A-Za-z0-9._-]{1,50}$'),
  constraint notification_consents_withdrawn_after_given check (withdrawn_at >= given_at)
);
comment on table public.notification_consents is
  'A person''s latest consent to letters: when, through what (source: onboarding, settings, import …) and to which version of the wording. Its history is in the audit log.';
alter table public.notification_consents enable row level security;
revoke all on public.notification_consents from anon, authenticated, service_role;
grant select on public.notification_consents to authenticated;
grant select, insert, update, delete on public.notification_consents to service_role;
create policy "people read their own consent"
  on public.notification_consents for select to authenticated
  using (user_id = (select auth.uid()));

-- Owner's rights: nobody writes consents directly. The caller's own, at the database's time.
create function private.consent(source text, wording_version text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if (select auth.uid()) is null then
    raise exception using
      errcode = 'CN040',
      message = 'Nobody is signed in.',
      hint = 'Sign in, then consent.';
  end if;
  insert into public.notification_consents as c (user_id, given_at, source, wording_version)
  values ((select auth.uid()), now(), consent.source, consent.wording_version)
  on conflict (user_id) do update
  set given_at = excluded.given_at, source = excluded.source, wording_version = excluded.wording_version, withdrawn_at = null
  where c.withdrawn_at is not null or c.wording_version <> excluded.wording_version;
  perform private.audit('give_consent', jsonb_build_object('source', source, 'wording_version', wording_version));
end
$$;
revoke execute on function private.consent(text, text) from public;
grant execute on function private.consent(text, text) to authenticated;

-- Owner's rights for the same reason.
create function private.withdraw()
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.notification_consents c
  set withdrawn_at = now()
  where c.user_id = (select auth.uid())
    and c.withdrawn_at is null;
  perform private.audit('withdraw_consent');
end
$$;
revoke execute on function private.withdraw() from public;
grant execute on function private.withdraw() to authenticated;

create function public.give_consent(source text, wording_version text)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.consent(source, wording_version);
$$;
comment on function public.give_consent(text, text) is
  'The caller agrees to letters: through what (source: a lower-case word such as onboarding) and to which version of the wording.';
revoke execute on function public.give_consent(text, text) from public, anon, authenticated, service_role;
grant execute on function public.give_consent(text, text) to authenticated;

create function public.withdraw_consent()
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.withdraw();
$$;
comment on function public.withdraw_consent() is 'The caller wants no letters any more: as easily as they agreed.';
revoke execute on function public.withdraw_consent() from public, anon, authenticated, service_role;
grant execute on function public.withdraw_consent() to authenticated;

-- 33_due_times.sql

-- When: what a person wishes, and the pure function that says from it when something is due.

create type private.wishes as (
  delivery text,
  digest_at time,
  weekly_on smallint,
  quiet_from time,
  quiet_until time,
  quiet_except_mentions boolean,
  level text,
  muted_until timestamptz,
  content_mode text
);
comment on type private.wishes is 'What a recipient wants of an event, defaults filled in; content_mode null: what the organization says.';

create function private.known_zone(time_zone text)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
  perform timezone(time_zone, timestamptz 'epoch');
  return coalesce(time_zone, 'UTC');
exception when invalid_parameter_value then
  -- A zone that this server does not know (any more) counts as UTC; it must not hold up a page of recipients.
  return 'UTC';
end
$$;
revoke execute on function private.known_zone(text) from public;

create function private.next_full_hour(time_zone text, not_before timestamptz)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_at timestamptz := not_before;
  v_local timestamp;
begin
  -- Twice, for the zone whose clocks jump by half an hour (Lord Howe).
  for i in 1 .. 2 loop
    v_local := timezone(time_zone, v_at);
    exit when v_local = date_trunc('hour', v_local);
    v_at := v_at + (date_trunc('hour', v_local) + interval '1 hour' - v_local);
  end loop;
  return v_at;
end
$$;
revoke execute on function private.next_full_hour(text, timestamptz) from public;

create function private.next_digest_at(delivery text, digest_at time, weekly_on smallint, time_zone text, not_before timestamptz)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_zone text := private.known_zone(time_zone);
  v_day date := timezone(v_zone, not_before)::date;
  v_every integer := 1;
  v_slot timestamptz;
begin
  if delivery = 'hourly' then
    return private.next_full_hour(v_zone, not_before);
  elsif delivery = 'weekly' then
    v_every := 7;
    v_day := v_day + (weekly_on - extract(isodow from v_day)::integer + 7) % 7;
  end if;
  v_slot := timezone(v_zone, v_day + digest_at);
  if v_slot < not_before then
    v_slot := timezone(v_zone, v_day + v_every + digest_at);
  end if;
  return v_slot;
end
$$;
comment on function private.next_digest_at(text, time, smallint, text, timestamptz) is
  'The next instant at or after not_before at which clocks in the zone show digest_at: once a local day, or on that day of the week (1 is Monday); hourly: a full hour. In a gap it moves with the clocks; of an hour that comes twice it is the second.';
revoke execute on function private.next_digest_at(text, time, smallint, text, timestamptz) from public;

create function private.end_of_quiet(quiet_from time, quiet_until time, time_zone text, at timestamptz)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_zone text := private.known_zone(time_zone);
  v_clock time := timezone(v_zone, at)::time;
  v_begun boolean := v_clock >= quiet_from;
  v_over boolean := v_clock >= quiet_until;
begin
  if (v_begun and not v_over) or (quiet_from > quiet_until and (v_begun or not v_over)) then
    return private.next_digest_at('daily', quiet_until, null, v_zone, at);
  end if;
  return at;
end
$$;
comment on function private.end_of_quiet(time, time, text, timestamptz) is 'at, or the end of the quiet hours it falls into.';
revoke execute on function private.end_of_quiet(time, time, text, timestamptz) from public;

create function private.hold_until(
  addressed boolean, as_of timestamptz, after_silence boolean,
  last_seen_at timestamptz, last_letter_at timestamptz, back_off_step smallint
)
returns timestamptz
language sql
stable
return greatest(
  -- In the room right now: they may be reading it.
  case when last_seen_at > as_of - interval '1 minute' then last_seen_at + interval '2 minutes' end,
  case when not addressed and not after_silence and (last_seen_at is null or last_seen_at < last_letter_at)
    then last_letter_at + case back_off_step when 1 then interval '1 hour' when 2 then interval '6 hours' else interval '24 hours' end
  end);
comment on function private.hold_until(boolean, timestamptz, boolean, timestamptz, timestamptz, smallint) is
  'Until when an event''s next letter waits for its reader; null: it does not. While they are in the room; after a letter that brought them no visit an hour, then six, then 24; not when twelve silent hours followed that letter (after_silence), never for what addresses them.';
revoke execute on function private.hold_until(boolean, timestamptz, boolean, timestamptz, timestamptz, smallint) from public;

create function private.is_digest(delivery text)
returns boolean
language sql
immutable
return delivery in ('hourly', 'daily', 'weekly');
revoke execute on function private.is_digest(text) from public;

create function private.due_at(
  wishes private.wishes, time_zone text, addressed boolean, ready_at timestamptz, hold_until timestamptz
)
returns timestamptz
language sql
stable
return case
  when (wishes).quiet_from is null or (addressed and (wishes).quiet_except_mentions and not private.is_digest((wishes).delivery))
    then case when private.is_digest((wishes).delivery)
      then private.next_digest_at((wishes).delivery, (wishes).digest_at, (wishes).weekly_on, time_zone, ready_at)
      else greatest(ready_at, hold_until) end
  else private.end_of_quiet((wishes).quiet_from, (wishes).quiet_until, time_zone,
    case when private.is_digest((wishes).delivery)
      then private.next_digest_at((wishes).delivery, (wishes).digest_at, (wishes).weekly_on, time_zone, ready_at)
      else greatest(ready_at, hold_until) end)
end;
comment on function private.due_at(private.wishes, text, boolean, timestamptz, timestamptz) is
  'When: what is ready (a burst that closes, a mention whose grace is over) is due at this time. Digests at their next slot, others once nothing holds them; both after quiet hours.';
revoke execute on function private.due_at(private.wishes, text, boolean, timestamptz, timestamptz) from public;

create function private.cause_of_wait(
  wishes private.wishes, ready_at timestamptz, due_at timestamptz, hold_until timestamptz, last_seen_at timestamptz
)
returns text
language sql
stable
return case
  when due_at <= ready_at then null
  when private.is_digest((wishes).delivery) then 'digest'
  when due_at > coalesce(hold_until, ready_at) and (wishes).quiet_from is not null then 'quiet_hours'
  when hold_until = last_seen_at + interval '2 minutes' then 'in_the_room'
  when hold_until > ready_at then 'back_off'
end;
comment on function private.cause_of_wait(private.wishes, timestamptz, timestamptz, timestamptz, timestamptz) is
  'What made due_at() say due_at for what was ready at ready_at: digest, quiet_hours, in_the_room, back_off; null: it does not wait.';
revoke execute on function private.cause_of_wait(private.wishes, timestamptz, timestamptz, timestamptz, timestamptz) from public;

create function private.next_digest_for(wishes private.wishes, time_zone text, not_before timestamptz)
returns timestamptz
language sql
stable
return private.due_at(
  row(
    case when private.is_digest((wishes).delivery) then (wishes).delivery else 'daily' end,
    (wishes).digest_at, (wishes).weekly_on, (wishes).quiet_from, (wishes).quiet_until, (wishes).quiet_except_mentions,
    null, null, null)::private.wishes,
  time_zone, false, not_before, null);
comment on function private.next_digest_for(private.wishes, text, timestamptz) is
  'When a person''s next digest is; a daily one for those who want letters at once.';
revoke execute on function private.next_digest_for(private.wishes, text, timestamptz) from public;

create function private.lane_of(delivery text, addressed boolean)
returns smallint
language sql
immutable
return (case when delivery in ('hourly', 'daily', 'weekly') then 2 when addressed then 0 else 1 end)::smallint;
comment on function private.lane_of(text, boolean) is 'Lane 0: mentions, 1: immediate, 2: digests.';
revoke execute on function private.lane_of(text, boolean) from public;

-- 35_wishes.sql

-- Whether: the pure function that says whether something may be told, and where its arguments come from.

create function private.reason_not_to_tell(wishes private.wishes, addressed boolean, as_of timestamptz)
returns text
language sql
immutable
return case
  when (wishes).delivery = 'off' then 'notifications_off'
  when (wishes).level = 'none' then 'event_muted'
  when (wishes).muted_until > as_of then 'event_muted_for_now'
  when (wishes).level = 'mentions' and not addressed then 'mentions_only'
end;
comment on function private.reason_not_to_tell(private.wishes, boolean, timestamptz) is
  'Whether: null, or the code of the reason. addressed: the message mentions the reader, or everyone. as_of infinity: what will not change by itself.';
revoke execute on function private.reason_not_to_tell(private.wishes, boolean, timestamptz) from public;

create function private.stricter_content_mode(one text, other text)
returns text
language sql
immutable
return case
  when one = 'none' or other = 'none' then 'none'
  when one = 'redacted' or other = 'redacted' then 'redacted'
  else 'full'
end;
comment on function private.stricter_content_mode(text, text) is 'Of what the organization allows and what the recipient wants (null: as much as is allowed).';
revoke execute on function private.stricter_content_mode(text, text) from public;

create function private.is_mailable(email text)
returns boolean
language sql
immutable
-- Lengths are compared, not counted by the expression: with {1,64} and {0,61} its automaton did not fit the cache.
return length(email) <= 254
  and position('@' in email) <= 65
  and email not like '.%'
  and email not like '%..%'
  and email not like '%.@%'
  and email ~ '^[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]+@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]$'
  and (length(email) <= 63 or split_part(email, '@', 2) !~ '[^.]{64}');
comment on function private.is_mailable(text) is 'Whether the provider would take this address; what it would refuse is skipped as address_invalid.';
revoke execute on function private.is_mailable(text) from public;

-- What a recipient wants of an event, defaults filled in; p and e: their preferences, null where there are none.
-- Whoever joins these tables pays 2 µs a row; wishes_of() looks both up for each row, which is 5.
create function private.stated_wishes(
  p public.notification_preferences, e public.event_notification_preferences, default_delivery text, default_level text
)
returns setof private.wishes
language sql
stable
rows 1
begin atomic
  select
    coalesce((p).delivery, default_delivery, 'immediate'), coalesce((p).digest_at, time '08:00'), coalesce((p).weekly_on, 1::smallint),
    (p).quiet_from, (p).quiet_until, coalesce((p).quiet_except_mentions, false),
    coalesce((e).level, (p).level, default_level, 'all'), (e).muted_until, (p).content_mode;
end;
revoke execute on function private.stated_wishes(
  public.notification_preferences, public.event_notification_preferences, text, text) from public;

-- The same, looked up. Inlined into the queries that join it laterally.
create function private.wishes_of(user_id uuid, event_id uuid, default_delivery text, default_level text)
returns setof private.wishes
language sql
stable
rows 1
begin atomic
  select w.delivery, w.digest_at, w.weekly_on, w.quiet_from, w.quiet_until, w.quiet_except_mentions, w.level, w.muted_until,
    w.content_mode
  from (select) one
  left join public.notification_preferences p on p.user_id = wishes_of.user_id
  left join public.event_notification_preferences e
    on e.user_id = wishes_of.user_id and e.event_id = wishes_of.event_id
  cross join lateral private.stated_wishes(p, e, wishes_of.default_delivery, wishes_of.default_level) w;
end;
revoke execute on function private.wishes_of(uuid, uuid, text, text) from public;

-- due_at() for a person: looks up the time zone only where one is needed.
create function private.due_for(
  user_id uuid, wishes private.wishes, addressed boolean, ready_at timestamptz, hold_until timestamptz
)
returns timestamptz
language sql
stable
return case
  when (wishes).delivery in ('immediate', 'off') and (wishes).quiet_from is null then greatest(ready_at, hold_until)
  else private.due_at(
    wishes,
    coalesce((select p.time_zone from private.recipient_people(array[due_for.user_id]) p), 'UTC'),
    addressed, ready_at, hold_until)
end;
revoke execute on function private.due_for(uuid, private.wishes, boolean, timestamptz, timestamptz) from public;

-- 37_recipient_states.sql

-- Where a recipient stands in an event: what they have read, when they were there, what they were sent last.

-- Per recipient and event, for members as for participants. No foreign key: a letter is marked sent also when its
-- reader's account goes in that moment.
create table private.recipient_states (
  user_id uuid not null,
  event_id uuid not null,
  read_up_to bigint,
  read_snapshot pg_snapshot,
  last_seen_at timestamptz,
  last_letter_at timestamptz,
  back_off_step smallint,
  mention_letters_at timestamptz[],
  primary key (user_id, event_id),
  constraint recipient_states_read_mark_has_its_snapshot check ((read_up_to is null) = (read_snapshot is null)),
  constraint recipient_states_back_off_follows_a_letter check (
    (last_letter_at is null) = (back_off_step is null) and back_off_step between 1 and 3)
)
-- Every letter writes here, and touches no index.
with (fillfactor = 80);
comment on table private.recipient_states is
  'Read mark, last visit, last letters. A message is read when its id is at most read_up_to and it was visible in read_snapshot: one that commits later with a smaller id is unread. back_off_step: letters in a row without a visit, 3 means 3 or more. mention_letters_at: the latest five letters that told mentions alone.';
alter table private.recipient_states enable row level security;

-- Owner's rights: whoever deletes an account need not know of this.
create function private.forget_recipient_states()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from private.recipient_states s
  where s.user_id = old.id;
  return null;
end
$$;
revoke execute on function private.forget_recipient_states() from public;
create trigger recipient_states_go_with_the_account
  after delete on auth.users
  for each row execute function private.forget_recipient_states();

-- SQL-standard bodies: names are bound when the function is created, so no search_path can mislead them and they inline.
create function private.is_read(message_id bigint, posted_in xid8, read_up_to bigint, read_snapshot pg_snapshot)
returns boolean
language sql
immutable
return coalesce(message_id <= read_up_to and pg_visible_in_snapshot(posted_in, read_snapshot), false);
revoke execute on function private.is_read(bigint, xid8, bigint, pg_snapshot) from public;

-- Mentions tell at once five times an hour and event; the rest comes with the burst's letter.
create function private.is_mentioned_enough(mention_letters_at timestamptz[], as_of timestamptz)
returns boolean
language sql
stable
return coalesce(cardinality(mention_letters_at) >= 5 and mention_letters_at[1] > as_of - interval '1 hour', false);
revoke execute on function private.is_mentioned_enough(timestamptz[], timestamptz) from public;

-- 38_unsubscribing.sql

-- Unsubscribing with the link of a letter. Whoever has the link may turn down what it is about and take that back;
-- turning up beyond what was before takes signing in. Edge functions check the link's token before they call these.

create table private.unsubscribings (
  user_id uuid not null references auth.users (id) on delete cascade,
  subject uuid not null,
  was text,
  became text not null,
  source text not null,
  changed_at timestamptz not null,
  primary key (user_id, subject),
  constraint unsubscribings_change_something check (was is distinct from became),
  constraint unsubscribings_source_is_known check (source in ('one_click', 'page'))
);
comment on table private.unsubscribings is
  'What links in letters turned down, for taking it back. subject: an event (its level), every_event() (the delivery) or every_digest(). was null: nothing of their own choice. Counts as long as the setting still is what it became.';
alter table private.unsubscribings enable row level security;

create function private.every_event()
returns uuid
language sql
immutable
return '00000000-0000-0000-0000-000000000000'::uuid;
revoke execute on function private.every_event() from public;

create function private.every_digest()
returns uuid
language sql
immutable
return 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid;
revoke execute on function private.every_digest() from public;

-- For the audit log: recognises a person's entries as long as somebody knows whose they are, and outlives them.
create function private.person_hash(user_id uuid)
returns text
language sql
stable
set search_path = ''
as $$
  select encode(sha256(s.address_salt || uuid_send(user_id)), 'hex')
  from private.settings s;
$$;
revoke execute on function private.person_hash(uuid) from public;

-- Whoever gets letters as they happen, or leaves it to their organization, may still refuse what comes as a digest: the
-- rest of a busy day, or what waited too long.
create function private.refuses_digests(user_id uuid)
returns boolean
language sql
stable
begin atomic
  select exists (
    select
    from private.unsubscribings u
    where u.user_id = refuses_digests.user_id
      and u.subject = private.every_digest()
  );
end;
revoke execute on function private.refuses_digests(uuid) from public;

-- Owner's rights: people change preferences, not this.
create function private.welcome_digests()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from private.unsubscribings u
  where u.user_id = new.user_id
    and u.subject = private.every_digest();
  return null;
end
$$;
revoke execute on function private.welcome_digests() from public;
create trigger choosing_digests_welcomes_them
  after insert or update of delivery on public.notification_preferences
  for each row
  -- In full: whoever changes a row evaluates this, and may not call our functions.
  when (new.delivery in ('hourly', 'daily', 'weekly'))
  execute function private.welcome_digests();

create function private.settings_by_loudness(subject uuid)
returns text[]
language sql
immutable
return case
  when subject = private.every_event() then array['off', 'weekly', 'daily', 'hourly', 'immediate']
  when subject = private.every_digest() then array['off', 'on']
  else array['none', 'mentions', 'all']
end;
comment on function private.settings_by_loudness(uuid) is 'What a person may have chosen for a subject; the quietest first.';
revoke execute on function private.settings_by_loudness(uuid) from public;

-- What a person chose; null: nothing.
create function private.setting_of(user_id uuid, subject uuid)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when subject = private.every_event() then (
      select p.delivery
      from public.notification_preferences p
      where p.user_id = setting_of.user_id
    )
    when subject = private.every_digest() then case when private.refuses_digests(user_id) then 'off' end
    else (
      select e.level
      from public.event_notification_preferences e
      where e.user_id = setting_of.user_id
        and e.event_id = subject
    )
  end;
$$;
revoke execute on function private.setting_of(uuid, uuid) from public;

-- What somebody gets who chose nothing. Across events nobody knows; as much as there may be.
create function private.setting_by_default(user_id uuid, subject uuid)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when subject = private.every_event() then 'immediate'
    when subject = private.every_digest() then 'on'
    else (
      select coalesce(
        (select p.level from public.notification_preferences p where p.user_id = setting_by_default.user_id), f.default_level, 'all')
      from private.event_facts(array[subject]) f
    )
  end;
$$;
revoke execute on function private.setting_by_default(uuid, uuid) from public;

-- What a link turned down and nobody has decided about since.
create function private.still_turned_down(user_id uuid, subject uuid)
returns setof private.unsubscribings
language sql
stable
set search_path = ''
as $$
  select u.*
  from private.unsubscribings u
  where u.user_id = still_turned_down.user_id
    and u.subject = still_turned_down.subject
    and u.became = private.setting_of(still_turned_down.user_id, still_turned_down.subject);
$$;
revoke execute on function private.still_turned_down(uuid, uuid) from public;

create function private.choices_of(user_id uuid, subject uuid)
returns text[]
language sql
stable
set search_path = ''
as $$
  select all_settings[: greatest(
    array_position(all_settings, coalesce(private.setting_of(user_id, subject), d.setting)),
    (select array_position(all_settings, coalesce(b.was, d.setting)) from private.still_turned_down(user_id, subject) b))]
  from private.settings_by_loudness(subject) all_settings
  cross join private.setting_by_default(user_id, subject) d (setting);
$$;
comment on function private.choices_of(uuid, uuid) is 'What the holder of a link may choose: nothing louder than it is, or was before a link turned it down.';
revoke execute on function private.choices_of(uuid, uuid) from public;

-- Changes a setting as the holder of a link, who has to be able to take it back. The caller holds the recipient's lock.
-- setting null: nothing of their own choice.
create function private.change_by_link(user_id uuid, subject uuid, setting text, source text, action text, as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_now text := private.setting_of(user_id, subject);
  v_was text := v_now;
begin
  if v_now is not distinct from setting then
    return;
  end if;
  select b.was
  into v_was
  from private.still_turned_down(user_id, subject) b;
  if not found then
    v_was := v_now;
  end if;
  delete from private.unsubscribings u
  where u.user_id = change_by_link.user_id
    and u.subject = change_by_link.subject;
  if subject = private.every_event() then
    insert into public.notification_preferences as p (user_id, delivery)
    values (user_id, setting)
    on conflict on constraint notification_preferences_pkey do update
    set delivery = excluded.delivery;
  elsif subject <> private.every_digest() then
    insert into public.event_notification_preferences as p (user_id, event_id, level)
    values (user_id, subject, setting)
    on conflict on constraint event_notification_preferences_pkey do update
    set level = excluded.level;
  end if;
  insert into private.unsubscribings (user_id, subject, was, became, source, changed_at)
  select user_id, subject, v_was, setting, source, as_of
  where setting is not null
    and coalesce(v_was, private.setting_by_default(user_id, subject)) <> setting;
  insert into private.audit_log (at, action, details)
  values (as_of, action, jsonb_build_object(
    'person', private.person_hash(user_id),
    'subject', case subject when private.every_event() then 'everything' when private.every_digest() then 'digests' else subject::text end,
    'from', v_now, 'to', setting, 'source', source));
end
$$;
revoke execute on function private.change_by_link(uuid, uuid, text, text, text, timestamptz) from public;

-- What a link of this scope turns down. Whoever chose digests gets no letters at all without them, as the settings then
-- say; others refuse what would come as one.
create function private.subject_of(user_id uuid, scope text, event_id uuid)
returns uuid
language sql
stable
set search_path = ''
as $$
  select case scope
    when 'event' then event_id
    when 'all' then private.every_event()
    when 'digest' then case
      when private.setting_of(user_id, private.every_event()) <> 'immediate' then private.every_event()
      else private.every_digest()
    end
  end;
$$;
revoke execute on function private.subject_of(uuid, text, uuid) from public;

-- Nobody to mail, or nothing to mail about: answered like somebody who has turned everything off, so that a link tells
-- nobody whether an account is still there.
create function private.is_addressee(user_id uuid, scope text, event_id uuid)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (select from private.recipient_people(array[user_id]))
    and (scope <> 'event' or exists (select from private.event_facts(array[event_id])));
$$;
revoke execute on function private.is_addressee(uuid, text, uuid) from public;

-- Owner's rights: the unsubscribe function may execute these four and read nothing.
create function private.describe_unsubscribing(user_id uuid, scope text, event_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'scope', scope,
    'event', (
      select jsonb_build_object('id', f.event_id, 'title', f.title, 'organization_name', f.organization_name)
      from private.event_facts(array[describe_unsubscribing.event_id]) f
    ),
    'stopped', s.delivery = 'off' or case scope
      when 'event' then s.level = 'none'
      when 'digest' then private.refuses_digests(user_id)
      else false
    end,
    'level', s.level,
    'delivery', s.delivery,
    'can_undo', s.known and exists (select from private.still_turned_down(user_id, private.subject_of(user_id, scope, event_id))),
    'choices', jsonb_build_object(
      'level', case
        when scope <> 'event' then '[]'
        when s.known then to_jsonb(private.choices_of(user_id, event_id))
        else '["none"]'
      end,
      'delivery', case when s.known then to_jsonb(private.choices_of(user_id, private.every_event())) else '["off"]' end
    )
  )
  from (
    select k.known,
      case when k.known then w.delivery else 'off' end as delivery,
      case when scope = 'event' then case when k.known then w.level else 'none' end end as level
    from private.is_addressee(user_id, scope, event_id) k (known)
    left join private.event_facts(array[event_id]) f on true
    cross join lateral private.wishes_of(user_id, event_id, f.default_delivery, f.default_level) w
  ) s;
$$;
comment on function private.describe_unsubscribing(uuid, text, uuid) is
  'What a link (scope event, digest or all) stops and how that stands: event, stopped, level, delivery, can_undo, and the choices its holder has.';
revoke execute on function private.describe_unsubscribing(uuid, text, uuid) from public;
grant execute on function private.describe_unsubscribing(uuid, text, uuid) to service_role, notifier;

-- Owner's rights as above.
create function private.unsubscribe(user_id uuid, scope text, event_id uuid, source text, as_of timestamptz default now())
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(private.recipient_lock(user_id));
  if private.is_addressee(user_id, scope, event_id) then
    perform private.change_by_link(
      user_id, private.subject_of(user_id, scope, event_id), case scope when 'event' then 'none' else 'off' end,
      source, 'unsubscribe', as_of);
  end if;
  return private.describe_unsubscribing(user_id, scope, event_id);
end
$$;
comment on function private.unsubscribe(uuid, text, uuid, text, timestamptz) is
  'Stops what a link is about; again changes nothing. source: one_click or page. Returns the description.';
revoke execute on function private.unsubscribe(uuid, text, uuid, text, timestamptz) from public;
grant execute on function private.unsubscribe(uuid, text, uuid, text, timestamptz) to service_role, notifier;

-- Owner's rights as above.
create function private.undo_unsubscribing(user_id uuid, scope text, event_id uuid, as_of timestamptz default now())
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_subject uuid;
  v_change private.unsubscribings;
begin
  perform pg_advisory_xact_lock(private.recipient_lock(user_id));
  v_subject := private.subject_of(user_id, scope, event_id);
  select *
  into v_change
  from private.still_turned_down(user_id, v_subject);
  if found and private.is_addressee(user_id, scope, event_id) then
    perform private.change_by_link(user_id, v_subject, v_change.was, 'page', 'undo_unsubscribing', as_of);
  end if;
  return private.describe_unsubscribing(user_id, scope, event_id);
end
$$;
comment on function private.undo_unsubscribing(uuid, text, uuid, timestamptz) is
  'Back to what it was before a link turned it down, unless somebody decided otherwise since. Returns the description.';
revoke execute on function private.undo_unsubscribing(uuid, text, uuid, timestamptz) from public;
grant execute on function private.undo_unsubscribing(uuid, text, uuid, timestamptz) to service_role, notifier;

-- Owner's rights as above.
create function private.choose_by_link(
  user_id uuid, scope text, event_id uuid, level text default null, delivery text default null,
  as_of timestamptz default now()
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_subject uuid := case when level is null then private.every_event() else coalesce(event_id, private.every_event()) end;
  v_setting text := coalesce(level, delivery);
  v_known boolean;
begin
  perform pg_advisory_xact_lock(private.recipient_lock(user_id));
  if v_setting is null or v_setting <> all(private.settings_by_loudness(v_subject)) or num_nonnulls(level, delivery) <> 1 then
    raise exception using
      errcode = 'CN061',
      message = 'There is no such choice.',
      hint = 'Send one of the choices that the description lists: a level for the link of an event, or a delivery.';
  end if;
  v_known := private.is_addressee(user_id, scope, event_id);
  if v_setting <> all(case when v_known then private.choices_of(user_id, v_subject) else (private.settings_by_loudness(v_subject))[:1] end) then
    raise exception using
      errcode = 'CN060',
      message = 'A letter''s link can turn down and take that back, not turn up.',
      hint = 'Sign in and change it in the notification settings.';
  end if;
  if v_known then
    perform private.change_by_link(user_id, v_subject, v_setting, 'page', 'choose_by_link', as_of);
  end if;
  return private.describe_unsubscribing(user_id, scope, event_id);
end
$$;
comment on function private.choose_by_link(uuid, text, uuid, text, text, timestamptz) is
  'A finer choice than stopping: either the level of the link''s event, or the delivery of everything. Returns the description.';
revoke execute on function private.choose_by_link(uuid, text, uuid, text, text, timestamptz) from public;
grant execute on function private.choose_by_link(uuid, text, uuid, text, text, timestamptz) to service_role, notifier;

-- Owner's rights: where the unsubscribe function sends people who follow a link.
create function private.app_url()
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select s.app_url
  from private.settings s;
$$;
revoke execute on function private.app_url() from public;
grant execute on function private.app_url() to service_role, notifier;

-- 40_bursts.sql

-- From a message to a burst: the outbox, the bursts, and settling. Chat never waits here.

-- The outbox: written in the message's own transaction, so it has the message's fate.
create table private.untold_messages (
  event_id uuid not null,
  announcement boolean not null,
  message_id bigint not null,
  author_id uuid,
  posted_in xid8 not null default pg_current_xact_id(),
  posted_at timestamptz not null default clock_timestamp(),
  primary key (event_id, announcement, message_id)
);
comment on table private.untold_messages is
  'The outbox: messages that no burst has told. posted_in: the transaction that wrote it, for read marks. No foreign keys: they cost half of the insert rate.';
alter table private.untold_messages enable row level security;
-- Rows live for a window: without this, autovacuum looks at it after 20 % of its largest size ever.
alter table private.untold_messages set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

create table private.bursts (
  id bigint generated always as identity primary key,
  event_id uuid not null,
  announcement boolean not null default false,
  opened_at timestamptz not null default clock_timestamp(),
  stirred_at timestamptz not null default clock_timestamp(),
  closes_at timestamptz not null,
  settle_retry_at timestamptz,
  settled_at timestamptz,
  message_count integer,
  fan_out_after uuid,
  fan_out_failures integer not null default 0,
  fan_out_retry_at timestamptz,
  fanned_out_at timestamptz,
  constraint bursts_settled_has_messages check ((settled_at is null) = (message_count is null) and message_count > 0),
  constraint bursts_fan_out_follows_settling check (fanned_out_at is null or settled_at is not null)
);
comment on table private.bursts is
  'A run of messages in one event within the batch window. Open until settled_at, then fanned out until fanned_out_at; fan_out_after is the last recipient visited. stirred_at: when people began to write in the event again after twelve silent hours.';
-- Not unique: an opener that sits idle in its transaction would make every other opener wait for it. Two open bursts
-- of one event are rare and settle as one.
create index bursts_open_idx on private.bursts (event_id, announcement) where settled_at is null;
comment on index private.bursts_open_idx is 'create_chat_notifications(): has this event an open burst?';
create index bursts_closing_idx on private.bursts (closes_at, id) where settled_at is null;
comment on index private.bursts_closing_idx is 'settle_bursts(): whose window has passed?';
create index bursts_fanning_out_idx on private.bursts (id) where settled_at is not null and fanned_out_at is null;
comment on index private.bursts_fanning_out_idx is 'continue_fan_out(): which still have recipients to visit?';
create index bursts_event_idx on private.bursts (event_id, closes_at);
comment on index private.bursts_event_idx is 'stirred_at(): which was the event''s burst before?';
alter table private.bursts enable row level security;

create table private.burst_messages (
  message_id bigint primary key,
  burst_id bigint not null,
  author_id uuid,
  posted_in xid8 not null,
  posted_at timestamptz not null
);
comment on table private.burst_messages is 'Which burst tells a message. The primary key says it: each message once.';
create index burst_messages_burst_idx on private.burst_messages (burst_id, message_id);
comment on index private.burst_messages_burst_idx is 'Composing: a burst''s messages.';
alter table private.burst_messages enable row level security;

create table private.opening_failures (
  event_id uuid not null,
  announcement boolean not null,
  attempts integer not null default 1,
  retry_at timestamptz not null,
  primary key (event_id, announcement)
);
comment on table private.opening_failures is 'Events for which settling could not open a burst: tried again later, so that they hold up no other.';
alter table private.opening_failures enable row level security;

create table private.missed_mentions (
  message_id bigint primary key,
  event_id uuid not null,
  author_id uuid,
  attempts integer not null default 0,
  retry_at timestamptz not null default clock_timestamp()
);
comment on table private.missed_mentions is 'Messages whose mentions could not be noted when they were written: settling notes them.';
create index missed_mentions_retry_idx on private.missed_mentions (retry_at);
comment on index private.missed_mentions_retry_idx is 'settle_bursts(): which are due for another try?';
alter table private.missed_mentions enable row level security;

create function private.batch_window(event_id uuid)
returns interval
language sql
stable
return make_interval(secs => coalesce(
  (select f.batch_window_seconds from private.event_facts(array[batch_window.event_id]) f),
  (select s.batch_window_seconds from private.settings s)
));
comment on function private.batch_window(uuid) is 'The event''s window, else its organization''s, else the deployment''s.';
revoke execute on function private.batch_window(uuid) from public;

create function private.stirred_at(event_id uuid, opened_at timestamptz)
returns timestamptz
language sql
stable
return coalesce(
  (
    select b.stirred_at
    from private.bursts b
    where b.event_id = stirred_at.event_id
      and b.closes_at > stirred_at.opened_at - interval '12 hours'
    order by b.closes_at desc
    limit 1
  ),
  stirred_at.opened_at);
comment on function private.stirred_at(uuid, timestamptz) is
  'For a burst that opens: since when the event has not been silent for twelve hours.';
revoke execute on function private.stirred_at(uuid, timestamptz) from public;

-- Wakes sleeping processors, but only for what is due before they would look again by themselves (every 5 s): a
-- notification per commit serialises commits (13,000 → 3,300 messages/s).
create function private.wake_processors(due_at timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  if due_at < clock_timestamp() + interval '10 seconds' then
    perform pg_notify('chat_notifications', '');
  end if;
end
$$;
revoke execute on function private.wake_processors(timestamptz) from public;

-- Opens a burst unless the event has one, and notifies the first page of its recipients. Tries the event's opening
-- lock rather than waiting for it: of many writers at once one opens, nobody queues.
create function private.open_burst(event_id uuid, announcement boolean)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_burst_id bigint;
  v_opened_at timestamptz := clock_timestamp();
  v_closes_at timestamptz := v_opened_at
    + case when announcement then interval '0' else private.batch_window(event_id) end;
begin
  if not announcement then
    if not pg_try_advisory_xact_lock(private.opening_lock(event_id)) then
      return;
    end if;
    -- A second look, in a new statement: whoever held the lock a moment ago has committed a burst by now.
    if exists (
      select
      from private.bursts b
      where b.event_id = open_burst.event_id
        and not b.announcement
        and b.settled_at is null
    ) then
      return;
    end if;
  end if;
  lock table public.notifications in row exclusive mode nowait;
  insert into private.bursts (event_id, announcement, opened_at, stirred_at, closes_at)
  values (event_id, announcement, v_opened_at, private.stirred_at(event_id, v_opened_at), v_closes_at)
  returning id into v_burst_id;
  perform private.notify_recipients(v_burst_id, event_id, announcement, v_closes_at, null, 50);
  perform private.wake_processors(v_closes_at);
end
$$;
revoke execute on function private.open_burst(uuid, boolean) from public;

-- What a message does beyond its outbox row. Schema changes on our tables must not hold up the chat: nowait, and for
-- locks that have no such word a lock_timeout (32 clients at once waited up to 20 ms to extend a table). The caller
-- catches the error and the next settling makes up for it.
create function private.notice_messages(event_ids uuid[], announcements boolean[])
returns void
language plpgsql
volatile
set search_path = ''
set lock_timeout = '200ms'
as $$
declare
  v_opened integer := 0;
begin
  lock table private.bursts in access share mode nowait;
  -- One by one: nearly every message is alone in its statement. With one query for all of them it cost 138 µs of the
  -- writer, not 111; a message of an import of 50,000 costs 52, not 41.
  for i in 1 .. coalesce(cardinality(event_ids), 0) loop
    continue when exists (
      select
      from private.bursts b
      where b.event_id = event_ids[i]
        and b.announcement = announcements[i]
        and b.settled_at is null
    );
    -- An import of many rooms in one statement opens a few; settling opens the others.
    exit when v_opened = 10;
    perform private.open_burst(event_ids[i], announcements[i]);
    v_opened := v_opened + 1;
  end loop;
end
$$;
revoke execute on function private.notice_messages(uuid[], boolean[]) from public;

-- 45_settling.sql

-- From the outbox into bursts: settling, and opening what nobody opened.

-- Messages whose burst settled before they committed, whose burst could not be opened, or whose opener is still in
-- its transaction: their event gets a burst here. Two seconds of age leave ordinary openers the time to commit.
create function private.open_missing_bursts(batch_size integer, as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_missing record;
begin
  for v_missing in
    with recursive waiting as (
      -- A loose index scan: one probe an event, however many messages wait.
      (
        select u.event_id, u.announcement
        from private.untold_messages u
        order by u.event_id, u.announcement
        limit 1
      )
      union all
      select n.event_id, n.announcement
      from waiting w
      cross join lateral (
        select u.event_id, u.announcement
        from private.untold_messages u
        where (u.event_id, u.announcement) > (w.event_id, w.announcement)
        order by u.event_id, u.announcement
        limit 1
      ) n
    )
    select w.event_id, w.announcement, o.posted_at
    from waiting w
    cross join lateral (
      select min(u.posted_at) as posted_at
      from private.untold_messages u
      where u.event_id = w.event_id
        and u.announcement = w.announcement
    ) o
    where not exists (
        select
        from private.bursts b
        where b.event_id = w.event_id
          and b.announcement = w.announcement
          and b.settled_at is null
      )
      and o.posted_at <= as_of - interval '2 seconds'
      and not exists (
        select
        from private.opening_failures f
        where f.event_id = w.event_id
          and f.announcement = w.announcement
          and f.retry_at > as_of
      )
    -- Each takes a lock: after an import into 40,000 rooms at once the lock table was full for ever.
    limit batch_size
  loop
    begin
      if pg_try_advisory_xact_lock(private.settling_lock(v_missing.event_id)) then
        insert into private.bursts (event_id, announcement, opened_at, stirred_at, closes_at)
        values (
          v_missing.event_id, v_missing.announcement, as_of, private.stirred_at(v_missing.event_id, v_missing.posted_at),
          v_missing.posted_at
            + case when v_missing.announcement then interval '0' else private.batch_window(v_missing.event_id) end
        );
        delete from private.opening_failures f
        where f.event_id = v_missing.event_id
          and f.announcement = v_missing.announcement;
      end if;
    exception when others then
      -- One event that cannot be opened holds up no other.
      perform private.record_incident('open', sqlstate, sqlerrm, v_missing.event_id);
      insert into private.opening_failures as f (event_id, announcement, retry_at)
      values (v_missing.event_id, v_missing.announcement, as_of + private.growing_pause(1))
      on conflict (event_id, announcement) do update
      set attempts = f.attempts + 1, retry_at = as_of + private.growing_pause(f.attempts + 1);
    end;
  end loop;
end
$$;
revoke execute on function private.open_missing_bursts(integer, timestamptz) from public;

-- Moves messages out of the outbox into their bursts, which the caller has locked. Returns how many bursts told any.
create function private.settle_locked_bursts(due private.bursts[], as_of timestamptz)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_told bigint[];
begin
  -- A later statement, hence a newer snapshot than the locks: what committed until now is told. The delete is what
  -- tells a message once; a row that commits later stays and gets a burst of its own.
  with taken as (
    delete from private.untold_messages u
    using (
      -- Several due bursts of one event settle as one: the first tells, the others find nothing.
      select b.event_id, b.announcement, min(b.id) as burst_id
      from unnest(due) b
      group by b.event_id, b.announcement
    ) t
    where u.event_id = t.event_id
      and u.announcement = t.announcement
    returning t.burst_id, u.message_id, u.author_id, u.posted_in, u.posted_at
  ), told as (
    insert into private.burst_messages (burst_id, message_id, author_id, posted_in, posted_at)
    select burst_id, message_id, author_id, posted_in, posted_at
    from taken
    returning burst_id
  ), counted as (
    select burst_id, count(*)::integer as message_count
    from told
    group by burst_id
  ), settled as (
    update private.bursts b
    set settled_at = as_of, message_count = c.message_count
    from counted c
    where b.id = c.burst_id
    returning b.id
  )
  select coalesce(array_agg(id), '{}')
  into v_told
  from settled;

  -- A burst that told nothing disappears, and so do the notifications of its first page. A row that somebody holds
  -- stays and is skipped when it is due.
  delete from public.notifications n
  where n.id = any(array(
    select d.id
    from public.notifications d
    where d.burst_id = any(array(select b.id from unnest(due) b where b.id <> all(v_told)))
      and d.status = 'pending'
    for update skip locked
  ));
  delete from private.bursts b
  where b.id in (select d.id from unnest(due) d where d.id <> all(v_told));
  return cardinality(v_told);
end
$$;
revoke execute on function private.settle_locked_bursts(private.bursts[], timestamptz) from public;

-- Owner's rights: processors may execute this and read nothing.
create function private.settle_bursts(batch_size integer default 100, as_of timestamptz default now())
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_due private.bursts[];
  v_of_event private.bursts[];
  v_settled integer := 0;
begin
  perform private.require_read_committed();
  perform private.retry_missed_mentions(batch_size, as_of);
  perform private.open_missing_bursts(batch_size, as_of);

  -- Only settlers lock bursts, and one settler at a time has an event.
  select array_agg(locked.b order by (locked.b).id)
  into v_due
  from (
    select d
    from private.bursts d
    where d.settled_at is null
      and d.closes_at <= as_of
      and (d.settle_retry_at is null or d.settle_retry_at <= as_of)
    order by d.closes_at, d.id
    limit batch_size
    for update skip locked
  ) locked (b)
  where pg_try_advisory_xact_lock(private.settling_lock((locked.b).event_id));
  if v_due is null then
    return 0;
  end if;

  begin
    return private.settle_locked_bursts(v_due, as_of);
  exception when others then
    -- Somewhere among them is one that cannot be settled: event by event, so that it holds up no other.
    for v_of_event in
      select array_agg(b order by b.id)
      from unnest(v_due) b
      group by b.event_id
    loop
      begin
        v_settled := v_settled + private.settle_locked_bursts(v_of_event, as_of);
      exception when others then
        perform private.record_incident('settle', sqlstate, sqlerrm, v_of_event[1].event_id, v_of_event[1].id);
        perform private.postpone_settling(v_of_event, as_of);
      end;
    end loop;
    return v_settled;
  end;
end
$$;
comment on function private.settle_bursts(integer, timestamptz) is
  'Step 1 of a pass: bursts whose window has passed take their event''s untold messages. Returns how many settled.';
revoke execute on function private.settle_bursts(integer, timestamptz) from public;
grant execute on function private.settle_bursts(integer, timestamptz) to service_role, notifier;

create function private.postpone_settling(due private.bursts[], as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  update private.bursts b
  set settle_retry_at = as_of + interval '30 seconds'
  where b.id in (select d.id from unnest(due) d);
exception when others then
  -- What keeps it from settling may keep it from being written at all; it is tried with the next pass then.
  null;
end
$$;
revoke execute on function private.postpone_settling(private.bursts[], timestamptz) from public;

-- 50_notifications.sql

-- From a burst to recipients: who is owed what.

create table public.notifications (
  id bigint generated always as identity primary key,
  user_id uuid not null,
  event_id uuid not null,
  burst_id bigint,
  message_id bigint,
  lane smallint not null,
  status text not null default 'pending',
  -- Indexes ask this instead of status: a column that is in an index's condition makes each of its changes a change of
  -- every index, the move from processing to sent too.
  is_pending boolean not null generated always as (status = 'pending') stored,
  scheduled_for timestamptz not null,
  email_id uuid,
  reason text,
  waits jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint notifications_status_is_known check (status in ('pending', 'processing', 'sent', 'failed', 'skipped')),
  constraint notifications_lane_is_known check (lane between 0 and 2),
  constraint notifications_tell_a_burst_or_a_message check (num_nonnulls(burst_id, message_id) = 1),
  constraint notifications_in_a_letter_have_its_email check (email_id is not null or status not in ('processing', 'sent')),
  constraint notifications_not_told_have_a_reason check (reason is not null or status not in ('skipped', 'failed'))
)
-- Room on the page for the move from processing to sent, which touches no index: a dispatch moves whole pages at once.
with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
comment on table public.notifications is
  'This recipient is owed news of a burst (burst_id) or of one message that mentions them (message_id). States: docs/lifecycle.md. updated_at changes with the status and with nothing else. waits: each time it was put off, for receipts: cause, at (since when), due (until then it was due at), until. No foreign keys: 7 µs a row each.';
create unique index notifications_one_per_burst_idx on public.notifications (burst_id, user_id) where burst_id is not null;
comment on index public.notifications_one_per_burst_idx is 'Each recipient once a burst; fan-out relies on it.';
create unique index notifications_one_per_mention_idx on public.notifications (message_id, user_id) where message_id is not null;
comment on index public.notifications_one_per_mention_idx is 'Each recipient once a mention; composing asks who was mentioned in a burst''s messages.';
create index notifications_due_idx on public.notifications (lane, scheduled_for, id) where is_pending;
comment on index public.notifications_due_idx is 'get_pending_notifications(): the next due recipients of a lane.';
create index notifications_pending_of_recipient_idx on public.notifications (user_id) where is_pending;
comment on index public.notifications_pending_of_recipient_idx is 'get_pending_notifications(): everything due for the recipients it locked.';
create index notifications_email_idx on public.notifications (email_id) where email_id is not null;
comment on index public.notifications_email_idx is 'Marking: a letter''s notifications.';
create index notifications_held_idx on public.notifications (event_id) where is_pending and scheduled_for = 'infinity';
comment on index public.notifications_held_idx is 'resume_delivery(): what a pause set aside.';

-- Written when a row is put off, never else: what held it, for its receipt. The same cause again only lasts longer.
create function private.add_wait(waits jsonb, cause text, at timestamptz, due timestamptz, until timestamptz)
returns jsonb
language sql
immutable
return case
  when waits -> -1 ->> 'cause' = cause then jsonb_set(waits, '{-1,until}', to_jsonb(until))
  -- Bounded, however long somebody stays in a room or a provider refuses.
  when jsonb_array_length(waits) >= 20 then waits
  else coalesce(waits, '[]') || jsonb_build_object('cause', cause, 'at', at, 'due', due, 'until', until)
end;
revoke execute on function private.add_wait(jsonb, text, timestamptz, timestamptz, timestamptz) from public;

alter table public.notifications enable row level security;
revoke all on public.notifications from anon, authenticated, service_role;
revoke all on sequence public.notifications_id_seq from anon, authenticated, service_role;
grant select on public.notifications to authenticated, service_role;
create policy "recipients read their own notifications, operators all"
  on public.notifications for select to authenticated
  using (user_id = (select auth.uid()) or (select private.is_operator()));

-- Notifies some recipients of a burst: those given, or the next page after one. Returns how many recipients it
-- visited and the last of them. Whoever wants none of it gets no row.
create function private.notify_recipients(
  burst_id bigint, event_id uuid, announcement boolean, ready_at timestamptz, after uuid, page_size integer,
  only_users uuid[] default null, out visited integer, out last_user uuid
)
language plpgsql
volatile
set search_path = ''
-- Planned once a connection, not in every message that opens a burst.
set plan_cache_mode = 'force_generic_plan'
as $$
begin
  with page as materialized (
    select r.user_id
    from private.event_recipients(notify_recipients.event_id, notify_recipients.after, page_size) r
    where only_users is null
    union all
    select u
    from unnest(only_users) u
  ), event as materialized (
    select f.default_delivery, f.default_level, f.slows_down, b.stirred_at
    from private.event_facts(array[notify_recipients.event_id]) f
    left join private.bursts b on b.id = notify_recipients.burst_id
    -- One, which the planner does not know otherwise.
    limit 1
  ), wanted as (
    insert into public.notifications (user_id, event_id, burst_id, lane, scheduled_for)
    select
      page.user_id, notify_recipients.event_id, notify_recipients.burst_id,
      private.lane_of(w.delivery, false),
      -- Nearly everybody's; a function with a query in it is called for each row.
      case when w.delivery = 'immediate' and w.quiet_from is null then greatest(ready_at, hold.until)
        else private.due_for(page.user_id, w, announcement, ready_at, hold.until) end
    from page
    cross join event
    left join private.recipient_states s on s.user_id = page.user_id and s.event_id = notify_recipients.event_id
    left join public.notification_preferences p on p.user_id = page.user_id
    left join public.event_notification_preferences e on e.user_id = page.user_id and e.event_id = notify_recipients.event_id
    cross join lateral private.stated_wishes(p, e, event.default_delivery, event.default_level) w
    cross join lateral (
      select private.hold_until(
        announcement, ready_at, not event.slows_down or s.last_letter_at < event.stirred_at,
        s.last_seen_at, s.last_letter_at, s.back_off_step) as until
    ) hold
    where private.reason_not_to_tell(w, announcement, 'infinity') is null
      -- The first page's were written by the message that opened the burst. `on conflict` takes 5 µs a row more, and its
      -- only use would be two writers of one burst, which its lock keeps apart.
      and not exists (
        select
        from public.notifications n
        where n.burst_id = notify_recipients.burst_id
          and n.user_id = page.user_id
          and n.user_id > coalesce(notify_recipients.after, '00000000-0000-0000-0000-000000000000')
      )
    order by page.user_id
  )
  select count(*)::integer, max(page.user_id::text)::uuid
  into visited, last_user
  from page;
end
$$;
revoke execute on function private.notify_recipients(bigint, uuid, boolean, timestamptz, uuid, integer, uuid[]) from public;

-- 52_new_messages.sql

-- From a message to the engine: whom it mentions, and what its writing sets going.

create function private.mentioned_handles(body text)
returns text[]
language sql
immutable
return (
  -- None is no null: of that nobody could say whether it holds a handle.
  select coalesce(array_agg(distinct lower(m[1])), '{}')
  from regexp_matches(body, '(?:^|[^A-Za-z0-9_@.])@([A-Za-z0-9](?:[A-Za-z0-9_.-]{0,30}[A-Za-z0-9_])?)', 'g') m
);
comment on function private.mentioned_handles(text) is 'The @handles in a message, lower case; the @ of an e-mail address is none.';
revoke execute on function private.mentioned_handles(text) from public;

-- Those whom a message mentions get a notification of their own, due after a grace for typos and for readers who are
-- in the room. At most 50 a message.
create function private.notify_mentioned(
  message_ids bigint[], event_ids uuid[], author_ids uuid[], bodies text[], unless_in_burst bigint default null
)
returns void
language plpgsql
volatile
set search_path = ''
set lock_timeout = '200ms'
-- Planned once a connection, not for each message: 2 ms.
set plan_cache_mode = 'force_generic_plan'
as $$
declare
  v_ready_at timestamptz := clock_timestamp()
    + make_interval(secs => (select s.mention_grace_seconds from private.settings s));
  v_due_at timestamptz;
begin
  lock table public.notifications in row exclusive mode nowait;
  with inserted as (
    insert into public.notifications (user_id, event_id, message_id, lane, scheduled_for)
    select
      r.user_id, m.event_id, m.message_id,
      private.lane_of(w.delivery, true),
      -- Nearly everybody's; a function with a query in it is planned for each row.
      case when w.delivery = 'immediate' and w.quiet_from is null then v_ready_at
        else private.due_for(r.user_id, w, true, v_ready_at, null) end
    from unnest(message_ids, event_ids, author_ids, bodies) m (message_id, event_id, author_id, body)
    cross join lateral (
      select h.user_id
      from private.recipients_by_handle(m.event_id, private.mentioned_handles(m.body)) h
      where h.user_id is distinct from m.author_id
      order by h.user_id
      limit 50
    ) r
    join private.event_facts(event_ids) f on f.event_id = m.event_id
    left join public.notification_preferences p on p.user_id = r.user_id
    left join public.event_notification_preferences e on e.user_id = r.user_id and e.event_id = m.event_id
    cross join lateral private.stated_wishes(p, e, f.default_delivery, f.default_level) w
    where private.reason_not_to_tell(w, true, 'infinity') is null
      and not exists (
        select
        from public.notifications n
        where n.burst_id = unless_in_burst
          and n.user_id = r.user_id
          and n.status <> 'skipped'
      )
    on conflict do nothing
    returning scheduled_for
  )
  select min(i.scheduled_for)
  into v_due_at
  from inserted i;
  if v_due_at is not null then
    perform private.wake_processors(v_due_at);
  end if;
end
$$;
revoke execute on function private.notify_mentioned(bigint[], uuid[], uuid[], text[], bigint) from public;

-- Mentions that could not be noted with their message. While the message waits in the outbox they are noted as they
-- would have been then; once a burst has told it to everybody whom it tells all, only for those whom it told nothing.
create function private.retry_missed_mentions(batch_size integer, as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_missed record;
  v_burst private.bursts;
begin
  for v_missed in
    select m.message_id, m.event_id, m.author_id
    from private.missed_mentions m
    where m.retry_at <= as_of
    order by m.retry_at
    limit batch_size
    for update skip locked
  loop
    begin
      -- With the lock nobody settles this event before we commit: a letter cannot tell what we are about to note.
      continue when not pg_try_advisory_xact_lock(private.settling_lock(v_missed.event_id));
      select b.*
      into v_burst
      from private.burst_messages bm
      join private.bursts b on b.id = bm.burst_id
      where bm.message_id = v_missed.message_id;
      -- Its fan-out decides first whom the burst tells.
      continue when v_burst.id is not null and v_burst.fanned_out_at is null;
      perform private.notify_mentioned(
        array[f.message_id], array[f.event_id], array[v_missed.author_id], array[f.body], v_burst.id)
      from private.message_facts(array[v_missed.message_id]) f;
      delete from private.missed_mentions m
      where m.message_id = v_missed.message_id;
    exception when others then
      perform private.record_incident('mention', sqlstate, sqlerrm, v_missed.event_id);
      update private.missed_mentions m
      set attempts = m.attempts + 1, retry_at = as_of + private.growing_pause(m.attempts + 1)
      where m.message_id = v_missed.message_id;
    end;
  end loop;
end
$$;
revoke execute on function private.retry_missed_mentions(integer, timestamptz) from public;

-- What the host's trigger calls, once a statement, in the writer's transaction, with what was written: arrays of one
-- length, no nulls among ids, events and bodies.
create function private.note_messages(message_ids bigint[], event_ids uuid[], author_ids uuid[], bodies text[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  -- Expressions, no queries: most messages mention nobody (35 of 190 µs that a message costs here).
  v_text text := array_to_string(bodies, ' ');
  v_announcements boolean[] := array_fill(false, array[coalesce(cardinality(event_ids), 0)]);
  v_ids bigint[];
  v_events uuid[];
  v_authors uuid[];
  v_bodies text[];
begin
  -- Handles have no case, and neither has this one.
  if position('@everyone' in lower(v_text)) > 0 then
    select array_agg('everyone' = any(private.mentioned_handles(p.body)) and private.may_announce(p.event_id, p.user_id) order by p.place)
    into v_announcements
    from unnest(event_ids, author_ids, bodies) with ordinality p (event_id, user_id, body, place);
  end if;
  -- Part of the message, same fate: outside of any exception block.
  insert into private.untold_messages (event_id, announcement, message_id, author_id)
  select p.event_id, p.announcement, p.id, p.user_id
  from unnest(event_ids, v_announcements, message_ids, author_ids) p (event_id, announcement, id, user_id);

  -- A transaction with an older snapshot cannot see whether a burst is open; the next settling opens one.
  if current_setting('transaction_isolation') = 'read committed' then
    begin
      perform private.notice_messages(event_ids, v_announcements);
    exception when others then
      perform private.record_incident('open', sqlstate, sqlerrm, event_ids[1]);
    end;
  end if;

  if position('@' in v_text) > 0 then
    select array_agg(p.id), array_agg(p.event_id), array_agg(p.user_id), array_agg(p.body)
    into v_ids, v_events, v_authors, v_bodies
    from unnest(message_ids, event_ids, author_ids, bodies) p (id, event_id, user_id, body)
    where position('@' in p.body) > 0;
    begin
      perform private.notify_mentioned(v_ids, v_events, v_authors, v_bodies);
    exception when others then
      -- Settling notes them; a burst does not tell those who want only what mentions them.
      perform private.record_incident('mention', sqlstate, sqlerrm, v_events[1]);
      insert into private.missed_mentions (message_id, event_id, author_id)
      select m.message_id, m.event_id, m.author_id
      from unnest(v_ids, v_events, v_authors) m (message_id, event_id, author_id);
    end;
  end if;
end
$$;
comment on function private.note_messages(bigint[], uuid[], uuid[], text[]) is
  'Notes new messages: an outbox row each, a burst where the event has none, notifications for whom they mention. Costs the same at 10 and at 100,000 recipients.';
revoke execute on function private.note_messages(bigint[], uuid[], uuid[], text[]) from public;

-- 54_fan_out.sql

-- From a settled burst to all its recipients, page by page.

create table private.fan_out_failures (
  burst_id bigint not null,
  user_id uuid not null,
  attempts integer not null default 1,
  retry_at timestamptz not null,
  primary key (burst_id, user_id)
);
comment on table private.fan_out_failures is 'Recipients whose notification could not be written: tried again until it can.';
create index fan_out_failures_retry_idx on private.fan_out_failures (retry_at);
comment on index private.fan_out_failures_retry_idx is 'continue_fan_out(): whose retry is due?';
alter table private.fan_out_failures enable row level security;

-- One page of one burst. The second time a page fails it goes row by row, so that one bad row holds up nobody else.
create function private.fan_out_page(burst private.bursts, page_size integer, as_of timestamptz)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_visited integer := 0;
  v_last uuid;
  v_user uuid;
begin
  begin
    select n.visited, n.last_user
    into v_visited, v_last
    from private.notify_recipients(
      burst.id, burst.event_id, burst.announcement, burst.closes_at, burst.fan_out_after, page_size) n;
  exception when others then
    perform private.record_incident('fan_out', sqlstate, sqlerrm, burst.event_id, burst.id);
    if burst.fan_out_failures = 0 then
      update private.bursts b
      set fan_out_failures = 1, fan_out_retry_at = as_of + interval '5 seconds'
      where b.id = burst.id;
      return 0;
    end if;
    for v_user in
      select r.user_id
      from private.event_recipients(burst.event_id, burst.fan_out_after, page_size) r
    loop
      v_visited := v_visited + 1;
      v_last := v_user;
      begin
        perform private.notify_recipients(
          burst.id, burst.event_id, burst.announcement, burst.closes_at, null, 0, array[v_user]);
      exception when others then
        insert into private.fan_out_failures (burst_id, user_id, retry_at)
        values (burst.id, v_user, as_of + interval '30 seconds')
        on conflict do nothing;
      end;
    end loop;
  end;
  update private.bursts b
  set fan_out_after = coalesce(v_last, b.fan_out_after),
    fan_out_failures = 0,
    fan_out_retry_at = null,
    fanned_out_at = case when v_visited < page_size then as_of end
  where b.id = burst.id;
  return v_visited;
end
$$;
revoke execute on function private.fan_out_page(private.bursts, integer, timestamptz) from public;

-- Recipients whose row failed: tried again one by one, with growing pauses, until it can be written.
create function private.retry_fan_out_failures(batch_size integer, as_of timestamptz)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_failure record;
  v_mended integer := 0;
begin
  for v_failure in
    select f.burst_id, f.user_id, f.attempts, b.event_id, b.announcement, b.closes_at
    from private.fan_out_failures f
    join private.bursts b on b.id = f.burst_id
    where f.retry_at <= as_of
    order by f.retry_at
    limit batch_size
    for update of f skip locked
  loop
    begin
      perform private.notify_recipients(
        v_failure.burst_id, v_failure.event_id, v_failure.announcement, v_failure.closes_at, null, 0, array[v_failure.user_id]);
      delete from private.fan_out_failures f
      where f.burst_id = v_failure.burst_id
        and f.user_id = v_failure.user_id;
      v_mended := v_mended + 1;
    exception when others then
      perform private.record_incident('fan_out', sqlstate, sqlerrm, v_failure.event_id, v_failure.burst_id, v_failure.user_id);
      update private.fan_out_failures f
      set attempts = f.attempts + 1,
        retry_at = as_of + private.growing_pause(f.attempts + 1)
      where f.burst_id = v_failure.burst_id
        and f.user_id = v_failure.user_id;
    end;
  end loop;
  return v_mended;
end
$$;
revoke execute on function private.retry_fan_out_failures(integer, timestamptz) from public;

-- Owner's rights: processors may execute this and read nothing.
create function private.continue_fan_out(page_size integer default 10000, as_of timestamptz default now())
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_burst private.bursts;
  v_visited integer;
begin
  perform private.require_read_committed();
  v_visited := private.retry_fan_out_failures(100, as_of);
  -- Small bursts share a call, a large one takes a call a page: locks are held for about page_size rows.
  while v_visited < page_size loop
    select *
    into v_burst
    from private.bursts b
    where b.settled_at is not null
      and b.fanned_out_at is null
      and (b.fan_out_retry_at is null or b.fan_out_retry_at <= as_of)
    order by b.id
    limit 1
    for update skip locked;
    exit when not found;
    v_visited := v_visited + greatest(1, private.fan_out_page(v_burst, page_size, as_of));
  end loop;
  return v_visited;
end
$$;
comment on function private.continue_fan_out(integer, timestamptz) is
  'Step 2 of a pass: notifications of settled bursts, about page_size recipients. Starts at the first recipient, so whoever joined or turned mail on during the window is included. Returns how much it did; 0: nothing left.';
revoke execute on function private.continue_fan_out(integer, timestamptz) from public;
grant execute on function private.continue_fan_out(integer, timestamptz) to service_role, notifier;

-- 55_rescheduling.sql

-- A changed wish moves what is already waiting: who turns to immediate gets it now, who turns to digests in the next one.

create function private.reschedule_notifications(
  user_id uuid, as_of timestamptz default now(), visited_event_id uuid default null
)
returns integer
language plpgsql
volatile
set search_path = ''
set lock_timeout = '20ms'
as $$
declare
  v_moved integer;
begin
  with waiting as (
    select n.id, n.event_id, n.message_id, n.burst_id, n.message_id is not null or b.announcement as addressed, b.stirred_at,
      -- What was too late for a letter stays with the digests; whether there have been letters enough is judged anew.
      n.lane = 2 and coalesce(n.waits -> -1 ->> 'cause' = 'overdue', false) as overdue,
      -- What nobody processed for a day is a digest's, too, once a processor finds it: a visit does not make it fresh.
      n.lane < 2 and n.scheduled_for < as_of - interval '24 hours' as late,
      coalesce(b.closes_at, n.created_at + make_interval(secs => s.mention_grace_seconds)) as ready_at
    from public.notifications n
    cross join private.settings s
    left join private.bursts b on b.id = n.burst_id
    where n.user_id = reschedule_notifications.user_id
      and n.is_pending
      -- A visit ends what waited for it; what is for a digest stays there.
      and (visited_event_id is null or (n.event_id = visited_event_id and n.lane < 2))
    order by n.id
    -- What a processor holds right now it judges by the new wish itself.
    for update of n skip locked
  )
  update public.notifications n
  set lane = case when waiting.overdue then 2 else private.lane_of(w.delivery, waiting.message_id is not null) end,
    -- What is due already keeps its place in the lane.
    scheduled_for = case
      when due.at <= as_of or (waiting.late and not private.is_digest(w.delivery)) then least(n.scheduled_for, as_of)
      else due.at
    end,
    waits = case when waiting.overdue
      then private.add_wait(n.waits, 'overdue', as_of, n.scheduled_for, due.at) else n.waits end
  from waiting
  left join private.recipient_states s
    on s.user_id = reschedule_notifications.user_id and s.event_id = waiting.event_id
  left join lateral private.event_facts(array[waiting.event_id]) f on true
  cross join lateral private.wishes_of(
    reschedule_notifications.user_id, waiting.event_id, f.default_delivery, f.default_level) w
  cross join lateral (
    select case
      when waiting.overdue then private.next_digest_for(
        w,
        coalesce((select p.time_zone from private.recipient_people(array[reschedule_notifications.user_id]) p), 'UTC'),
        greatest(waiting.ready_at, as_of))
      else private.due_for(
        reschedule_notifications.user_id, w, waiting.addressed, greatest(waiting.ready_at, as_of),
        private.hold_until(
          waiting.addressed, greatest(waiting.ready_at, as_of), not f.slows_down or s.last_letter_at < waiting.stirred_at,
          s.last_seen_at, s.last_letter_at, s.back_off_step))
    end as at
  ) due
  where n.id = waiting.id;
  get diagnostics v_moved = row_count;
  perform private.wake_processors(as_of);
  return v_moved;
end
$$;
comment on function private.reschedule_notifications(uuid, timestamptz, uuid) is
  'Recomputes when a person''s pending notifications are due: their preferences or time zone changed, or they came by (visited_event_id: only what waited for that). The host calls it when their time zone changes.';
revoke execute on function private.reschedule_notifications(uuid, timestamptz, uuid) from public;

-- Owner's rights: people change preferences, not notifications.
create function private.reschedule_after_change()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.reschedule_notifications(new.user_id);
  return null;
exception when others then
  -- The change counts all the same: composing asks the preferences again.
  perform private.record_incident('reschedule', sqlstate, sqlerrm, user_id => new.user_id);
  return null;
end
$$;
revoke execute on function private.reschedule_after_change() from public;

create trigger preferences_reschedule
  after insert or update of delivery, digest_at, weekly_on, quiet_from, quiet_until, quiet_except_mentions on public.notification_preferences
  for each row execute function private.reschedule_after_change();

-- 57_suppressions.sql

-- Addresses that must not be mailed, and what their owners are told about it.

create table private.suppressions (
  address_hash bytea primary key,
  address text,
  reason text not null,
  suppressed_at timestamptz not null,
  lifted_at timestamptz,
  constraint suppressions_reason_is_known check (reason in ('bounced', 'soft_bounces', 'complained', 'provider', 'manual')),
  constraint suppressions_hash_is_sha256 check (octet_length(address_hash) = 32)
);
comment on table private.suppressions is
  'Addresses that must not be mailed until lifted_at. address_hash: salted sha-256 of the lower-case address; address is null after an erasure, the hash stays.';
alter table private.suppressions enable row level security;
grant select on private.suppressions to authenticated, service_role;
create policy "operators read suppressions"
  on private.suppressions for select to authenticated
  using ((select private.is_operator()));

create table private.bounce_scores (
  address_hash bytea primary key,
  score integer not null,
  updated_at timestamptz not null,
  constraint bounce_scores_are_not_negative check (score >= 0)
);
comment on table private.bounce_scores is 'Transient bounces: one more each, one less with each delivery, none after 30 days; five suppress the address.';
alter table private.bounce_scores enable row level security;

create table public.address_problems (
  user_id uuid primary key references auth.users (id) on delete cascade,
  reason text not null,
  noticed_at timestamptz not null
);
comment on table public.address_problems is 'Tells a person that letters to their address do not arrive, and why. Gone when the address changes or the suppression is lifted.';
alter table public.address_problems enable row level security;
revoke all on public.address_problems from anon, authenticated, service_role;
grant select on public.address_problems to authenticated, service_role;
create policy "people read their own address problem"
  on public.address_problems for select to authenticated
  using (user_id = (select auth.uid()));

create function private.address_hash(address text)
returns bytea
language sql
stable
set search_path = ''
as $$
  select sha256(s.address_salt || convert_to(lower(address), 'UTF8'))
  from private.settings s;
$$;
revoke execute on function private.address_hash(text) from public;

create function private.suppress_address(address text, reason text, as_of timestamptz)
returns void
language sql
volatile
set search_path = ''
as $$
  insert into private.suppressions as s (address_hash, address, reason, suppressed_at)
  select private.address_hash(address), lower(address), suppress_address.reason, as_of
  -- A letter to somebody who was forgotten has no address any more.
  where address <> ''
  on conflict (address_hash) do update
  set address = excluded.address, reason = excluded.reason, suppressed_at = excluded.suppressed_at, lifted_at = null
  where s.lifted_at is not null;
  insert into public.address_problems as p (user_id, reason, noticed_at)
  select u.user_id, suppress_address.reason, as_of
  from private.people_by_address(address) u
  on conflict (user_id) do update
  set reason = excluded.reason, noticed_at = excluded.noticed_at;
$$;
revoke execute on function private.suppress_address(text, text, timestamptz) from public;

create function private.unsuppress_address(address text, as_of timestamptz)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_lifted boolean;
begin
  -- The score before the suppression, as score_bounce() does: in another order the two could wait for each other.
  delete from private.bounce_scores b
  where b.address_hash = private.address_hash(unsuppress_address.address);
  update private.suppressions s
  set lifted_at = as_of
  where s.address_hash = private.address_hash(unsuppress_address.address)
    and s.lifted_at is null;
  v_lifted := found;
  delete from public.address_problems p
  where p.user_id in (select u.user_id from private.people_by_address(unsuppress_address.address) u);
  return v_lifted;
end
$$;
revoke execute on function private.unsuppress_address(text, timestamptz) from public;

-- Owner's rights: operators may lift, not write.
create function private.lift_suppression_as_operator(address text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_lifted boolean;
begin
  perform private.require_operator();
  v_lifted := private.unsuppress_address(address, now());
  perform private.audit('lift_suppression', jsonb_build_object(
    'address_hash', encode(private.address_hash(address), 'hex'), 'lifted', v_lifted));
  return v_lifted;
end
$$;
revoke execute on function private.lift_suppression_as_operator(text) from public;
grant execute on function private.lift_suppression_as_operator(text) to authenticated, service_role;

create function public.lift_suppression(address text)
returns boolean
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.lift_suppression_as_operator(address);
$$;
comment on function public.lift_suppression(text) is 'For operators: mail this address again. False: it was not suppressed.';
revoke execute on function public.lift_suppression(text) from public, anon, authenticated, service_role;
grant execute on function public.lift_suppression(text) to authenticated, service_role;

-- Owner's rights: a new address starts without the old one's problem.
create function private.forget_address_problem()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from public.address_problems p
  where p.user_id = new.id;
  return null;
end
$$;
revoke execute on function private.forget_address_problem() from public;
create trigger address_problems_follow_the_address
  after update of email on auth.users
  for each row
  when (old.email is distinct from new.email)
  execute function private.forget_address_problem();

-- 60_emails.sql

-- From notifications to letters: e-mails, dispatches, and the outcome of sending.

create table private.dispatches (
  id uuid primary key,
  status text not null default 'sending',
  attempt integer not null default 1,
  next_attempt_at timestamptz not null,
  letter_count integer not null,
  facts jsonb not null,
  body_sha256 bytea,
  first_attempt_at timestamptz,
  ambiguous_at timestamptz,
  body text,
  unconfirmed_at timestamptz,
  outcome text,
  last_error text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint dispatches_status_is_known check (status in ('sending', 'retrying', 'sent', 'failed')),
  constraint dispatches_hold_a_batch check (letter_count between 1 and 100),
  constraint dispatches_sent_were_attempted check (status <> 'sent' or first_attempt_at is not null),
  constraint dispatches_body_hash_is_sha256 check (octet_length(body_sha256) = 32)
);
comment on table private.dispatches is
  'Up to 100 e-mails sent in one provider call under one idempotency key, the id. next_attempt_at: the end of the lease while sending, the time of the retry while retrying. facts: what its letters share, frozen. first_attempt_at: of those whose letters may have been accepted. body: the request as sent, kept once an attempt was ambiguous. unconfirmed_at: sent by the provider''s word about its key alone. updated_at changes with the status: the rollups count by it.';
create index dispatches_next_attempt_idx on private.dispatches (next_attempt_at) where status in ('sending', 'retrying');
comment on index private.dispatches_next_attempt_idx is 'get_pending_notifications(): retries that are due and leases that ran out.';
create index dispatches_unconfirmed_idx on private.dispatches (unconfirmed_at) where unconfirmed_at is not null;
comment on index private.dispatches_unconfirmed_idx is 'What a webhook or the provider''s list has still to confirm.';
alter table private.dispatches enable row level security;

create table public.emails (
  id uuid primary key,
  user_id uuid not null,
  dispatch_id uuid not null,
  position smallint not null,
  kind text not null,
  status text not null default 'sending',
  address text not null,
  display_name text,
  locale text not null,
  time_zone text not null,
  content_mode text not null default 'redacted',
  digest text,
  parts jsonb not null,
  back_off_steps smallint[],
  more jsonb not null,
  provider_id text,
  reason text,
  created_at timestamptz not null,
  sent_at timestamptz,
  updated_at timestamptz not null,
  -- Not status and updated_at in the index's condition: each move of a letter would be a change of every index.
  failed_at timestamptz generated always as (case when status = 'failed' then updated_at end) stored,
  is_discarded boolean not null generated always as (status = 'discarded') stored,
  constraint emails_kind_is_known check (kind in ('conversation', 'combined', 'digest')),
  constraint emails_digest_is_a_rhythm check (digest in ('hourly', 'daily', 'weekly') and (kind = 'digest') or digest is null),
  constraint emails_content_mode_is_known check (content_mode in ('full', 'redacted', 'none')),
  constraint emails_status_is_known check (status in (
    'sending', 'retrying', 'sent', 'delivered', 'delayed', 'bounced', 'complained', 'failed', 'suppressed', 'discarded')),
  constraint emails_sent_have_a_time check (sent_at is not null or status not in ('sent', 'delivered', 'delayed', 'bounced', 'complained', 'suppressed')),
  constraint emails_failed_have_a_reason check (reason is not null or status not in ('failed', 'discarded'))
)
-- Room on the page for sent and for what the provider reports later, which touch no index.
with (fillfactor = 50);
comment on table public.emails is
  'One composed letter to one recipient. failed_at: since when it is a dead letter. parts: its events, each with count, shown message ids and mentions; more: what did not fit. back_off_steps: for each part the step that its event''s back-off takes with this letter; null: none, only mentions. States: docs/lifecycle.md.';
create index emails_dispatch_idx on public.emails (dispatch_id);
comment on index public.emails_dispatch_idx is 'A dispatch''s letters, for sending and marking.';
create index emails_failed_idx on public.emails (failed_at desc) where failed_at is not null;
comment on index public.emails_failed_idx is 'The dead letters, newest first.';
create index emails_discarded_idx on public.emails (dispatch_id) where is_discarded;
comment on index public.emails_discarded_idx is 'Erasure: letters that no notification leads to any more.';
create index emails_user_idx on public.emails (user_id, created_at desc);
comment on index public.emails_user_idx is 'A person''s letters, newest first.';
alter table public.emails enable row level security;
revoke all on public.emails from anon, authenticated, service_role;
grant select on public.emails to authenticated, service_role;
create policy "recipients read their own e-mails, operators all"
  on public.emails for select to authenticated
  using (user_id = (select auth.uid()) or (select private.is_operator()));

-- 62_attempts.sql

-- Attempts to send a dispatch: what a worker gets, how long it is its own, who takes over.

-- What a worker needs to send dispatches. One reading for the first attempt and for every later one: same facts, same bytes.
create function private.dispatches_to_send(dispatch_ids uuid[])
returns table (dispatch_id uuid, attempt integer, facts jsonb, letters json, body text)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select d.id, d.attempt, d.facts,
    (
      select json_agg(
        -- Written once, read by nobody here: as jsonb it took twice as long.
        json_build_object(
          'email_id', e.id,
          'kind', e.kind,
          'digest', e.digest,
          'recipient', json_build_object(
            'user_id', e.user_id, 'email', e.address, 'display_name', e.display_name,
            'locale', e.locale, 'time_zone', e.time_zone, 'content_mode', e.content_mode),
          'parts', e.parts,
          'more', e.more,
          'composed_at', e.created_at
        )
        order by e.position
      )
      from public.emails e
      where e.dispatch_id = d.id
    ),
    d.body
  from private.dispatches d
  where d.id = any(dispatch_ids)
  order by d.created_at, d.id;
end
$$;
revoke execute on function private.dispatches_to_send(uuid[]) from public;

-- For whoever is told to send a dispatch that somebody else claimed. Owner's rights: processors may execute this and
-- read nothing.
create function private.held_dispatch(id uuid, held_attempt integer)
returns table (dispatch_id uuid, attempt integer, facts jsonb, letters json, body text)
language sql
stable
security definer
set search_path = ''
as $$
  select s.dispatch_id, s.attempt, s.facts, s.letters, s.body
  from private.dispatches d
  cross join lateral private.dispatches_to_send(array[d.id]) s
  where d.id = held_dispatch.id
    and d.attempt = held_attempt
    and d.status = 'sending';
$$;
comment on function private.held_dispatch(uuid, integer) is
  'A claimed dispatch as get_pending_notifications() gave it, while its attempt still holds it; no row: it does not.';
revoke execute on function private.held_dispatch(uuid, integer) from public;
grant execute on function private.held_dispatch(uuid, integer) to service_role, notifier;

create function private.lease_until(as_of timestamptz)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
  -- plpgsql, to be planned once a connection, not for each dispatch: 0.13 ms.
  return (
    select as_of + make_interval(secs => s.lease_seconds)
    from private.settings s
  );
end
$$;
revoke execute on function private.lease_until(timestamptz) from public;

-- For a person to look at: one bad letter, or letters that ran out of time.
create function private.fail_letters(email_ids uuid[], reason text, as_of timestamptz)
returns void
language sql
volatile
set search_path = ''
as $$
  update public.emails e
  set status = 'failed', reason = fail_letters.reason, updated_at = as_of
  where e.id = any(email_ids);
  update public.notifications n
  set status = 'failed', reason = fail_letters.reason, updated_at = as_of
  where n.email_id = any(email_ids)
    and n.status = 'processing';
$$;
revoke execute on function private.fail_letters(uuid[], text, timestamptz) from public;

-- The provider forgets a key after 24 hours: from then on the same letters could be accepted a second time.
create function private.is_too_late(first_attempt_at timestamptz, as_of timestamptz)
returns boolean
language sql
stable
return coalesce(first_attempt_at < as_of - interval '23 hours', false);
revoke execute on function private.is_too_late(timestamptz, timestamptz) from public;

-- Nobody found out in time whether these letters were accepted: a person decides.
create function private.give_up_dispatch(dispatch private.dispatches, reason text, as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform private.fail_letters(
    array(select e.id from public.emails e where e.dispatch_id = dispatch.id), 'outcome_unknown', as_of);
  update private.dispatches d
  set status = 'failed', outcome = 'outcome_unknown', last_error = coalesce(reason, d.last_error), updated_at = as_of
  where d.id = dispatch.id;
end
$$;
revoke execute on function private.give_up_dispatch(private.dispatches, text, timestamptz) from public;

-- Retries that are due, and dispatches whose worker went silent: nobody knows whether the request left, so the same
-- letters go again under the same key.
create function private.retake_dispatches(batch_size integer, not_this uuid, as_of timestamptz)
returns uuid[]
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_dispatch private.dispatches;
  v_retaken uuid[] := '{}';
begin
  for v_dispatch in
    select *
    from private.dispatches d
    where d.status in ('sending', 'retrying')
      and d.next_attempt_at <= as_of
      and d.id is distinct from not_this
    order by d.next_attempt_at
    limit greatest(1, batch_size / 100)
    for update skip locked
  loop
    if v_dispatch.first_attempt_at is null and v_dispatch.created_at < as_of - interval '1 hour' then
      -- Nothing of it can have been accepted, and what it says is old: composed afresh, with what is true now.
      perform private.dissolve_dispatch(v_dispatch.id, as_of, as_of);
      continue;
    end if;
    if private.is_too_late(v_dispatch.first_attempt_at, as_of) then
      perform private.give_up_dispatch(v_dispatch, null, as_of);
      continue;
    end if;
    update private.dispatches d
    set status = 'sending',
      attempt = d.attempt + 1,
      next_attempt_at = private.lease_until(as_of),
      ambiguous_at = case
        when v_dispatch.status = 'sending' and d.first_attempt_at is not null then coalesce(d.ambiguous_at, as_of)
        else d.ambiguous_at
      end,
      updated_at = as_of
    where d.id = v_dispatch.id;
    update public.emails e
    set status = 'sending', updated_at = as_of
    where e.dispatch_id = v_dispatch.id
      and e.status = 'retrying';
    v_retaken := v_retaken || v_dispatch.id;
  end loop;
  return v_retaken;
end
$$;
revoke execute on function private.retake_dispatches(integer, uuid, timestamptz) from public;

-- Before the request leaves: is the attempt still ours? Remembers the hash of the first attempt's bytes.
-- Owner's rights: processors may execute this and read nothing.
create function private.begin_attempt(dispatch_id uuid, attempt integer, body_sha256 bytea, as_of timestamptz default now())
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update private.dispatches d
  set body_sha256 = coalesce(d.body_sha256, begin_attempt.body_sha256),
    first_attempt_at = coalesce(d.first_attempt_at, as_of),
    next_attempt_at = private.lease_until(as_of)
  where d.id = begin_attempt.dispatch_id
    and d.attempt = begin_attempt.attempt
    and d.status = 'sending'
    and not private.is_too_late(d.first_attempt_at, as_of);
  return found;
end
$$;
comment on function private.begin_attempt(uuid, integer, bytea, timestamptz) is
  'True: send now; the lease starts anew. False: another worker took the dispatch over, send nothing.';
revoke execute on function private.begin_attempt(uuid, integer, bytea, timestamptz) from public;
grant execute on function private.begin_attempt(uuid, integer, bytea, timestamptz) to service_role, notifier;

-- 64_refusals.sql

-- What becomes of a dispatch that was not accepted: composed afresh, split, or tried again.

-- A definite refusal: nothing was accepted. The letters go, their notifications are owed again and will be composed afresh.
create function private.dissolve_dispatch(dispatch_id uuid, as_of timestamptz, not_before timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  update public.notifications n
  set status = 'pending', email_id = null, updated_at = as_of, scheduled_for = greatest(n.scheduled_for, not_before),
    waits = private.add_wait(n.waits, 'refused', as_of, n.scheduled_for, greatest(as_of, not_before))
  where n.email_id = any(array(
      select e.id
      from public.emails e
      where e.dispatch_id = dissolve_dispatch.dispatch_id
        and e.status in ('sending', 'retrying')
    ))
    and n.status = 'processing';
  delete from public.emails e
  where e.dispatch_id = dissolve_dispatch.dispatch_id
    and e.status in ('sending', 'retrying');
  delete from private.dispatches d
  where d.id = dissolve_dispatch.dispatch_id;
end
$$;
revoke execute on function private.dissolve_dispatch(uuid, timestamptz, timestamptz) from public;

-- Moves letters of a rejected dispatch into a new one, under a new key.
create function private.split_off(dispatch_id uuid, email_ids uuid[], as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_new_id uuid := private.uuid_v7(as_of);
begin
  if cardinality(email_ids) = 0 then
    return;
  end if;
  insert into private.dispatches (id, status, attempt, next_attempt_at, letter_count, facts, created_at, updated_at)
  select v_new_id, 'retrying', 0, as_of, cardinality(email_ids), d.facts, as_of, as_of
  from private.dispatches d
  where d.id = split_off.dispatch_id;
  update public.emails e
  set dispatch_id = v_new_id, position = o.position - 1, status = 'retrying', updated_at = as_of
  from unnest(email_ids) with ordinality o (email_id, position)
  where e.id = o.email_id;
end
$$;
revoke execute on function private.split_off(uuid, uuid[], timestamptz) from public;

-- The provider rejected a dispatch and accepted nothing of it: one letter is bad. The named one, or the last one left,
-- fails; the others go in new dispatches, in halves when no letter is named.
create function private.split_dispatch(dispatch private.dispatches, letter_index integer, reason text, as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_letters uuid[] := array(
    select e.id
    from public.emails e
    where e.dispatch_id = dispatch.id
    order by e.position
  );
  v_half integer := cardinality(v_letters) / 2;
begin
  if cardinality(v_letters) = 1 then
    letter_index := 0;
  end if;
  if letter_index between 0 and cardinality(v_letters) - 1 then
    perform private.fail_letters(v_letters[letter_index + 1 : letter_index + 1], reason, as_of);
    perform private.split_off(dispatch.id, v_letters[: letter_index] || v_letters[letter_index + 2 :], as_of);
    update private.dispatches d
    set status = 'failed', letter_count = 1, outcome = 'rejected', last_error = reason, updated_at = as_of
    where d.id = dispatch.id;
  else
    perform private.split_off(dispatch.id, v_letters[: v_half], as_of);
    perform private.split_off(dispatch.id, v_letters[v_half + 1 :], as_of);
    delete from private.dispatches d
    where d.id = dispatch.id;
  end if;
end
$$;
revoke execute on function private.split_dispatch(private.dispatches, integer, text, timestamptz) from public;

-- Same letters, same key, later: 30 s · 2ⁿ with full jitter, at most an hour, at least what the provider asked for.
create function private.retry_dispatch(
  dispatch private.dispatches, outcome text, reason text, retry_after_ms integer, body text, jitter double precision,
  as_of timestamptz
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_pause interval := case outcome
    when 'in_progress' then interval '1 second' * (1 + jitter)
    when 'rate_limited' then interval '1 second' * jitter
    else jitter * private.growing_pause(dispatch.attempt)
  end;
begin
  update private.dispatches d
  set status = 'retrying',
    outcome = retry_dispatch.outcome,
    last_error = reason,
    -- Refused, and never in doubt: as if it had not been tried.
    first_attempt_at = case
      when retry_dispatch.outcome = 'rate_limited' and d.ambiguous_at is null then null
      else d.first_attempt_at
    end,
    -- A request of ours that still runs may yet be accepted.
    ambiguous_at = case
      when retry_dispatch.outcome in ('ambiguous', 'in_progress') then coalesce(d.ambiguous_at, as_of)
      else d.ambiguous_at
    end,
    body = coalesce(d.body, retry_dispatch.body),
    next_attempt_at = as_of + greatest(v_pause, make_interval(secs => coalesce(retry_after_ms, 0) / 1000.0)),
    updated_at = as_of
  where d.id = dispatch.id;
  update public.emails e
  set status = 'retrying', updated_at = as_of
  where e.dispatch_id = dispatch.id
    and e.status = 'sending';
end
$$;
revoke execute on function private.retry_dispatch(private.dispatches, text, text, integer, text, double precision, timestamptz)
  from public;

-- 66_outcomes.sql

-- What the provider answered, written down: the outcome table.

-- What a dispatch's letters mean for the next ones about their events.
create function private.note_letters(dispatch_id uuid, as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  insert into private.recipient_states as s (user_id, event_id, last_letter_at, back_off_step, mention_letters_at)
  select e.user_id, (part.news ->> 'event_id')::uuid,
    case when step.number is not null then as_of end,
    step.number,
    case when step.number is null and part.news ->> 'reason' = 'mention' then array[as_of] end
  from public.emails e
  cross join lateral unnest(e.back_off_steps) with ordinality step (number, place)
  cross join lateral jsonb_array_element(e.parts, step.place::integer - 1) part (news)
  where e.dispatch_id = note_letters.dispatch_id
    and e.status = 'sent'
  -- Whose account is gone loses this again at the end of the transaction (settled_dispatches_forget).
  order by e.user_id, (part.news ->> 'event_id')::uuid
  on conflict on constraint recipient_states_pkey do update
  set last_letter_at = coalesce(excluded.last_letter_at, s.last_letter_at),
    back_off_step = coalesce(excluded.back_off_step, s.back_off_step),
    mention_letters_at = case
      when cardinality(s.mention_letters_at) >= 5 and excluded.mention_letters_at is not null
        then s.mention_letters_at[2:5] || excluded.mention_letters_at
      else s.mention_letters_at || excluded.mention_letters_at
    end;
end
$$;
revoke execute on function private.note_letters(uuid, timestamptz) from public;

-- Owner's rights: processors may execute this and write nothing else.
create function public.mark_notification_sent(
  dispatch_id uuid, attempt integer, provider_ids text[] default '{}', as_of timestamptz default now()
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- A success always counts, also from a worker whose lease was taken over: the provider has the letters.
  update private.dispatches d
  set status = 'sent', outcome = 'accepted', first_attempt_at = coalesce(d.first_attempt_at, as_of), updated_at = as_of
  where d.id = mark_notification_sent.dispatch_id
    and d.attempt >= mark_notification_sent.attempt
    and d.status in ('sending', 'retrying');
  if not found then
    -- A later attempt may have learned of it by its key alone; now its ids are known.
    perform private.confirm_dispatch(dispatch_id, provider_ids, as_of);
    return false;
  end if;
  update public.emails e
  set status = 'sent', sent_at = as_of, updated_at = as_of, provider_id = provider_ids[e.position + 1]
  where e.dispatch_id = mark_notification_sent.dispatch_id
    and e.status in ('sending', 'retrying');
  update public.notifications n
  set status = 'sent', updated_at = as_of
  where n.email_id = any(array(
      select e.id
      from public.emails e
      where e.dispatch_id = mark_notification_sent.dispatch_id
    ))
    and n.status = 'processing';
  perform private.note_letters(dispatch_id, as_of);
  perform private.note_success(as_of);
  return true;
end
$$;
comment on function public.mark_notification_sent(uuid, integer, text[], timestamptz) is
  'The provider accepted a dispatch: provider_ids in the order of its letters. False: it was settled before.';
revoke execute on function public.mark_notification_sent(uuid, integer, text[], timestamptz) from public, anon, authenticated, service_role;
grant execute on function public.mark_notification_sent(uuid, integer, text[], timestamptz) to service_role, notifier;

-- What a failed attempt says about the provider, whoever's letters they were.
create function private.note_outcome(dispatch_id uuid, outcome text, reason text, retry_after_ms integer, as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  case outcome
    when 'ambiguous' then
      perform private.note_failure('provider', dispatch_id, reason, null, as_of);
    when 'unauthorized' then
      perform private.note_failure('authorization', dispatch_id, reason, null, as_of);
    when 'quota_exceeded' then
      perform private.note_failure('quota', dispatch_id, reason, private.quota_reset_at(reason, as_of), as_of);
    when 'rate_limited' then
      perform private.observe_rate_limit(null, coalesce(retry_after_ms, 1000), as_of);
    when 'rejected' then
      -- It answered, and knew us: only a letter is bad.
      perform private.note_success(as_of);
    else
      null;
  end case;
end
$$;
revoke execute on function private.note_outcome(uuid, text, text, integer, timestamptz) from public;

-- Owner's rights: processors may execute this and write nothing else.
create function public.mark_notification_failed(
  dispatch_id uuid, attempt integer, outcome text, reason text,
  letter_index integer default null, retry_after_ms integer default null, body text default null,
  jitter double precision default random(), as_of timestamptz default now()
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_dispatch private.dispatches;
begin
  if outcome is null
    or outcome not in (
      'ambiguous', 'in_progress', 'refused', 'rate_limited', 'quota_exceeded', 'unauthorized', 'rejected', 'unconfirmed')
  then
    raise exception using
      errcode = 'CN011',
      message = format('No such outcome: %s.', outcome),
      hint = 'One of ambiguous, in_progress, refused, rate_limited, quota_exceeded, unauthorized, rejected, unconfirmed.';
  end if;
  select *
  into v_dispatch
  from private.dispatches d
  where d.id = mark_notification_failed.dispatch_id
    and d.attempt = mark_notification_failed.attempt
    and d.status = 'sending'
  for update;
  if not found then
    return false;
  end if;
  perform private.note_outcome(dispatch_id, outcome, reason, retry_after_ms, as_of);

  if outcome = 'unconfirmed' then
    -- The key was taken with other bytes: an earlier attempt was accepted. A webhook or the provider's list confirms it.
    perform public.mark_notification_sent(dispatch_id, attempt, '{}', as_of);
    update private.dispatches d
    set outcome = 'unconfirmed', last_error = reason, unconfirmed_at = as_of
    where d.id = v_dispatch.id;
  elsif private.is_too_late(v_dispatch.first_attempt_at, as_of)
    and (outcome in ('ambiguous', 'in_progress') or v_dispatch.ambiguous_at is not null)
  then
    perform private.give_up_dispatch(v_dispatch, reason, as_of);
  elsif outcome in ('ambiguous', 'in_progress')
    -- After an ambiguous attempt a refusal says nothing of the earlier request: the same letters stay.
    or v_dispatch.ambiguous_at is not null
    -- A short pause is waited out; composing afresh would cost more.
    or (outcome = 'rate_limited' and coalesce(retry_after_ms, 1000) <= 10000)
  then
    perform private.retry_dispatch(v_dispatch, outcome, reason, retry_after_ms, body, jitter, as_of);
  elsif outcome = 'rejected' then
    perform private.split_dispatch(v_dispatch, letter_index, reason, as_of);
  else
    perform private.dissolve_dispatch(dispatch_id, as_of, as_of + make_interval(secs => coalesce(retry_after_ms, 0) / 1000.0));
  end if;
  return true;
end
$$;
comment on function public.mark_notification_failed(uuid, integer, text, text, integer, integer, text, double precision, timestamptz) is
  'A dispatch was not accepted, or nobody knows. outcome: ambiguous (no answer, 5xx), in_progress (409, the first request still runs), refused (nothing accepted), of that rate_limited and quota_exceeded (429), unauthorized (401, 403); rejected (4xx: a letter is bad, letter_index if named), unconfirmed (409, the key was taken with other bytes). body: the request, kept while its outcome is unknown (ambiguous, in_progress). jitter: 0 to 1.';
revoke execute on function public.mark_notification_failed(uuid, integer, text, text, integer, integer, text, double precision, timestamptz)
  from public, anon, authenticated;
grant execute on function public.mark_notification_failed(uuid, integer, text, text, integer, integer, text, double precision, timestamptz)
  to service_role, notifier;

-- 68_unconfirmed.sql

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

-- 70_delivery_control.sql

-- May we send? The provider's limits, circuit breakers and switches. In the database, because edge functions and
-- workers share nothing else.

create table private.provider_state (
  only_row boolean primary key default true,
  request_tokens double precision not null default 0,
  email_tokens double precision not null default 0,
  refilled_at timestamptz not null default '-infinity',
  paused_until timestamptz not null default '-infinity',
  observed_requests_per_second double precision,
  constraint provider_state_has_one_row check (only_row)
);
comment on table private.provider_state is
  'The token buckets, and what the provider said of its limits. Tokens may be negative: what went out beyond a permission is paid back.';
alter table private.provider_state enable row level security;
insert into private.provider_state default values;

create table private.breakers (
  name text primary key,
  state text not null default 'closed',
  failures integer not null default 0,
  openings integer not null default 0,
  open_until timestamptz,
  probe_until timestamptz,
  last_failed_dispatch uuid,
  reason text,
  changed_at timestamptz not null default now(),
  constraint breakers_name_is_known check (name in ('provider', 'authorization', 'quota')),
  constraint breakers_state_is_known check (state in ('closed', 'open', 'half_open')),
  constraint breakers_open_have_an_end check (state = 'closed' or open_until is not null)
);
comment on table private.breakers is
  'provider: five failing dispatches in a row. authorization: the key was refused. quota: used up until open_until. Open lets nothing out; after open_until one dispatch at a time probes (half_open).';
alter table private.breakers enable row level security;
insert into private.breakers (name) values ('provider'), ('authorization'), ('quota');

create table private.breaker_changes (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  name text not null,
  state text not null,
  reason text
);
comment on table private.breaker_changes is 'What breakers did, and why.';
create index breaker_changes_at_idx on private.breaker_changes (at desc);
comment on index private.breaker_changes_at_idx is 'The operators'' list, newest first.';
alter table private.breaker_changes enable row level security;

grant select on private.breakers, private.breaker_changes, private.provider_state to authenticated, service_role;
create policy "operators read breakers" on private.breakers for select to authenticated
  using ((select private.is_operator()));
create policy "operators read what breakers did" on private.breaker_changes for select to authenticated
  using ((select private.is_operator()));
create policy "operators read the provider's state" on private.provider_state for select to authenticated
  using ((select private.is_operator()));

create function private.move_breaker(name text, state text, open_until timestamptz, reason text, as_of timestamptz)
returns void
language sql
volatile
set search_path = ''
as $$
  update private.breakers b
  set state = move_breaker.state,
    open_until = case when move_breaker.state = 'closed' then null else move_breaker.open_until end,
    probe_until = null,
    failures = case when move_breaker.state = 'closed' then 0 else b.failures end,
    openings = case move_breaker.state when 'closed' then 0 when 'open' then b.openings + 1 else b.openings end,
    reason = move_breaker.reason,
    changed_at = as_of
  where b.name = move_breaker.name;
  insert into private.breaker_changes (at, name, state, reason)
  values (as_of, name, state, reason);
$$;
revoke execute on function private.move_breaker(text, text, timestamptz, text, timestamptz) from public;

-- A dispatch was accepted: the provider works, the key is right, there is quota. Writes only when that is news.
create function private.note_success(as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  if exists (select from private.breakers b where b.failures > 0 or b.state <> 'closed') then
    -- All of them, in one order: two processors may have news of different ones.
    perform
    from private.breakers b
    order by b.name
    for update;
    perform private.move_breaker(b.name, 'closed', null, 'accepted', as_of)
    from private.breakers b
    where b.state <> 'closed';
    update private.breakers b
    set failures = 0
    where b.failures > 0;
  end if;
end
$$;
revoke execute on function private.note_success(timestamptz) from public;

-- A dispatch failed. provider opens at the fifth in a row for 30 s, doubling to 15 min; authorization at once for a
-- minute, doubling likewise; quota until the given time. A failed probe opens its breaker again.
create function private.note_failure(name text, dispatch_id uuid, reason text, until timestamptz, as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_breaker private.breakers;
begin
  update private.breakers b
  set failures = b.failures + 1, last_failed_dispatch = dispatch_id
  where b.name = note_failure.name
  returning * into v_breaker;
  if v_breaker.state = 'open'
    or (name = 'provider' and v_breaker.state = 'closed' and v_breaker.failures < 5)
  then
    return;
  end if;
  perform private.move_breaker(
    name, 'open',
    coalesce(until, as_of + least(
      interval '15 minutes',
      case name when 'provider' then interval '30 seconds' else interval '1 minute' end * 2 ^ least(v_breaker.openings, 10))),
    reason, as_of);
end
$$;
revoke execute on function private.note_failure(text, uuid, text, timestamptz, timestamptz) from public;

-- When a used-up quota begins anew: Resend's days and months are UTC's.
create function private.quota_reset_at(reason text, as_of timestamptz)
returns timestamptz
language sql
immutable
return timezone('UTC', case
  when reason like 'monthly%' then date_trunc('month', timezone('UTC', as_of)) + interval '1 month'
  else date_trunc('day', timezone('UTC', as_of)) + interval '1 day'
end);
revoke execute on function private.quota_reset_at(text, timestamptz) from public;

create table private.pauses (
  scope text not null,
  id uuid not null,
  paused_at timestamptz not null default now(),
  paused_by uuid,
  primary key (scope, id),
  constraint pauses_scope_is_known check (scope in ('everything', 'organization', 'event')),
  constraint pauses_of_everything_name_nothing check (scope <> 'everything' or id = '00000000-0000-0000-0000-000000000000')
);
comment on table private.pauses is 'What operators paused. id: of the organization or event; the zero uuid for everything.';
alter table private.pauses enable row level security;
grant select on private.pauses to authenticated, service_role;
create policy "operators read pauses" on private.pauses for select to authenticated
  using ((select private.is_operator()));

create function private.paused_event_ids()
returns setof uuid
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select p.id
  from private.pauses p
  where p.scope = 'event'
  union all
  select e.event_id
  from private.pauses p
  cross join lateral private.organization_event_ids(p.id) e
  where p.scope = 'organization';
end
$$;
revoke execute on function private.paused_event_ids() from public;

create type private.permission as (letters integer, retry_at timestamptz, reason text);
comment on type private.permission is 'How many letters may go out now; none: when to ask again (null: when somebody changes something) and why.';

-- Breakers: null while all are closed; else whether a probe may go.
create function private.ask_breakers(wanted integer, as_of timestamptz)
returns private.permission
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_breaker private.breakers;
begin
  if not exists (select from private.breakers b where b.state <> 'closed') then
    return null;
  end if;
  -- The one that stays open longest decides; others are probed by the same dispatch.
  select *
  into v_breaker
  from private.breakers b
  where b.state <> 'closed'
  order by greatest(b.open_until, b.probe_until) desc, b.name
  limit 1
  for update;
  if not found then
    return null;
  elsif v_breaker.open_until > as_of then
    return (0, v_breaker.open_until, 'breaker_' || v_breaker.name)::private.permission;
  elsif v_breaker.probe_until > as_of then
    return (0, least(v_breaker.probe_until, as_of + interval '1 second'), 'breaker_' || v_breaker.name)::private.permission;
  end if;
  if v_breaker.state = 'open' then
    perform private.move_breaker(v_breaker.name, 'half_open', v_breaker.open_until, v_breaker.reason, as_of);
  end if;
  update private.breakers b
  set probe_until = private.lease_until(as_of)
  where b.name = v_breaker.name;
  return (least(wanted, 100), null, 'probe')::private.permission;
end
$$;
revoke execute on function private.ask_breakers(integer, timestamptz) from public;

-- Token buckets of one second's size. Taken before claiming, so that no more is claimed than may go out.
create function private.take_tokens(wanted integer, as_of timestamptz)
returns private.permission
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_requests double precision;
  v_emails double precision;
  v_state private.provider_state;
  v_elapsed double precision;
  v_letters integer;
begin
  -- Without a limit the bucket is practically bottomless.
  select coalesce(least(s.requests_per_second, p.observed_requests_per_second), 1e6), coalesce(s.emails_per_second, 1e8)
  into v_requests, v_emails
  from private.settings s
  cross join private.provider_state p;
  select *
  into v_state
  from private.provider_state
  for update;
  if v_state.paused_until > as_of then
    return (0, v_state.paused_until, 'rate_limited')::private.permission;
  end if;
  v_elapsed := greatest(0, least(60, extract(epoch from as_of - greatest(v_state.refilled_at, as_of - interval '1 minute'))));
  v_state.request_tokens := least(greatest(1, v_requests), v_state.request_tokens + v_elapsed * v_requests);
  v_state.email_tokens := least(greatest(1, v_emails), v_state.email_tokens + v_elapsed * v_emails);
  v_letters := greatest(0, least(wanted, floor(v_state.email_tokens), floor(v_state.request_tokens) * 100));
  update private.provider_state
  set request_tokens = v_state.request_tokens - ceil(v_letters / 100.0),
    email_tokens = v_state.email_tokens - v_letters,
    refilled_at = greatest(refilled_at, as_of);
  if v_letters > 0 then
    return (v_letters, null, null)::private.permission;
  end if;
  return (
    0,
    as_of + make_interval(secs => greatest(
      (1 - v_state.request_tokens) / v_requests, (1 - v_state.email_tokens) / v_emails, 0.001)),
    'rate_limited'
  )::private.permission;
end
$$;
revoke execute on function private.take_tokens(integer, timestamptz) from public;

-- Owner's rights: processors may execute this and read nothing.
create function private.permit_sending(deployment_url text, wanted integer, as_of timestamptz default now())
returns private.permission
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_settings private.settings;
  v_permission private.permission;
begin
  select *
  into v_settings
  from private.settings;
  if v_settings.delivery_on_for is distinct from deployment_url then
    return (0, null, 'delivery_off')::private.permission;
  elsif exists (select from private.pauses p where p.scope = 'everything') then
    return (0, null, 'paused')::private.permission;
  end if;
  v_permission := private.ask_breakers(wanted, as_of);
  if v_permission.letters is not null then
    return v_permission;
  elsif v_settings.requests_per_second is null and v_settings.emails_per_second is null
    and not exists (select from private.provider_state p where p.paused_until > as_of or p.observed_requests_per_second is not null)
  then
    return (wanted, null, null)::private.permission;
  end if;
  return private.take_tokens(wanted, as_of);
end
$$;
comment on function private.permit_sending(text, integer, timestamptz) is
  'Step 3 of a pass: how many letters this deployment may claim and send now.';
revoke execute on function private.permit_sending(text, integer, timestamptz) from public;
grant execute on function private.permit_sending(text, integer, timestamptz) to service_role, notifier;

-- Owner's rights: processors may execute this and read nothing.
create function private.return_permission(letters integer, requests integer, as_of timestamptz default now())
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update private.provider_state p
  set request_tokens = p.request_tokens + requests, email_tokens = p.email_tokens + letters
  from private.settings s
  where s.requests_per_second is not null
    or s.emails_per_second is not null
    or p.observed_requests_per_second is not null;
  -- A probe that found nothing to send leaves the breaker to the next one.
  if requests > 0 then
    update private.breakers b
    set probe_until = null
    where b.state = 'half_open'
      and b.probe_until is not null;
  end if;
end
$$;
comment on function private.return_permission(integer, integer, timestamptz) is
  'Gives back what a permission did not use; negative for what a retried dispatch took beyond it.';
revoke execute on function private.return_permission(integer, integer, timestamptz) from public;
grant execute on function private.return_permission(integer, integer, timestamptz) to service_role, notifier;

-- Owner's rights: processors may execute this and read nothing.
create function private.observe_rate_limit(requests_per_second double precision, paused_ms integer, as_of timestamptz default now())
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  update private.provider_state p
  set observed_requests_per_second = coalesce(
      case when observe_rate_limit.requests_per_second > 0 then observe_rate_limit.requests_per_second end,
      p.observed_requests_per_second),
    paused_until = greatest(p.paused_until, as_of + make_interval(secs => least(coalesce(paused_ms, 0), 60000) / 1000.0)),
    -- After a pause the bucket fills from nothing: everybody at once would run into the limit again.
    request_tokens = case when paused_ms > 0 then least(p.request_tokens, 0) else p.request_tokens end,
    email_tokens = case when paused_ms > 0 then least(p.email_tokens, 0) else p.email_tokens end,
    refilled_at = case
      when paused_ms > 0 then greatest(p.refilled_at, as_of + make_interval(secs => least(paused_ms, 60000) / 1000.0))
      else p.refilled_at
    end;
$$;
comment on function private.observe_rate_limit(double precision, integer, timestamptz) is
  'What the provider''s headers say: its requests per second (null: unchanged), and how long nothing may be sent.';
revoke execute on function private.observe_rate_limit(double precision, integer, timestamptz) from public;
grant execute on function private.observe_rate_limit(double precision, integer, timestamptz) to service_role, notifier;

-- 72_claiming.sql

-- Claiming due recipients, and what their letters share.

create sequence private.claim_turns;
comment on sequence private.claim_turns is 'Every tenth claim begins with the last lane, so that digests move behind any number of mentions.';

-- Locks up to batch_size recipients who have something due, first lanes first. The lock is on the recipient's id, so
-- that two processors never compose for one person at once. Tries, never waits; pages on when others hold the head.
create function private.lock_due_recipients(batch_size integer, passed_over uuid[], as_of timestamptz)
returns uuid[]
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_lanes smallint[] := case when nextval('private.claim_turns') % 10 = 0 then '{2,1,0}' else '{0,1,2}' end;
  v_lane smallint;
  v_at timestamptz;
  v_id bigint;
  v_page_size integer;
  v_rows integer;
  v_found uuid[];
  v_fresh uuid[];
  v_room integer;
  v_tried uuid[] := passed_over;
  v_locked uuid[] := '{}';
begin
  foreach v_lane in array v_lanes loop
    v_at := '-infinity';
    v_id := 0;
    loop
      v_room := batch_size - cardinality(v_locked);
      if v_room = 0 then
        return v_locked;
      end if;
      v_page_size := greatest(v_room, 200);
      select count(*), max(p.scheduled_for), (array_agg(p.id order by p.scheduled_for desc, p.id desc))[1],
        array_agg(p.user_id order by p.scheduled_for, p.id)
      into v_rows, v_at, v_id, v_found
      from (
        select n.user_id, n.scheduled_for, n.id
        from public.notifications n
        where n.is_pending
          and n.lane = v_lane
          and n.scheduled_for <= as_of
          and (n.scheduled_for, n.id) > (v_at, v_id)
          -- A burst whose window has passed may wait for its settler: not before it knows its messages. An expression,
          -- as of few bursts the planner expects nothing to be left: it read and sorted all that is due (24 ms, not 0.4).
          and coalesce(n.burst_id, 0) <> all(array(
            select b.id
            from private.bursts b
            where b.settled_at is null
              and b.closes_at <= as_of
          ))
        order by n.scheduled_for, n.id
        limit v_page_size
      ) p;
      exit when v_rows = 0;
      select array_agg(f.user_id order by f.first)
      into v_fresh
      from (
        select u.user_id, min(u.position) as first
        from unnest(v_found) with ordinality u (user_id, position)
        -- Hashed, however the planner sees arrays: compared one by one, eight connections claimed 5,400 a second, now 7,500.
        where u.user_id not in (
          select t.user_id
          from unnest(v_tried) t (user_id)
        )
        group by u.user_id
      ) f;
      -- Lock one by one and only as many as there is room for: what is locked is not free for others until we commit.
      for i in 1 .. coalesce(cardinality(v_fresh), 0) loop
        exit when cardinality(v_locked) = batch_size;
        v_tried := v_tried || v_fresh[i];
        if pg_try_advisory_xact_lock(private.recipient_lock(v_fresh[i])) then
          v_locked := v_locked || v_fresh[i];
        end if;
      end loop;
      exit when v_rows < v_page_size;
    end loop;
  end loop;
  return v_locked;
end
$$;
revoke execute on function private.lock_due_recipients(integer, uuid[], timestamptz) from public;

-- Claims everything due for locked recipients. Must be a later statement than the locks: its snapshot then has what the
-- last holder of each lock did. With both in one statement a prototype composed 20,624 letters for 20,000 people.
create function private.claim_notifications(user_ids uuid[], as_of timestamptz)
returns bigint[]
language sql
volatile
set search_path = ''
as $$
  with letters as materialized (
    -- Materialized, or a plan that reads this side again for each row makes a new id for each notification.
    select u.user_id, private.uuid_v7() as email_id
    from unnest(user_ids) u (user_id)
  ), due as materialized (
    select n.id, u.email_id
    from letters u
    join public.notifications n on n.user_id = u.user_id
    where n.is_pending
      and n.scheduled_for <= as_of
      and coalesce(n.burst_id, 0) <> all(array(
        select b.id
        from private.bursts b
        where b.settled_at is null
          and b.closes_at <= as_of
      ))
    -- A row that somebody holds waits for the next letter instead of holding up this one.
    for update of n skip locked
  ), claimed as (
    update public.notifications n
    set status = 'processing', email_id = due.email_id, updated_at = as_of
    from due
    where n.id = due.id
    returning n.id
  )
  select array_agg(c.id)
  from claimed c;
$$;
revoke execute on function private.claim_notifications(uuid[], timestamptz) from public;

create function private.template_version()
returns integer
language sql
immutable
return 4;
comment on function private.template_version() is 'Version of the letters'' templates, frozen into each dispatch.';
revoke execute on function private.template_version() from public;

-- What one dispatch's letters share.
create function private.freeze_facts(event_ids uuid[], message_ids bigint[], token_key_id text default null)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'template_version', private.template_version(),
      'sender', jsonb_build_object(
        'from', s.sender_from, 'reply_to', s.sender_reply_to, 'replies_are_read', s.replies_are_read,
        'postal_address', s.postal_address, 'product_name', s.product_name),
      'token_key_id', freeze_facts.token_key_id,
      'urls', jsonb_build_object('app', s.app_url, 'functions', s.functions_url, 'list_domain', s.list_domain),
      'events', (
        select coalesce(jsonb_object_agg(
          e.event_id, jsonb_build_object('title', e.title, 'organization_name', e.organization_name)), '{}')
        from private.event_facts(event_ids) e
      ),
      'messages', (
        select coalesce(jsonb_object_agg(
          m.message_id, jsonb_build_object(
            'event_id', m.event_id, 'author_name', m.author_name, 'body', m.body,
            'posted_at', m.posted_at, 'edited', m.edited)), '{}')
        from private.message_facts(message_ids) m
      )
    )
    from private.settings s
  );
end
$$;
revoke execute on function private.freeze_facts(uuid[], bigint[], text) from public;

-- Owner's rights: processors may execute this and read nothing.
create function private.next_due_at(as_of timestamptz default now())
returns timestamptz
language sql
stable
security definer
set search_path = ''
as $$
  select least(
    (select min(greatest(b.closes_at, b.settle_retry_at)) from private.bursts b where b.settled_at is null),
    (select min(m.retry_at) from private.missed_mentions m),
    (select min(coalesce(b.fan_out_retry_at, as_of)) from private.bursts b where b.settled_at is not null and b.fanned_out_at is null),
    (select min(f.retry_at) from private.fan_out_failures f),
    (select min(d.next_attempt_at) from private.dispatches d where d.status in ('sending', 'retrying')),
    (select min(u.first_at) + interval '2 seconds' from (select u.posted_at as first_at from private.untold_messages u limit 1) u
      where not exists (select from private.bursts b where b.settled_at is null)),
    (select min(l.scheduled_for)
      from generate_series(0, 2) lanes (lane)
      cross join lateral (
        select n.scheduled_for
        from public.notifications n
        where n.is_pending
          and n.lane = lanes.lane
        order by n.scheduled_for, n.id
        limit 1
      ) l)
  );
$$;
comment on function private.next_due_at(timestamptz) is
  'When a processor that found nothing to do should look again, as far as is known now; null: nothing is waiting.';
revoke execute on function private.next_due_at(timestamptz) from public;
grant execute on function private.next_due_at(timestamptz) to service_role, notifier;

-- 73_judging.sql

-- The truth at this moment about claimed notifications: whose they are, what they may tell, or why not, or until when
-- they wait.

create type private.waiting as (until timestamptz, lane smallint, cause text);
create type private.judgement as (
  id bigint,
  user_id uuid,
  event_id uuid,
  burst_id bigint,
  message_id bigint,
  email_id uuid,
  lane smallint,
  -- Why it is not told; or until when it waits, in which lane, and why.
  reason text,
  wait_until timestamptz,
  wait_lane smallint,
  wait_cause text,
  since timestamptz,
  as_participant boolean,
  read_up_to bigint,
  read_snapshot pg_snapshot,
  -- The step of the event's back-off that a letter would take; null: none.
  next_step smallint,
  address text,
  display_name text,
  locale text,
  time_zone text,
  content_mode text,
  delivery text
);

-- Who may be mailed at all, whatever it is about.
create function private.judge_recipients(user_ids uuid[], as_of timestamptz)
returns table (
  user_id uuid, address text, display_name text, locale text, time_zone text,
  account_problem text, is_suppressed boolean, is_allowed boolean, has_consented boolean, is_at_cap boolean
)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  -- plpgsql, to be planned once a connection.
  return query
  select p.user_id, coalesce(o.redirect_all_to, p.email), p.display_name, p.locale, p.time_zone,
    case when p.account_problem is null and not private.is_mailable(p.email) then 'address_invalid' else p.account_problem end,
    exists (
      select
      from private.suppressions x
      where x.address_hash = sha256(o.address_salt || convert_to(lower(p.email), 'UTF8'))
        and x.lifted_at is null
    ),
    -- Staging lists addresses or whole domains.
    o.allow_list is null or lower(p.email) = any(o.allow_list) or split_part(lower(p.email), '@', 2) = any(o.allow_list),
    exists (
      select
      from public.notification_consents c
      where c.user_id = p.user_id
        and c.withdrawn_at is null
    ),
    cap.letters <= (
      select count(*)
      from (
        select
        from public.emails e
        where e.user_id = p.user_id
          and e.created_at > as_of - interval '24 hours'
        limit cap.letters
      ) recent
    )
  from private.recipient_people(user_ids) p
  cross join private.settings o
  cross join lateral (
    select coalesce(
      (select n.letters_per_day from public.notification_preferences n where n.user_id = p.user_id), o.letters_per_day)
  ) cap (letters);
end
$$;
revoke execute on function private.judge_recipients(uuid[], timestamptz) from public;

create function private.judge_notifications(notification_ids bigint[], as_of timestamptz)
returns setof private.judgement
language plpgsql
stable
set search_path = ''
as $$
begin
  -- plpgsql, to be planned once a connection.
  return query
  with claimed as materialized (
    select n.*
    from public.notifications n
    where n.id = any(notification_ids)
  ), access as materialized (
    select a.*
    from (
      select array_agg(d.event_id) as event_ids, array_agg(d.user_id) as user_ids
      from (select distinct c.event_id, c.user_id from claimed c) d
    ) pairs
    cross join lateral private.event_access(pairs.event_ids, pairs.user_ids) a
  ), people as materialized (
    select p.*
    from private.judge_recipients(array(select distinct c.user_id from claimed c), as_of) p
  ), events as materialized (
    select f.*
    from private.event_facts(array(select distinct c.event_id from claimed c)) f
  ), bursts as materialized (
    select b.id, b.announcement, b.stirred_at
    from private.bursts b
    where b.id = any(array(select distinct c.burst_id from claimed c where c.burst_id is not null))
  ), paused as materialized (
    select p as event_id
    from private.paused_event_ids() p
  ), with_digest as materialized (
    select distinct c.user_id
    from claimed c
    where c.lane = 2
  ), truth as (
    select c.id, c.user_id, c.event_id, c.burst_id, c.message_id, c.email_id, c.lane, c.scheduled_for, c.created_at,
      p.address, p.display_name, p.locale, p.time_zone, p.is_at_cap, w, f.content_mode as event_content_mode,
      a.since, a.as_participant, s.read_up_to, s.read_snapshot, s.last_seen_at, s.last_letter_at, s.back_off_step,
      s.mention_letters_at, f.slows_down,
      coalesce(
        not f.slows_down or s.last_letter_at < coalesce(b.stirred_at, (
          select e.stirred_at
          from private.bursts e
          where c.message_id is not null
            and e.event_id = c.event_id
          order by e.closes_at desc
          limit 1
        )),
        false) as after_silence,
      -- In lane 1 a mention too many has become one message of the burst.
      coalesce(b.announcement, c.lane <> 1) as addressed,
      case
        when p.user_id is null then 'account_gone'
        when p.account_problem in ('account_gone', 'account_banned', 'account_anonymous', 'address_missing', 'address_invalid')
          then p.account_problem
        when p.is_suppressed then 'address_suppressed'
        when not p.is_allowed then 'not_allowed_here'
        when a.since is null then 'left_event'
        when c.burst_id is not null and b.id is null then 'nothing_new'
        when f.consent_required and not p.has_consented then 'no_consent'
        when p.account_problem is not null then p.account_problem
        when (c.lane = 2 or private.is_digest(w.delivery)) and w.delivery <> 'off' and private.refuses_digests(c.user_id)
          then 'digests_refused'
        else private.reason_not_to_tell(w, c.message_id is not null or b.announcement, as_of)
      end as reason
    from claimed c
    left join people p on p.user_id = c.user_id
    left join access a on a.event_id = c.event_id and a.user_id = c.user_id
    left join events f on f.event_id = c.event_id
    left join bursts b on b.id = c.burst_id
    -- One by one: planned while the table was empty, a join would read all of it.
    left join lateral (
      select r.read_up_to, r.read_snapshot, r.last_seen_at, r.last_letter_at, r.back_off_step, r.mention_letters_at
      from private.recipient_states r
      where r.user_id = c.user_id
        and r.event_id = c.event_id
      offset 0
    ) s on true
    left join public.notification_preferences np on np.user_id = c.user_id
    left join public.event_notification_preferences ep on ep.user_id = c.user_id and ep.event_id = c.event_id
    cross join lateral private.stated_wishes(np, ep, f.default_delivery, f.default_level) w
    -- Each fact once a row: what reads them below is inlined, and none is a query any more.
    offset 0
  )
  select t.id, t.user_id, t.event_id, t.burst_id, t.message_id, t.email_id, t.lane,
    -- What waits is judged when it is told.
    case when (wait.ing).until > as_of then null else t.reason end,
    case when (wait.ing).until > as_of then (wait.ing).until end,
    case when (wait.ing).until > as_of then (wait.ing).lane end,
    case when (wait.ing).until > as_of
      then coalesce((wait.ing).cause, private.cause_of_wait(t.w, as_of, (wait.ing).until, hold.until, t.last_seen_at)) end,
    t.since, t.as_participant, t.read_up_to, t.read_snapshot,
    case
      when t.addressed then null
      when t.after_silence or t.last_letter_at is null or t.last_seen_at >= t.last_letter_at then 1
      else least(t.back_off_step + 1, 3)
    end::smallint,
    t.address, t.display_name, t.locale, t.time_zone,
    private.stricter_content_mode(t.event_content_mode, (t.w).content_mode),
    (t.w).delivery
  from truth t
  cross join lateral (
    select private.hold_until(t.addressed, as_of, t.after_silence, t.last_seen_at, t.last_letter_at, t.back_off_step) as until
    offset 0
  ) hold
  cross join lateral (
    select case
      when t.lane < 2 and not private.is_digest((t.w).delivery) and (t.message_id <= t.read_up_to) is not true
        then private.due_at(t.w, t.time_zone, t.addressed, as_of, hold.until)
    end as at
    offset 0
  ) due
  cross join lateral (
    select case
      -- Not now, by the reader's own wishes: whether, and how many letters they had, is asked when it would be told.
      when due.at > as_of and t.scheduled_for >= as_of - interval '24 hours' then row(due.at, t.lane, null)::private.waiting
      when t.reason is not null then null
      -- Held back until somebody resumes: out of the way of others.
      when t.event_id in (select p.event_id from paused p) then row('infinity', t.lane, 'paused')::private.waiting
      -- What exceeds a day's letters goes into a digest; if those come every hour, into the next for which there is room.
      when t.lane = 2 and (t.w).delivery = 'hourly' and t.is_at_cap
        then row(private.next_digest_for(t.w, t.time_zone, as_of + interval '1 millisecond'), 2, 'letters_enough')::private.waiting
      when t.lane = 2 or t.message_id <= t.read_up_to then null
      -- Digests were chosen since, it has been due for a day, or there were letters enough today.
      when private.is_digest((t.w).delivery)
        then row(private.next_digest_for(t.w, t.time_zone, as_of), 2, 'digest')::private.waiting
      when t.scheduled_for < as_of - interval '24 hours'
        then row(private.next_digest_for(t.w, t.time_zone, as_of), 2, 'overdue')::private.waiting
      when t.is_at_cap and t.user_id not in (select d.user_id from with_digest d)
        then row(private.next_digest_for(t.w, t.time_zone, as_of), 2, 'letters_enough')::private.waiting
      -- Mentioned often enough for now: the burst that is open tells it, or it waits until the hour is over.
      when t.lane = 0 and private.is_mentioned_enough(t.mention_letters_at, as_of)
        then row(
          private.due_at(
            t.w, t.time_zone, false,
            coalesce(
              (select greatest(o.closes_at, as_of + interval '1 second') from private.bursts o
                where o.event_id = t.event_id and not o.announcement and o.settled_at is null
                order by o.closes_at
                limit 1),
              -- An event that does not slow down lets nobody wait for the hour.
              case when t.slows_down then t.mention_letters_at[1] + interval '1 hour' else as_of + interval '1 second' end),
            private.hold_until(false, as_of, t.after_silence, t.last_seen_at, t.last_letter_at, t.back_off_step)),
          1, 'mentions_enough')::private.waiting
    end as ing
    -- Evaluated once a row, not once a column.
    offset 0
  ) wait;
end
$$;
revoke execute on function private.judge_notifications(bigint[], timestamptz) from public;

-- 74_news.sql

-- What each claimed notification has to tell its reader right now.

create type private.news as (
  notification_id bigint,
  user_id uuid,
  event_id uuid,
  email_id uuid,
  lane smallint,
  as_participant boolean,
  address text,
  display_name text,
  locale text,
  time_zone text,
  content_mode text,
  delivery text,
  next_step smallint,
  mention bigint,
  count integer,
  newest bigint[],
  reason text,
  wait_until timestamptz,
  wait_lane smallint,
  wait_cause text
);
comment on type private.news is
  'What a claimed notification tells its reader: how many messages and the newest ten ids, newest first; or the reason why nothing; or until when it waits, and why.';

-- Which messages each claimed notification tells its reader: those of its burst, or the one that mentions them, minus
-- the reader's own, read, deleted, from before they joined, of senders they block, and told by a mention's own
-- notification.
create function private.gather_news(notification_ids bigint[], as_of timestamptz)
returns setof private.news
language plpgsql
stable
set search_path = ''
as $$
begin
  -- plpgsql, to be planned once a connection.
  return query
  with judged as materialized (
    select j.*
    from private.judge_notifications(notification_ids, as_of) j
  ), told as materialized (
    select m.*
    from private.burst_messages m
    where m.burst_id = any(array(
      select distinct j.burst_id
      from judged j
      where j.burst_id is not null and j.reason is null and j.wait_until is null
    ))
  ), live as materialized (
    select t.*
    from told t
    where t.message_id in (
      select l.message_id
      from private.live_message_ids(array(select t2.message_id from told t2)) l
    )
  ), blocked as materialized (
    select b.user_id, b.sender_id
    from public.blocked_senders b
    where b.sender_id = any(array(select distinct l.author_id from live l))
  ), sums as materialized (
    select l.burst_id, count(*)::integer as count, min(l.message_id) as first_id, min(l.posted_at) as first_at,
      (array_agg(l.message_id order by l.message_id desc))[1:10] as newest
    from live l
    group by l.burst_id
  ), mentioned as materialized (
    -- Their own notification tells these, in this letter or in another.
    select n.user_id, n.message_id, l.burst_id
    from public.notifications n
    join live l on l.message_id = n.message_id
    where n.message_id = any(array(select l2.message_id from live l2))
      -- A letter whose outcome nobody found out may have arrived: a person decides about it, not the burst.
      and (n.status in ('pending', 'processing', 'sent') or (n.status = 'failed' and n.reason = 'outcome_unknown'))
  ), burst_readers as materialized (
    select j.*, s.count, s.newest,
      -- Most readers get the burst as it is; only the others are compared message by message.
      coalesce(
        s.first_id <= j.read_up_to
        or s.first_at < j.since
        or (j.burst_id, j.user_id) in (select l.burst_id, l.author_id from live l where l.author_id is not null)
        or (j.burst_id, j.user_id) in (select m.burst_id, m.user_id from mentioned m)
        or (j.burst_id, j.user_id) in (select l.burst_id, b.user_id from blocked b join live l on l.author_id = b.sender_id),
        false) as particular
    from judged j
    left join sums s on s.burst_id = j.burst_id
    where j.burst_id is not null
      and j.reason is null
      and j.wait_until is null
  ), particular as materialized (
    select r.id,
      (count(*) filter (where c.cause is null))::integer as count,
      (array_agg(l.message_id order by l.message_id desc) filter (where c.cause is null))[1:10] as newest,
      case when min(c.cause) = max(c.cause) then min(c.cause) else 'nothing_new' end as reason
    from burst_readers r
    join live l on l.burst_id = r.burst_id
    left join mentioned m on m.user_id = r.user_id and m.message_id = l.message_id
    left join blocked b on b.user_id = r.user_id and b.sender_id = l.author_id
    cross join lateral (
      select case
        when l.author_id = r.user_id then 'own_messages'
        when b.sender_id is not null then 'sender_blocked'
        when l.posted_at < r.since then 'before_joining'
        when private.is_read(l.message_id, l.posted_in, r.read_up_to, r.read_snapshot) then 'read'
        when m.message_id is not null then 'told_by_mention'
      end as cause
    ) c
    where r.particular
    group by r.id
  ), mention_readers as materialized (
    select j.*,
      case
        when l.message_id is null then 'deleted'
        when exists (
          select
          from public.blocked_senders b
          where b.user_id = j.user_id
            and b.sender_id = o.author_id
        ) then 'sender_blocked'
        when o.posted_at < j.since then 'before_joining'
        when private.is_read(j.message_id, o.posted_in, j.read_up_to, j.read_snapshot) then 'read'
      end as cause
    from judged j
    left join private.live_message_ids(array(select j2.message_id from judged j2 where j2.message_id is not null)) l
      on l.message_id = j.message_id
    left join lateral (
      select b.author_id, b.posted_in, b.posted_at
      from private.burst_messages b
      where b.message_id = j.message_id
      union all
      select u.author_id, u.posted_in, u.posted_at
      from private.untold_messages u
      where u.event_id = j.event_id
        and u.announcement in (false, true)
        and u.message_id = j.message_id
      limit 1
    ) o on true
    where j.message_id is not null
      and j.reason is null
      and j.wait_until is null
  )
  select r.id, r.user_id, r.event_id, r.email_id, r.lane, r.as_participant, r.address, r.display_name, r.locale, r.time_zone,
    r.content_mode, r.delivery, r.next_step, null::bigint,
    coalesce(case when r.particular then p.count else r.count end, 0),
    case when r.particular then p.newest else r.newest end,
    case
      when r.count is null then 'deleted'
      when r.particular and p.count = 0 then p.reason
    end,
    null::timestamptz, null::smallint, null::text
  from burst_readers r
  left join particular p on p.id = r.id
  union all
  select r.id, r.user_id, r.event_id, r.email_id, r.lane, r.as_participant, r.address, r.display_name, r.locale, r.time_zone,
    r.content_mode, r.delivery, r.next_step, r.message_id,
    case when r.cause is null then 1 else 0 end, array[r.message_id], r.cause, null, null, null
  from mention_readers r
  union all
  select j.id, j.user_id, j.event_id, j.email_id, j.lane, j.as_participant, j.address, j.display_name, j.locale, j.time_zone,
    j.content_mode, j.delivery, j.next_step, null,
    0, null, j.reason, j.wait_until, j.wait_lane, j.wait_cause
  from judged j
  where j.reason is not null
    or j.wait_until is not null;
end
$$;
revoke execute on function private.gather_news(bigint[], timestamptz) from public;

-- 75_letters.sql

-- Letters made of news: one each recipient, up to 100 in a dispatch, whose facts they share.

create function private.digest_weight(mentions integer, writes_there boolean, messages bigint)
returns double precision
language sql
immutable
return 100 * least(coalesce(mentions, 0), 5) + case when writes_there then 40 else 0 end + 10 * log(2.0, 1 + messages);
comment on function private.digest_weight(integer, boolean, bigint) is
  'What comes first in a digest: mentions (100 each, five at most), events the reader wrote in during the last 30 days (40), then volume (10 for each doubling); of equals the newest.';
revoke execute on function private.digest_weight(integer, boolean, bigint) from public;

-- What claimed notifications tell becomes letters; what has nothing to tell is skipped, what must wait is put off.
create function private.write_letters(notification_ids bigint[], as_of timestamptz, token_key_id text)
returns uuid[]
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_dispatch_ids uuid[];
begin
  -- One statement: of news in an array the planner expects ten, and compares all with all (190 of 290 ms for 500 people).
  with news as materialized (
    select n.*
    from private.gather_news(notification_ids, as_of) n
  ), told as materialized (
    select n.*
    from news n
    where n.count > 0
  ), readers as materialized (
    select distinct on (t.user_id) t.user_id, t.email_id, t.address, t.display_name, t.locale, t.time_zone,
      bool_and(t.lane = 2) over (partition by t.user_id) as digest,
      case when private.is_digest(t.delivery) then t.delivery else 'daily' end as rhythm
    from told t
  ), by_event as materialized (
    select t.user_id, t.event_id,
      sum(t.count) as count,
      bool_or(t.as_participant) as as_participant,
      min(t.next_step) as next_step,
      min(t.content_mode) as content_mode,
      coalesce(array_agg(t.mention order by t.mention) filter (where t.mention is not null), '{}') as mentions,
      case when count(*) = 1 then min(t.newest) end as newest,
      case when count(*) > 1 then string_agg(array_to_string(t.newest, ','), ',') end as mixed
    from told t
    group by t.user_id, t.event_id
  ), newest_first as (
    select e.user_id, e.event_id, e.count, e.as_participant, e.next_step, e.content_mode, e.mentions,
      coalesce(e.newest, array(select m.id from unnest(string_to_array(e.mixed, ',')::bigint[]) m (id) order by m.id desc limit 10)) as newest
    from by_event e
    offset 0
  ), ranked as materialized (
    select e.*, p.digest,
      row_number() over (
        partition by e.user_id
        order by case when p.digest then private.digest_weight(cardinality(e.mentions), w.written_at is not null, e.count) end desc nulls last,
          e.newest[1] desc
      ) as rank
    from newest_first e
    join readers p on p.user_id = e.user_id
    left join (
      select a.*
      from (
        select array_agg(d.event_id) as event_ids, array_agg(d.user_id) as user_ids
        from by_event d
        join readers r on r.user_id = d.user_id and r.digest
      ) digests
      cross join lateral private.last_written(digests.event_ids, digests.user_ids, as_of - interval '30 days') a
    ) w on w.event_id = e.event_id and w.user_id = e.user_id
  ), places as materialized (
    -- Readers of one event share a dispatch and so its facts.
    select f.user_id, row_number() over (order by f.first_event, f.user_id) - 1 as position
    from (
      select r.user_id, (array_agg(r.event_id order by r.rank))[1] as first_event
      from ranked r
      group by r.user_id
    ) f
  ), shown as materialized (
    -- A digest gives an overview: ten events with five messages each; other letters twenty with ten.
    select r.user_id, r.event_id, r.count, r.as_participant, r.mentions, r.rank, r.next_step, r.content_mode,
      l.position / 100 as number,
      r.rank <= case when r.digest then 10 else 20 end as fits,
      r.newest[: case when r.digest then 5 else 10 end] as newest
    from ranked r
    join places l on l.user_id = r.user_id
  ), parts as materialized (
    -- Written once for all who are told the same: 16 µs each.
    select d.*,
      jsonb_build_object(
        'event_id', d.event_id,
        'count', d.count,
        'shown', to_jsonb(array(select m.id::text from unnest(d.newest) m (id) order by m.id)),
        'mentions', to_jsonb(array(select m.id::text from unnest(d.mentions) m (id) where m.id = any(d.newest) order by m.id)),
        'reason', case when d.mentions <> '{}' then 'mention' when d.as_participant then 'participant' else 'member' end
      ) as part
    from (select distinct s.event_id, s.count, s.newest, s.mentions, s.as_participant from shown s where s.fits) d
  ), bodies as (
    select s.user_id,
      count(*) as event_count,
      jsonb_agg(p.part order by s.rank) filter (where s.fits) as parts,
      jsonb_build_object(
        'events', count(*) filter (where not s.fits),
        'messages', coalesce(sum(s.count) filter (where not s.fits), 0)
      ) as more,
      array_agg(s.next_step order by s.rank) filter (where s.fits) as back_off_steps,
      case
        when bool_or(s.content_mode = 'none') then 'none'
        when bool_or(s.content_mode = 'redacted') then 'redacted'
        else 'full'
      end as content_mode
    from shown s
    left join parts p on p.event_id = s.event_id and p.count = s.count and p.newest = s.newest and p.mentions = s.mentions
      and p.as_participant = s.as_participant
    group by s.user_id
  ), letters as materialized (
    select p.user_id, p.email_id, p.address, p.display_name, p.locale, p.time_zone, b.content_mode, b.parts, b.more,
      case when p.digest then 'digest' when b.event_count = 1 then 'conversation' else 'combined' end as kind,
      case when p.digest then p.rhythm end as digest,
      case when not p.digest then b.back_off_steps end as back_off_steps,
      l.position
    from readers p
    join bodies b on b.user_id = p.user_id
    join places l on l.user_id = p.user_id
  ), dispatch_ids as materialized (
    select d.number, private.uuid_v7(as_of) as id
    from generate_series(0, (select max(l.position) / 100 from letters l)) d (number)
  ), contents as (
    select d.number, array_agg(distinct d.event_id) as event_ids, array_agg(distinct m) as message_ids
    from (select distinct s.number, s.event_id, s.newest from shown s where s.fits) d
    cross join unnest(d.newest) m
    group by d.number
  ), written_dispatches as (
    insert into private.dispatches (id, next_attempt_at, letter_count, facts, created_at, updated_at)
    select d.id, private.lease_until(as_of),
      (select count(*) from letters l where l.position / 100 = d.number),
      private.freeze_facts(c.event_ids, c.message_ids, token_key_id), as_of, as_of
    from dispatch_ids d
    join contents c using (number)
    returning id
  ), written_letters as (
    insert into public.emails (id, user_id, dispatch_id, position, kind, digest, address, display_name, locale, time_zone,
      content_mode, parts, more, back_off_steps, created_at, updated_at)
    select l.email_id, l.user_id, d.id, l.position % 100, l.kind, l.digest, l.address, l.display_name, l.locale, l.time_zone,
      l.content_mode, l.parts, l.more, l.back_off_steps, as_of, as_of
    from letters l
    join dispatch_ids d on d.number = l.position / 100
  ), skipped as (
    update public.notifications n
    set status = 'skipped', reason = s.reason, email_id = null, updated_at = as_of
    from news s
    where s.reason is not null
      and n.id = s.notification_id
  ), put_off as (
    update public.notifications n
    set status = 'pending',
      lane = s.wait_lane,
      scheduled_for = s.wait_until,
      email_id = null,
      waits = private.add_wait(n.waits, s.wait_cause, as_of, n.scheduled_for, s.wait_until)
    from news s
    where s.wait_until is not null
      and n.id = s.notification_id
  )
  select coalesce(array_agg(w.id), '{}')
  into v_dispatch_ids
  from written_dispatches w;
  return v_dispatch_ids;
end
$$;
revoke execute on function private.write_letters(bigint[], timestamptz, text) from public;

-- Owner's rights: processors may execute this and read nothing.
create function public.get_pending_notifications(
  batch_size integer default 100, as_of timestamptz default now(), token_key_id text default null
)
returns table (dispatch_id uuid, attempt integer, facts jsonb, letters json, body text)
language plpgsql
volatile
security definer
set search_path = ''
-- By indexes, whatever it calls: some hundred recipients of a table of any size. A plan that was made and kept while a
-- table was small, or that expects more recipients, reads all of it in each claim (30,000 letters: 0.4 s, not 0.05).
set enable_seqscan = 'off'
-- Where a table of one row must be read the planner counts a forbidden scan as a price, which would begin compiling.
set jit = 'off'
as $$
declare
  v_user_ids uuid[];
  v_claimed bigint[];
  v_dispatch_ids uuid[];
  v_passed_over uuid[] := '{}';
  -- A probe goes with another dispatch than the one that failed last: it may be that one's fault.
  v_suspect uuid := (select b.last_failed_dispatch from private.breakers b where b.name = 'provider' and b.state = 'half_open');
begin
  perform private.require_read_committed();
  if batch_size is null or batch_size not between 1 and 1000 then
    raise exception using
      errcode = 'CN012',
      message = format('A batch holds 1 to 1000 recipients, not %s.', batch_size),
      hint = 'Ask for 100, the most one provider call takes, or a few hundred.';
  end if;

  v_dispatch_ids := private.retake_dispatches(batch_size, v_suspect, as_of);
  -- Until something can be sent or nothing is due: a claim may find that all of it was read meanwhile.
  while cardinality(v_dispatch_ids) = 0 loop
    v_user_ids := private.lock_due_recipients(batch_size, v_passed_over, as_of);
    exit when cardinality(v_user_ids) = 0;
    v_claimed := private.claim_notifications(v_user_ids, as_of);
    if v_claimed is null then
      -- Another connection holds all their rows: whoever comes behind them must not wait.
      v_passed_over := v_passed_over || v_user_ids;
      continue;
    end if;
    v_dispatch_ids := private.write_letters(v_claimed, as_of, token_key_id);
  end loop;
  if cardinality(v_dispatch_ids) = 0 and v_suspect is not null then
    v_dispatch_ids := private.retake_dispatches(batch_size, null, as_of);
  end if;
  return query
  select d.dispatch_id, d.attempt, d.facts, d.letters, d.body
  from private.dispatches_to_send(v_dispatch_ids) d;
end
$$;
comment on function public.get_pending_notifications(integer, timestamptz, text) is
  'Step 4 of a pass: claims up to batch_size recipients who have something due, composes one letter each and freezes them into dispatches of up to 100, which the caller holds for the lease. Each row: the dispatch, its attempt, what its letters share, the letters, and the body to send again after an ambiguous attempt. No row: nothing is due. token_key_id: the key with which the claimer signs the letters'' unsubscribe links; null: they have none.';
revoke execute on function public.get_pending_notifications(integer, timestamptz, text) from public, anon, authenticated, service_role;
grant execute on function public.get_pending_notifications(integer, timestamptz, text) to service_role, notifier;

-- 76_lifecycle.sql

-- The states' legal moves, as data: the same as packages/core/src/lifecycle.ts and docs/lifecycle.md; a test compares
-- the three, and the tests' databases refuse every other move.

create table private.lifecycle (
  subject text not null,
  from_status text not null,
  to_status text not null,
  moved_by text not null,
  primary key (subject, from_status, to_status),
  constraint lifecycle_subject_is_known check (subject in ('notification', 'email', 'dispatch'))
);
comment on table private.lifecycle is 'Which status may follow which, and the function that moves it.';
alter table private.lifecycle enable row level security;

insert into private.lifecycle (subject, from_status, to_status, moved_by) values
  ('notification', 'pending', 'processing', 'get_pending_notifications'),
  ('notification', 'pending', 'skipped', 'after_restore'),
  ('notification', 'processing', 'pending', 'get_pending_notifications, mark_notification_failed'),
  ('notification', 'processing', 'skipped', 'get_pending_notifications, after_restore'),
  ('notification', 'processing', 'sent', 'mark_notification_sent'),
  ('notification', 'processing', 'failed', 'mark_notification_failed, get_pending_notifications'),
  ('notification', 'sent', 'failed', 'receive_webhook_event'),
  ('notification', 'sent', 'pending', 'receive_webhook_event'),
  ('notification', 'failed', 'pending', 'retry_email'),
  ('email', 'sending', 'sent', 'mark_notification_sent'),
  ('email', 'sending', 'retrying', 'mark_notification_failed'),
  ('email', 'sending', 'failed', 'mark_notification_failed, get_pending_notifications, after_restore'),
  ('email', 'retrying', 'sending', 'get_pending_notifications'),
  ('email', 'retrying', 'sent', 'mark_notification_sent'),
  ('email', 'retrying', 'failed', 'get_pending_notifications, after_restore'),
  ('email', 'sent', 'delivered', 'receive_webhook_event'),
  ('email', 'sent', 'delayed', 'receive_webhook_event'),
  ('email', 'sent', 'bounced', 'receive_webhook_event'),
  ('email', 'sent', 'complained', 'receive_webhook_event'),
  ('email', 'sent', 'failed', 'receive_webhook_event'),
  ('email', 'sent', 'suppressed', 'receive_webhook_event'),
  ('email', 'delayed', 'delivered', 'receive_webhook_event'),
  ('email', 'delayed', 'bounced', 'receive_webhook_event'),
  ('email', 'delayed', 'complained', 'receive_webhook_event'),
  ('email', 'delayed', 'failed', 'receive_webhook_event'),
  ('email', 'delivered', 'bounced', 'receive_webhook_event'),
  ('email', 'delivered', 'complained', 'receive_webhook_event'),
  ('email', 'failed', 'discarded', 'retry_email, discard_email, receive_webhook_event'),
  ('dispatch', 'sending', 'sent', 'mark_notification_sent'),
  ('dispatch', 'sending', 'retrying', 'mark_notification_failed'),
  ('dispatch', 'sending', 'failed', 'mark_notification_failed, get_pending_notifications, after_restore'),
  ('dispatch', 'retrying', 'sending', 'get_pending_notifications'),
  ('dispatch', 'retrying', 'sent', 'mark_notification_sent'),
  ('dispatch', 'retrying', 'failed', 'get_pending_notifications, after_restore');

-- 77_dead_letters.sql

-- Operators and dead letters: retried, always composed afresh, or discarded; one or many, audited.

create function private.list_letters(email_ids uuid[])
returns jsonb
language sql
immutable
return jsonb_build_object('email_ids', to_jsonb(email_ids));
revoke execute on function private.list_letters(uuid[]) from public;

-- In the order of their ids, so that two operators with the same long list do not wait for each other.
create function private.lock_failed_letters(email_ids uuid[])
returns uuid[]
language sql
volatile
set search_path = ''
as $$
  select array(
    select e.id
    from public.emails e
    where e.id = any(email_ids)
      and e.status = 'failed'
    order by e.id
    for update
  );
$$;
revoke execute on function private.lock_failed_letters(uuid[]) from public;

-- Owner's rights: operators may retry, not write.
create function private.retry_letters(email_ids uuid[], as_of timestamptz default now())
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_retried uuid[];
begin
  perform private.require_operator();
  v_retried := private.lock_failed_letters(email_ids);
  update public.emails e
  set status = 'discarded', reason = 'retried', updated_at = as_of
  where e.id = any(v_retried);
  update public.notifications n
  set status = 'pending', reason = null, email_id = null, scheduled_for = as_of, updated_at = as_of
  where n.email_id = any(v_retried)
    and n.status = 'failed';
  perform private.audit('retry_letters', private.list_letters(v_retried));
  perform private.wake_processors(as_of);
  return cardinality(v_retried);
end
$$;
revoke execute on function private.retry_letters(uuid[], timestamptz) from public;
grant execute on function private.retry_letters(uuid[], timestamptz) to authenticated, service_role;

-- Owner's rights: operators may discard, not write.
create function private.discard_letters(email_ids uuid[], as_of timestamptz default now())
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_discarded uuid[];
begin
  perform private.require_operator();
  v_discarded := private.lock_failed_letters(email_ids);
  update public.emails e
  set status = 'discarded', updated_at = as_of
  where e.id = any(v_discarded);
  perform private.audit('discard_letters', private.list_letters(v_discarded));
  return cardinality(v_discarded);
end
$$;
revoke execute on function private.discard_letters(uuid[], timestamptz) from public;
grant execute on function private.discard_letters(uuid[], timestamptz) to authenticated, service_role;

create function public.retry_emails(ids uuid[])
returns integer
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.retry_letters(ids);
$$;
comment on function public.retry_emails(uuid[]) is
  'For operators: failed letters are composed afresh with what is true now. Returns how many there were.';
revoke execute on function public.retry_emails(uuid[]) from public, anon, authenticated, service_role;
grant execute on function public.retry_emails(uuid[]) to authenticated, service_role;

create function public.retry_email(id uuid)
returns boolean
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.retry_letters(array[id]) = 1;
$$;
comment on function public.retry_email(uuid) is 'For operators: one failed letter is composed afresh. False: it is not a failed letter.';
revoke execute on function public.retry_email(uuid) from public, anon, authenticated, service_role;
grant execute on function public.retry_email(uuid) to authenticated, service_role;

create function public.discard_emails(ids uuid[])
returns integer
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.discard_letters(ids);
$$;
comment on function public.discard_emails(uuid[]) is 'For operators: failed letters that nobody will send. Returns how many there were.';
revoke execute on function public.discard_emails(uuid[]) from public, anon, authenticated, service_role;
grant execute on function public.discard_emails(uuid[]) to authenticated, service_role;

create function public.discard_email(id uuid)
returns boolean
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.discard_letters(array[id]) = 1;
$$;
comment on function public.discard_email(uuid) is 'For operators: one failed letter that nobody will send. False: it is not a failed letter.';
revoke execute on function public.discard_email(uuid) from public, anon, authenticated, service_role;
grant execute on function public.discard_email(uuid) to authenticated, service_role;

-- 78_pausing.sql

-- Operators pause delivery and resume it, after a preview of what would go. Audited.

create function private.check_scope(scope text, id uuid)
returns uuid
language plpgsql
immutable
set search_path = ''
as $$
begin
  if scope is null or scope not in ('everything', 'organization', 'event') or (scope <> 'everything' and id is null) then
    raise exception using
      errcode = 'CN021',
      message = format('Delivery cannot be paused for %s.', coalesce(scope, 'nothing')),
      hint = 'Name everything, organization or event, and for the latter two its id.';
  end if;
  return case when scope = 'everything' then '00000000-0000-0000-0000-000000000000' else id end;
end
$$;
revoke execute on function private.check_scope(text, uuid) from public;

-- Owner's rights: operators may pause, not write.
create function private.pause_scope(scope text, id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_id uuid := private.check_scope(scope, id);
begin
  perform private.require_operator();
  insert into private.pauses (scope, id, paused_by)
  values (scope, v_id, (select auth.uid()))
  on conflict do nothing;
  if not found then
    return false;
  end if;
  perform private.audit('pause_delivery', jsonb_build_object('scope', scope, 'id', id));
  return true;
end
$$;
revoke execute on function private.pause_scope(text, uuid) from public;
grant execute on function private.pause_scope(text, uuid) to authenticated, service_role;

create function public.pause_delivery(scope text, id uuid default null)
returns boolean
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.pause_scope(scope, id);
$$;
comment on function public.pause_delivery(text, uuid) is
  'For operators: no letters of everything, an organization or an event until resumed; nothing is lost. False: it was paused already.';
revoke execute on function public.pause_delivery(text, uuid) from public, anon, authenticated, service_role;
grant execute on function public.pause_delivery(text, uuid) to authenticated, service_role;

-- What a pause holds back: notifications that were due and were set aside, or are waiting behind it.
create function private.held_notifications(scope text, id uuid, as_of timestamptz)
returns table (notification_id bigint, user_id uuid, is_stale boolean)
language sql
stable
set search_path = ''
as $$
  select n.id, n.user_id, n.created_at < as_of - interval '24 hours'
  from public.notifications n
  where n.is_pending
    and (n.scheduled_for <= as_of or n.scheduled_for = 'infinity')
    and case scope
      when 'everything' then true
      when 'event' then n.event_id = held_notifications.id
      else n.event_id in (select e.event_id from private.organization_event_ids(held_notifications.id) e)
    end;
$$;
revoke execute on function private.held_notifications(text, uuid, timestamptz) from public;

-- Owner's rights: operators may see counts of what they may not read otherwise.
create function private.preview_scope(scope text, id uuid, as_of timestamptz default now())
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  perform private.check_scope(scope, id);
  return (
    select jsonb_build_object(
      'recipients', count(distinct h.user_id),
      'notifications', count(*),
      'go_to_digest', count(*) filter (where h.is_stale))
    from private.held_notifications(scope, id, as_of) h
  );
end
$$;
revoke execute on function private.preview_scope(text, uuid, timestamptz) from public;
grant execute on function private.preview_scope(text, uuid, timestamptz) to authenticated, service_role;

create function public.preview_resume(scope text, id uuid default null)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select private.preview_scope(scope, id);
$$;
comment on function public.preview_resume(text, uuid) is
  'For operators: what resuming would let out: recipients, notifications, and how many of these are a day old and go into digests.';
revoke execute on function public.preview_resume(text, uuid) from public, anon, authenticated, service_role;
grant execute on function public.preview_resume(text, uuid) to authenticated, service_role;

-- Owner's rights: operators may resume, not write. What became stale waits for the next digest.
create function private.resume_scope(scope text, id uuid, as_of timestamptz default now())
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_released integer;
begin
  perform private.require_operator();
  delete from private.pauses p
  where p.scope = resume_scope.scope
    and p.id = private.check_scope(resume_scope.scope, resume_scope.id);
  if not found then
    return false;
  end if;
  update public.notifications n
  set scheduled_for = case
      -- Whose account is gone meanwhile has no time zone; composing says so then.
      when h.is_stale then private.next_digest_for(w, coalesce(p.time_zone, 'UTC'), as_of)
      else as_of
    end,
    lane = case when h.is_stale then 2 else n.lane end
  from private.held_notifications(scope, resume_scope.id, as_of) h
  left join lateral private.recipient_people(array[h.user_id]) p on true
  cross join lateral private.wishes_of(h.user_id, null, null, null) w
  where n.id = h.notification_id
    and n.is_pending
    and n.event_id not in (select private.paused_event_ids());
  get diagnostics v_released = row_count;
  perform private.audit('resume_delivery', jsonb_build_object('scope', scope, 'id', id, 'notifications', v_released));
  perform private.wake_processors(as_of);
  return true;
end
$$;
revoke execute on function private.resume_scope(text, uuid, timestamptz) from public;
grant execute on function private.resume_scope(text, uuid, timestamptz) to authenticated, service_role;

create function public.resume_delivery(scope text, id uuid default null)
returns boolean
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.resume_scope(scope, id);
$$;
comment on function public.resume_delivery(text, uuid) is
  'For operators: letters go again; what is a day old goes into the next digest. False: it was not paused.';
revoke execute on function public.resume_delivery(text, uuid) from public, anon, authenticated, service_role;
grant execute on function public.resume_delivery(text, uuid) to authenticated, service_role;

-- 79_scopes.sql

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

-- 79_switching.sql

-- Operators switch delivery on for this deployment, off, and on again after a restore. Audited.

-- Owner's rights: operators may switch, not write.
create function private.switch_delivery(deployment_url text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  update private.settings
  set delivery_on_for = deployment_url, updated_at = now();
  perform private.audit('switch_delivery', jsonb_build_object('on_for', deployment_url));
  perform private.wake_processors(now());
end
$$;
revoke execute on function private.switch_delivery(text) from public;
grant execute on function private.switch_delivery(text) to authenticated, service_role;

create function public.switch_delivery_on(deployment_url text)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.switch_delivery(deployment_url);
$$;
comment on function public.switch_delivery_on(text) is
  'For operators: processors of this deployment (their SUPABASE_URL) may send. A copy of the database has another URL and mails nobody.';
revoke execute on function public.switch_delivery_on(text) from public, anon, authenticated, service_role;
grant execute on function public.switch_delivery_on(text) to authenticated, service_role;

create function public.switch_delivery_off()
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.switch_delivery(null);
$$;
comment on function public.switch_delivery_off() is 'For operators: nothing is sent until switched on again; nothing is lost.';
revoke execute on function public.switch_delivery_off() from public, anon, authenticated, service_role;
grant execute on function public.switch_delivery_off() to authenticated, service_role;

-- After a restore of the database to an older point nobody knows what went out between that point and the outage.
-- What may have been told is skipped: across a restore delivery is at most once, everywhere else exactly once.
-- Owner's rights: operators may decide this, not write.
create function private.skip_what_may_have_been_sent(outage_at timestamptz, as_of timestamptz default now())
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_skipped integer;
  v_failed integer;
  v_untold integer;
begin
  perform private.require_operator();
  update public.notifications n
  set status = 'skipped', reason = 'before_restore', email_id = null, updated_at = as_of
  where n.status = 'processing'
    or (n.is_pending and n.scheduled_for <= outage_at);
  get diagnostics v_skipped = row_count;
  update public.emails e
  set status = 'failed', reason = 'before_restore', updated_at = as_of
  where e.status in ('sending', 'retrying');
  get diagnostics v_failed = row_count;
  update private.dispatches d
  set status = 'failed', outcome = 'before_restore', updated_at = as_of
  where d.status in ('sending', 'retrying');
  -- A burst that closed before the outage may have been told: its messages and its first page are.
  delete from private.untold_messages u
  using private.bursts b
  where b.event_id = u.event_id
    and b.announcement = u.announcement
    and b.settled_at is null
    and b.closes_at <= outage_at;
  get diagnostics v_untold = row_count;
  -- Recipients that fan-out had not reached may have been reached and told before the outage.
  update private.bursts b
  set fanned_out_at = as_of
  where b.settled_at is not null
    and b.fanned_out_at is null
    and b.closes_at <= outage_at;
  perform private.audit('after_restore', jsonb_build_object(
    'outage_at', outage_at, 'skipped', v_skipped, 'letters', v_failed, 'untold_messages', v_untold));
  return jsonb_build_object('skipped', v_skipped, 'letters', v_failed, 'untold_messages', v_untold);
end
$$;
revoke execute on function private.skip_what_may_have_been_sent(timestamptz, timestamptz) from public;
grant execute on function private.skip_what_may_have_been_sent(timestamptz, timestamptz) to authenticated, service_role;

create function public.after_restore(outage_at timestamptz)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.skip_what_may_have_been_sent(outage_at);
$$;
comment on function public.after_restore(timestamptz) is
  'For operators, after restoring an older state and before switching delivery on: skips what was due before the outage, because it may have been told. Returns the counts.';
revoke execute on function public.after_restore(timestamptz) from public, anon, authenticated, service_role;
grant execute on function public.after_restore(timestamptz) to authenticated, service_role;

-- 79_test_letter.sql

-- Operators ask for a test letter, which goes the whole way to their own mailbox. Audited.

-- Owner's rights: operators may ask for it, not write it. Goes through the same sending as every other letter.
create function private.write_test_letter(as_of timestamptz default now())
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_dispatch_id uuid := private.uuid_v7(as_of);
  v_email_id uuid := private.uuid_v7(as_of);
  v_event_id uuid := gen_random_uuid();
  v_person record;
begin
  perform private.require_operator();
  select *
  into v_person
  from private.recipient_people(array[(select auth.uid())]);
  if v_person.email is null then
    raise exception using
      errcode = 'CN022',
      message = 'A test letter goes to the operator who asks for it, and you have no address.',
      hint = 'Sign in as an operator with an e-mail address.';
  end if;
  insert into private.dispatches (id, status, attempt, next_attempt_at, letter_count, facts, created_at, updated_at)
  select v_dispatch_id, 'retrying', 0, as_of, 1,
    jsonb_set(jsonb_set(private.freeze_facts('{}', '{}'),
      array['events', v_event_id::text], jsonb_build_object('title', 'Test event', 'organization_name', s.product_name)),
      array['messages', '0'], jsonb_build_object(
        'event_id', v_event_id, 'author_name', s.product_name, 'posted_at', as_of, 'edited', false,
        'body', 'This letter shows that delivery works from the database to your mailbox.')),
    as_of, as_of
  from private.settings s;
  insert into public.emails (id, user_id, dispatch_id, position, kind, status, address, display_name, locale, time_zone,
    parts, more, created_at, updated_at)
  values (v_email_id, v_person.user_id, v_dispatch_id, 0, 'conversation', 'retrying', v_person.email, v_person.display_name,
    v_person.locale, v_person.time_zone,
    jsonb_build_array(jsonb_build_object('event_id', v_event_id, 'count', 1, 'shown', '["0"]'::jsonb, 'mentions', '[]'::jsonb, 'reason', 'member')),
    '{"events": 0, "messages": 0}', as_of, as_of);
  perform private.audit('send_test_letter', jsonb_build_object('email_id', v_email_id));
  perform private.wake_processors(as_of);
  return v_email_id;
end
$$;
revoke execute on function private.write_test_letter(timestamptz) from public;
grant execute on function private.write_test_letter(timestamptz) to authenticated, service_role;

create function public.send_test_letter()
returns uuid
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.write_test_letter();
$$;
comment on function public.send_test_letter() is 'For operators: one letter to the caller''s own address, the whole way. Returns the e-mail''s id.';
revoke execute on function public.send_test_letter() from public, anon, authenticated, service_role;
grant execute on function public.send_test_letter() to authenticated, service_role;

-- 80_feedback.sql

-- What the provider reports back: delivered, delayed, bounced, complained, failed, suppressed.

create table private.webhook_events (
  svix_id text primary key,
  type text not null,
  email_id uuid,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  detail text,
  result text not null,
  constraint webhook_events_result_is_known check (result in ('applied', 'outdated', 'unknown_email', 'ignored'))
);
comment on table private.webhook_events is
  'Webhooks that were received, once each. detail: bounce type or reason. Never addresses, subjects or text.';
create index webhook_events_email_idx on private.webhook_events (email_id, occurred_at) where email_id is not null;
comment on index private.webhook_events_email_idx is 'A letter''s timeline.';
create index webhook_events_received_idx on private.webhook_events (received_at desc);
comment on index private.webhook_events_received_idx is 'The newest, for monitoring silence.';
alter table private.webhook_events enable row level security;
grant select on private.webhook_events to authenticated, service_role;
create policy "operators read webhook events" on private.webhook_events for select to authenticated
  using ((select private.is_operator()));

-- A transient bounce: five of them without deliveries between suppress the address.
create function private.score_bounce(address text, as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_score integer;
begin
  if address = '' then
    return;
  end if;
  insert into private.bounce_scores as b (address_hash, score, updated_at)
  values (private.address_hash(address), 1, as_of)
  on conflict (address_hash) do update
  set score = case when b.updated_at < as_of - interval '30 days' then 1 else b.score + 1 end, updated_at = as_of
  returning score into v_score;
  if v_score >= 5 then
    perform private.suppress_address(address, 'soft_bounces', as_of);
  end if;
end
$$;
revoke execute on function private.score_bounce(text, timestamptz) from public;

create function private.erode_bounces(address text, as_of timestamptz)
returns void
language sql
volatile
set search_path = ''
as $$
  update private.bounce_scores b
  set score = b.score - 1, updated_at = as_of
  where b.address_hash = private.address_hash(address)
    and b.score > 0;
$$;
revoke execute on function private.erode_bounces(text, timestamptz) from public;

-- The letters' notifications after a letter did not arrive.
create function private.withdraw_letter(email_id uuid, status text, reason text, as_of timestamptz, due_again_at timestamptz default null)
returns void
language sql
volatile
set search_path = ''
as $$
  update public.notifications n
  set status = withdraw_letter.status,
    reason = case when withdraw_letter.status = 'failed' then withdraw_letter.reason end,
    email_id = case when withdraw_letter.status = 'failed' then n.email_id end,
    scheduled_for = coalesce(due_again_at, n.scheduled_for),
    waits = case
      when due_again_at is null then n.waits
      else private.add_wait(n.waits, 'quota', as_of, n.scheduled_for, due_again_at)
    end,
    updated_at = as_of
  where n.email_id = withdraw_letter.email_id
    and n.status = 'sent';
$$;
revoke execute on function private.withdraw_letter(uuid, text, text, timestamptz, timestamptz) from public;

-- Applies one event to one letter, if its status may still move there.
create function private.apply_feedback(email public.emails, new_status text, detail text, as_of timestamptz)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
begin
  if not exists (
    select
    from private.lifecycle l
    where l.subject = 'email'
      and l.from_status = email.status
      and l.to_status = new_status
  ) then
    return false;
  end if;
  update public.emails e
  set status = new_status,
    reason = case when new_status in ('delivered', 'delayed') then e.reason else coalesce(detail, new_status) end,
    updated_at = as_of
  where e.id = email.id;
  case new_status
    when 'delivered' then
      perform private.erode_bounces(email.address, as_of);
    when 'bounced' then
      if detail = 'Permanent' then
        perform private.suppress_address(email.address, 'bounced', as_of);
      else
        perform private.score_bounce(email.address, as_of);
      end if;
      perform private.withdraw_letter(email.id, 'failed', 'bounced', as_of);
    when 'complained' then
      perform private.suppress_address(email.address, 'complained', as_of);
    when 'suppressed' then
      perform private.suppress_address(email.address, 'provider', as_of);
      perform private.withdraw_letter(email.id, 'failed', 'address_suppressed', as_of);
    when 'failed' then
      if detail = 'reached_daily_quota' then
        -- Composed afresh after the reset, with what is true then.
        perform private.note_failure('quota', email.dispatch_id, detail, private.quota_reset_at(detail, as_of), as_of);
        perform private.withdraw_letter(email.id, 'pending', null, as_of, private.quota_reset_at(detail, as_of));
        update public.emails e
        set status = 'discarded'
        where e.id = email.id;
      else
        perform private.withdraw_letter(email.id, 'failed', coalesce(detail, 'provider_failed'), as_of);
      end if;
    else
      null;
  end case;
  return true;
end
$$;
revoke execute on function private.apply_feedback(public.emails, text, text, timestamptz) from public;

-- Owner's rights: the webhook function may execute this and write nothing else.
create function private.receive_webhook_event(
  svix_id text, type text, occurred_at timestamptz, email_id uuid default null, provider_id text default null,
  address text default null, detail text default null, as_of timestamptz default now()
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_email public.emails;
  v_status text := case type
    when 'email.delivered' then 'delivered'
    when 'email.delivery_delayed' then 'delayed'
    when 'email.bounced' then 'bounced'
    when 'email.complained' then 'complained'
    when 'email.failed' then 'failed'
    when 'email.suppressed' then 'suppressed'
  end;
  v_result text := 'ignored';
begin
  insert into private.webhook_events (svix_id, type, email_id, occurred_at, received_at, detail, result)
  values (svix_id, type, email_id, occurred_at, as_of, left(detail, 100), 'ignored')
  on conflict do nothing;
  if not found then
    return 'duplicate';
  end if;

  if type = 'suppression.added' and address is not null then
    perform private.suppress_address(address, 'provider', as_of);
    v_result := 'applied';
  elsif type = 'suppression.removed' and address is not null then
    perform private.unsuppress_address(address, as_of);
    v_result := 'applied';
  elsif type in ('email.sent', 'email.scheduled') or v_status is not null then
    -- The lock order everywhere: dispatch, then its letters, then their notifications.
    perform
    from private.dispatches d
    where d.id = (select e.dispatch_id from public.emails e where e.id = receive_webhook_event.email_id)
    for update;
    select *
    into v_email
    from public.emails e
    where e.id = receive_webhook_event.email_id
    for update;
    if not found then
      v_result := 'unknown_email';
    else
      v_result := private.hear_of_letter(v_email, v_status, provider_id, detail, as_of);
    end if;
  end if;
  update private.webhook_events w
  set result = v_result
  where w.svix_id = receive_webhook_event.svix_id;
  return v_result;
end
$$;
comment on function private.receive_webhook_event(text, text, timestamptz, uuid, text, text, text, timestamptz) is
  'Applies one verified webhook, once. email_id: of the letter''s tag. Returns applied, outdated (the letter is further), unknown_email, ignored, or duplicate.';
revoke execute on function private.receive_webhook_event(text, text, timestamptz, uuid, text, text, text, timestamptz) from public;
grant execute on function private.receive_webhook_event(text, text, timestamptz, uuid, text, text, text, timestamptz) to service_role, notifier;

-- The provider knows this letter, so it accepted its whole dispatch, whatever we heard of the request.
create function private.hear_of_letter(email public.emails, new_status text, provider_id text, detail text, as_of timestamptz)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_email public.emails := email;
begin
  if email.status in ('sending', 'retrying') then
    perform public.mark_notification_sent(d.id, d.attempt, '{}', as_of)
    from private.dispatches d
    where d.id = email.dispatch_id;
    select *
    into v_email
    from public.emails e
    where e.id = email.id;
  else
    perform private.confirm_dispatch(email.dispatch_id, null, as_of);
  end if;
  update public.emails e
  set provider_id = hear_of_letter.provider_id
  where e.id = email.id
    and e.provider_id is null;
  if new_status is null or private.apply_feedback(v_email, new_status, detail, as_of) then
    return 'applied';
  end if;
  return 'outdated';
end
$$;
revoke execute on function private.hear_of_letter(public.emails, text, text, text, timestamptz) from public;

-- 81_proposed_settings.sql

-- Settings that somebody thinks about: checked by the same rules as those they would save, and saved nowhere.

-- The first of the table's own checks that a row would break; null: none.
create function private.broken_check(proposed anyelement)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_check record;
  v_holds boolean;
begin
  for v_check in
    select c.conname, pg_get_expr(c.conbin, c.conrelid) as expression
    from pg_catalog.pg_constraint c
    join pg_catalog.pg_type t on t.typrelid = c.conrelid
    where t.oid = pg_typeof(proposed)
      and c.contype = 'c'
    union all
    select a.attname || '_is_given', format('%I is not null', a.attname)
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_type t on t.typrelid = a.attrelid
    where t.oid = pg_typeof(proposed)
      and a.attnotnull
      and a.attnum > 0
    order by 1
  loop
    -- From the catalog, of our own tables: nothing of the caller's is executed.
    execute format('select %s from (select ($1).*) proposed', v_check.expression) using proposed into v_holds;
    if not v_holds then
      return v_check.conname;
    end if;
  end loop;
  return null;
end
$$;
revoke execute on function private.broken_check(anyelement) from public;

create function private.refuse_proposal(problem text)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  raise exception using
    errcode = 'CN051',
    message = format('These settings cannot be tried: %s.', problem),
    hint = 'Send columns of notification_preferences, and events: {"<id>": {"level": …, "muted_until": …}}.';
end
$$;
revoke execute on function private.refuse_proposal(text) from public;

-- The columns of a row that a person may set, as an object's keys.
create function private.check_keys(proposed jsonb, allowed text[])
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_unknown text;
begin
  if jsonb_typeof(proposed) is distinct from 'object' then
    perform private.refuse_proposal('not an object');
  end if;
  select min(k)
  into v_unknown
  from jsonb_object_keys(proposed) k
  where k <> all(allowed);
  if v_unknown is not null then
    perform private.refuse_proposal(format('there is no setting %s', left(v_unknown, 50)));
  end if;
end
$$;
revoke execute on function private.check_keys(jsonb, text[]) from public;

create function private.proposed_preferences(user_id uuid, proposed jsonb)
returns public.notification_preferences
language plpgsql
stable
set search_path = ''
as $$
declare
  v_proposed public.notification_preferences;
  v_broken text;
begin
  perform private.check_keys(proposed, array['events', 'delivery', 'level', 'digest_at', 'weekly_on', 'quiet_from', 'quiet_until',
    'quiet_except_mentions', 'content_mode', 'letters_per_day']);
  select *
  into v_proposed
  from public.notification_preferences p
  where p.user_id = proposed_preferences.user_id;
  if not found then
    v_proposed := jsonb_populate_record(null::public.notification_preferences, jsonb_build_object(
      'user_id', user_id, 'digest_at', '08:00', 'weekly_on', 1, 'quiet_except_mentions', false, 'updated_at', now()));
  end if;
  begin
    v_proposed := jsonb_populate_record(v_proposed, proposed - 'events');
  exception when data_exception then
    perform private.refuse_proposal(sqlerrm);
  end;
  v_broken := private.broken_check(v_proposed);
  if v_broken is not null then
    perform private.refuse_proposal(v_broken);
  end if;
  return v_proposed;
end
$$;
revoke execute on function private.proposed_preferences(uuid, jsonb) from public;

create function private.proposed_event_preferences(user_id uuid, proposed jsonb, event_ids uuid[])
returns public.event_notification_preferences[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_all public.event_notification_preferences[] := '{}';
  v_proposed public.event_notification_preferences;
  v_event_id uuid;
  v_key text;
  v_settings jsonb;
  v_broken text;
begin
  if proposed is null then
    return v_all;
  elsif jsonb_typeof(proposed) <> 'object' then
    perform private.refuse_proposal('events is not an object');
  end if;
  for v_key, v_settings in
    select e.key, e.value
    from jsonb_each(proposed) e
  loop
    perform private.check_keys(v_settings, array['level', 'muted_until']);
    begin
      v_event_id := v_key;
      if v_event_id <> all(event_ids) then
        raise exception using
          errcode = 'CN003',
          message = 'You are not in this event, or it does not exist.',
          hint = 'Ask an organizer to add you, or check the event''s id.';
      end if;
      select *
      into v_proposed
      from public.event_notification_preferences p
      where p.user_id = proposed_event_preferences.user_id
        and p.event_id = v_event_id;
      v_proposed := jsonb_populate_record(v_proposed, v_settings || jsonb_build_object(
        'user_id', user_id, 'event_id', v_event_id, 'updated_at', now()));
    exception when data_exception then
      perform private.refuse_proposal(sqlerrm);
    end;
    v_broken := private.broken_check(v_proposed);
    if v_broken is not null then
      perform private.refuse_proposal(v_broken);
    end if;
    v_all := v_all || v_proposed;
  end loop;
  return v_all;
end
$$;
revoke execute on function private.proposed_event_preferences(uuid, jsonb, uuid[]) from public;

-- 81_replay_items.sql

-- What a person's last days held that other settings would decide otherwise.

create type private.replay_room as (
  event_id uuid,
  title text,
  since timestamptz,
  slows_down boolean,
  wishes_now private.wishes,
  wishes_new private.wishes,
  read_up_to bigint,
  last_seen_at timestamptz
);

create type private.replay_item as (
  event_id uuid,
  notification_id bigint,
  addressed boolean,
  -- A notification of a mention, a letter of which is a mention letter.
  mention boolean,
  ready_at timestamptz,
  -- When its burst closes: for mentions that have been enough.
  closes_at timestamptz,
  -- When people began to write again before it; infinity: nothing slows down.
  stirred_at timestamptz,
  told integer,
  -- Known to have been read by then; null: not known.
  read_by timestamptz,
  email_id uuid
);

create function private.replay_rooms(
  user_id uuid, preferences public.notification_preferences, events public.event_notification_preferences[], event_ids uuid[]
)
returns setof private.replay_room
language sql
stable
set search_path = ''
as $$
  select f.event_id, f.title, a.since, f.slows_down, w,
    row(
      coalesce((preferences).delivery, f.default_delivery, 'immediate'), (preferences).digest_at, (preferences).weekly_on,
      (preferences).quiet_from, (preferences).quiet_until, (preferences).quiet_except_mentions,
      coalesce(case when e.event_id is null then o.level else e.level end, (preferences).level, f.default_level, 'all'),
      case when e.event_id is null then o.muted_until else e.muted_until end,
      -- Changes what letters show, not which there are.
      (w).content_mode)::private.wishes,
    s.read_up_to, s.last_seen_at
  from private.event_facts(event_ids) f
  join private.event_access(event_ids, array_fill(replay_rooms.user_id, array[cardinality(event_ids)])) a on a.event_id = f.event_id
  left join unnest(events) e on e.event_id = f.event_id
  left join public.event_notification_preferences o on o.user_id = replay_rooms.user_id and o.event_id = f.event_id
  left join private.recipient_states s on s.user_id = replay_rooms.user_id and s.event_id = f.event_id
  cross join lateral private.wishes_of(replay_rooms.user_id, f.event_id, f.default_delivery, f.default_level) w;
$$;
revoke execute on function private.replay_rooms(
  uuid, public.notification_preferences, public.event_notification_preferences[], uuid[]) from public;

-- Whether two sets of wishes decide the same about something: both tell it at the same time, or both tell nothing and
-- nothing was told, unless it is the same wishes.
create function private.decides_alike(
  one private.wishes, other private.wishes, time_zone text, addressed boolean, ready_at timestamptz, was_told boolean
)
returns boolean
language sql
stable
return case
  when one is not distinct from other then true
  when private.reason_not_to_tell(one, addressed, ready_at) is not null
    then not was_told and private.reason_not_to_tell(other, addressed, ready_at) is not null
  when private.reason_not_to_tell(other, addressed, ready_at) is not null then false
  else private.is_digest((one).delivery) = private.is_digest((other).delivery)
    and private.due_at(one, time_zone, addressed, ready_at, null) = private.due_at(other, time_zone, addressed, ready_at, null)
end;
revoke execute on function private.decides_alike(private.wishes, private.wishes, text, boolean, timestamptz, boolean) from public;

-- Only what is decided otherwise, with what it would tell. capped_after: from when on another cap decides otherwise.
create function private.replay_items(
  user_id uuid, rooms private.replay_room[], time_zone text, capped_after timestamptz, begin_at timestamptz, as_of timestamptz
)
returns setof private.replay_item
language plpgsql
stable
set search_path = ''
-- Planned for these very rooms and times, each time: the plan for any, to which the sixth call of a connection turned,
-- took 74 s instead of 1.5.
set plan_cache_mode = force_custom_plan
as $$
begin
  return query
  with room as materialized (
    select r.*
    from unnest(rooms) r
    where r.wishes_now is distinct from r.wishes_new
      or capped_after is not null
  ), run as materialized (
    select b.id, b.event_id, b.announcement, b.closes_at, case when r.slows_down then b.stirred_at else 'infinity' end as stirred_at
    from room r
    join private.bursts b on b.event_id = r.event_id
    where b.closes_at > begin_at
      and b.closes_at <= as_of
      and b.settled_at is not null
  ), decided as materialized (
    select u.*, r.slows_down, n.id as notification_id, n.status, n.reason, n.updated_at, n.email_id,
      private.reason_not_to_tell(r.wishes_new, true, u.closes_at) is null
        and private.reason_not_to_tell(r.wishes_now, true, u.closes_at) is not null as mentions_count_now,
      not private.decides_alike(r.wishes_now, r.wishes_new, replay_items.time_zone, u.announcement, u.closes_at, n.email_id is not null)
        or coalesce(n.updated_at > capped_after or n.status = 'pending' and capped_after is not null, false) as differs
    from run u
    join room r on r.event_id = u.event_id
    left join public.notifications n on n.burst_id = u.id and n.user_id = replay_items.user_id
  ), burst_notice as materialized (
    -- Where letters slow down, one that goes at another time moves those after it.
    select d.*,
      d.differs or (
        d.slows_down and not d.announcement and bool_or(d.differs and not d.announcement)
          over (partition by d.event_id order by d.closes_at, d.id)) as changed
    from decided d
  ), message as materialized (
    select m.message_id, m.burst_id, m.author_id, m.posted_at, b.event_id, b.closes_at, b.changed as burst_changed, n.id as notification_id, n.status, n.reason, n.updated_at, n.email_id, n.created_at,
      b.mentions_count_now and b.notification_id is null and n.id is null as unnoticed
    from burst_notice b
    join private.burst_messages m on m.burst_id = b.id
    left join public.notifications n on n.message_id = m.message_id and n.user_id = replay_items.user_id
  ), mentioning as materialized (
    -- Who wanted nothing was not noted when a message mentioned them.
    select f.message_id
    from private.message_facts(array(
      select m.message_id
      from message m
      where m.unnoticed
        and m.author_id is distinct from replay_items.user_id
    )) f
    where position('@' in f.body) > 0
      and exists (
        select
        from private.recipients_by_handle(f.event_id, private.mentioned_handles(f.body)) h
        where h.user_id = replay_items.user_id
      )
  ), news as materialized (
    select m.*, m.notification_id is not null or g.message_id is not null as mentions
    from message m
    join room r on r.event_id = m.event_id
    join private.live_message_ids(array(
      select x.message_id
      from message x
      where x.burst_changed
        or x.notification_id is not null
        or x.message_id in (select y.message_id from mentioning y)
    )) l on l.message_id = m.message_id
    left join mentioning g on g.message_id = m.message_id
    where m.author_id is distinct from replay_items.user_id
      and m.posted_at >= r.since
      and not exists (
        select
        from public.blocked_senders x
        where x.user_id = replay_items.user_id
          and x.sender_id = m.author_id
      )
  ), sums as (
    select n.burst_id, count(*)::integer as told, max(n.message_id) as last_id
    from news n
    where n.burst_changed
      and not n.mentions
    group by n.burst_id
  )
  select b.event_id, b.notification_id, b.announcement, false, b.closes_at, b.closes_at, b.stirred_at,
    coalesce(s.told, 0),
    least(case when b.status = 'skipped' and b.reason in ('read', 'nothing_new') then b.updated_at end, case when s.last_id <= r.read_up_to then r.last_seen_at end),
    b.email_id
  from burst_notice b
  join room r on r.event_id = b.event_id
  left join sums s on s.burst_id = b.id
  where b.changed
    -- What the settings do not decide, other settings do not change.
    and (b.status is distinct from 'skipped' or b.reason in (
      'read', 'nothing_new', 'notifications_off', 'digests_refused', 'event_muted', 'event_muted_for_now', 'mentions_only'))
  union all
  select n.event_id, n.notification_id, true, true, d.ready_at, n.closes_at, 'infinity', 1,
    least(case when n.status = 'skipped' and n.reason in ('read', 'nothing_new') then n.updated_at end, case when n.message_id <= r.read_up_to then r.last_seen_at end),
    n.email_id
  from news n
  join room r on r.event_id = n.event_id
  cross join private.settings s
  cross join lateral (
    select coalesce(n.created_at, n.posted_at) + make_interval(secs => s.mention_grace_seconds) as ready_at
  ) d
  where n.mentions
    and (
      n.notification_id is null
      or not private.decides_alike(r.wishes_now, r.wishes_new, replay_items.time_zone, true, d.ready_at, n.email_id is not null)
      or n.updated_at > capped_after
      or (n.status = 'pending' and capped_after is not null))
    and (n.status is distinct from 'skipped' or n.reason in (
      'read', 'nothing_new', 'notifications_off', 'digests_refused', 'event_muted', 'event_muted_for_now', 'mentions_only'));
end
$$;
revoke execute on function private.replay_items(uuid, private.replay_room[], text, timestamptz, timestamptz, timestamptz) from public;

-- 81_simulate_preferences.sql

-- What if: a person's last days with other settings.

-- News that wait in the replay for their letter. room: their event's place among the rooms.
create type private.replay_waiting as (
  room integer, due_at timestamptz, digest boolean, addressed boolean, mention boolean, stirred_at timestamptz,
  ready_at timestamptz, closes_at timestamptz, told integer, mentions integer, read_by timestamptz
);
-- What the replay goes through in order of time: 0 a visit, 1 news that are due, 2 a letter that stays, 3 the end.
create type private.replay_moment as (
  at timestamptz, place integer, room integer, news private.replay_waiting, due_at timestamptz, kind text, parts jsonb
);

create function private.letter_line(at timestamptz, kind text, events jsonb)
returns jsonb
language sql
immutable
return jsonb_build_object('at', at, 'kind', kind, 'events', coalesce(events, '[]'));
revoke execute on function private.letter_line(timestamptz, text, jsonb) from public;

-- The letters that were sent: what of each stays when some of its news are decided otherwise; null: nothing.
create function private.kept_letters(user_id uuid, changed bigint[], told integer[], begin_at timestamptz, as_of timestamptz)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
  with change as materialized (
    select c.id, c.told
    from unnest(changed, told) c (id, told)
  ), sent as materialized (
    select e
    from public.emails e
    where e.user_id = kept_letters.user_id
      and e.created_at > begin_at - interval '1 day'
      and e.sent_at > begin_at
      and e.sent_at <= as_of
      and e.status <> 'discarded'
  )
  select coalesce(
    jsonb_agg(
      jsonb_build_object('at', (s.e).sent_at, 'due', coalesce(about.due_at, (s.e).sent_at), 'kind', (s.e).kind, 'parts', coalesce(kept.parts, '[]'))
      order by (s.e).sent_at),
    '[]')
  from sent s
  left join lateral (
    select array_agg(n.event_id) filter (where c.id is null) as events, count(*) as news, count(c.id) as changed,
      min(n.scheduled_for) as due_at
    from public.notifications n
    left join change c on c.id = n.id
    where n.email_id = (s.e).id
  ) about on true
  left join lateral (
    select jsonb_agg(
        jsonb_build_object(
          'event_id', p.part -> 'event_id',
          'mentions', jsonb_array_length(p.part -> 'mentions'),
          'step', (s.e).back_off_steps[p.place],
          'count', greatest(1, (p.part ->> 'count')::integer - coalesce((
            select sum(c.told)::integer
            from public.notifications n
            join change c on c.id = n.id
            where n.email_id = (s.e).id
              and n.event_id = (p.part ->> 'event_id')::uuid
              and about.changed > 0
          ), 0)))
        order by p.place) as parts
    from jsonb_array_elements((s.e).parts) with ordinality p (part, place)
    where about.changed = 0
      or (p.part ->> 'event_id')::uuid = any(about.events)
  ) kept on true
  where about.changed is null
    or about.changed = 0
    or about.changed < about.news
  );
end
$$;
revoke execute on function private.kept_letters(uuid, bigint[], integer[], timestamptz, timestamptz) from public;

-- Everything in order of time. A letter that stays is joined by what is due after it was due itself and before it went:
-- a processor takes a moment. The reader's visits are known as far as read marks tell.
create function private.replay_moments(
  rooms private.replay_room[], items private.replay_item[], time_zone text, sent jsonb, kept jsonb, as_of timestamptz
)
returns setof private.replay_moment
language sql
stable
set search_path = ''
as $$
  with due as (
    select r.place::integer as room, i.event_id, i.addressed, i.mention, i.ready_at, i.closes_at, i.told, i.read_by, private.is_digest((r.wishes_new).delivery) as digest,
      case when not private.is_digest((r.wishes_new).delivery) then i.stirred_at end as stirred_at,
      private.due_at(r.wishes_new, time_zone, i.addressed, i.ready_at, null) as due_at, r.wishes_new
    from unnest(items) i
    join unnest(rooms) with ordinality r (event_id, title, since, slows_down, wishes_now, wishes_new, read_up_to, last_seen_at, place)
      on r.event_id = i.event_id
    where i.told > 0
  )
  select d.due_at, 1, d.room,
    row(d.room, d.due_at, d.digest, d.addressed, d.mention, d.stirred_at, min(d.ready_at), max(d.closes_at),
      sum(d.told)::integer, (count(*) filter (where d.mention))::integer, d.read_by)::private.replay_waiting, null::timestamptz, null, null::jsonb
  from due d
  where d.due_at <= as_of
    and private.reason_not_to_tell(d.wishes_new, d.addressed, d.due_at) is null
    and (d.read_by is null or d.read_by > d.due_at)
  group by d.room, d.due_at, d.digest, d.addressed, d.mention, d.stirred_at, d.read_by
  union all
  select v.at, 0, v.room, null, null, null, null
  from (
    select d.room, d.read_by
    from due d
    union
    select r.place::integer, v.at
    from unnest(rooms) with ordinality r (event_id, title, since, slows_down, wishes_now, wishes_new, read_up_to, last_seen_at, place)
    cross join lateral (
      select r.last_seen_at
      union all
      -- Where the back-off began anew soon after a letter there had been a visit; not in the last minute, or the
      -- letter would have waited.
      select b.at - interval '1 minute'
      from (
        select (l ->> 'at')::timestamptz as at, p ->> 'step' as step,
          lag((l ->> 'at')::timestamptz) over (order by l ->> 'at') as letter_before
        from jsonb_array_elements(sent) l
        cross join jsonb_array_elements(l -> 'parts') p
        where (p ->> 'event_id')::uuid = r.event_id
          and p ->> 'step' is not null
      ) b
      where b.step = '1'
        and b.letter_before > b.at - interval '12 hours'
    ) v (at)
  ) v (room, at)
  where v.at <= as_of
  union all
  select (k ->> 'at')::timestamptz, 2, null, null, (k ->> 'due')::timestamptz, k ->> 'kind', k -> 'parts'
  from jsonb_array_elements(kept) k
  union all
  select as_of, 3, null, null, null, null, null;
$$;
revoke execute on function private.replay_moments(private.replay_room[], private.replay_item[], text, jsonb, jsonb, timestamptz) from public;

create function private.replay(
  rooms private.replay_room[], items private.replay_item[], sent jsonb, kept jsonb, time_zone text, cap integer, as_of timestamptz
)
returns jsonb[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_letters jsonb[] := '{}';
  v_moment private.replay_moment;
  v_waiting private.replay_waiting[] := '{}';
  v_on_time private.replay_waiting[];
  -- Until its first is due nobody looks at it: walked at every moment, a lower cap took 10 s.
  v_parked private.replay_waiting[] := '{}';
  v_parked_until timestamptz;
  v_one private.replay_waiting;
  v_at timestamptz;
  v_sent timestamptz[] := '{}';
  v_seen timestamptz[] := array_fill(null::timestamptz, array[cardinality(rooms)]);
  v_last timestamptz[] := v_seen;
  v_step smallint[] := array_fill(null::smallint, array[cardinality(rooms)]);
  v_mention_rooms integer[] := '{}';
  v_mention_times timestamptz[] := '{}';
  v_wishes private.wishes;
  v_hold_until timestamptz;
  v_at_cap boolean;
  v_digest boolean;
  v_joins boolean;
  v_parts jsonb;
  v_part jsonb;
  v_room integer;
begin
  for v_moment in
    select m.*
    from private.replay_moments(rooms, items, time_zone, sent, kept, as_of) m
    order by m.at, m.place
  loop
    v_joins := false;
    loop
      v_at := least((select min(w.due_at) from unnest(v_waiting) w), v_parked_until);
      if v_at is null or v_at > v_moment.at or (v_moment.place < 2 and v_at = v_moment.at)
        or (v_moment.place = 2 and v_at >= v_moment.due_at)
      then
        exit when v_moment.place <> 2;
        v_joins := true;
        v_at := v_moment.at;
      end if;
      v_at_cap := coalesce(v_sent[cardinality(v_sent) - cap + 1] > v_at - interval '24 hours', false);
      if v_parked_until <= v_at then
        v_waiting := v_waiting || v_parked;
        v_parked := '{}';
        v_parked_until := null;
      end if;
      v_on_time := '{}';
      v_digest := v_joins and v_moment.kind = 'digest' or exists (select from unnest(v_waiting) w where w.digest and w.due_at <= v_at);
      foreach v_one in array v_waiting loop
        if v_one.due_at <= v_at and (v_one.read_by is null or v_one.read_by > v_at) then
          v_wishes := rooms[v_one.room].wishes_new;
          -- As judge_notifications() does.
          if v_one.digest then
            if v_at_cap and v_wishes.delivery = 'hourly' then
              v_one.due_at := private.next_digest_for(v_wishes, time_zone, v_at + interval '1 millisecond');
            end if;
          else
            v_hold_until := private.hold_until(
              v_one.addressed, v_at, coalesce(v_last[v_one.room] < v_one.stirred_at, false),
              v_seen[v_one.room], v_last[v_one.room], v_step[v_one.room]);
            v_one.due_at := private.due_at(v_wishes, time_zone, v_one.addressed, v_at, v_hold_until);
            if v_one.due_at > v_at then
              null;
            elsif v_at_cap and not v_digest then
              v_one.due_at := private.next_digest_for(v_wishes, time_zone, v_at);
              v_one.digest := true;
            elsif v_one.mention and 5 <= (
                select count(*)
                from unnest(v_mention_rooms, v_mention_times) t (room, at)
                where t.room = v_one.room
                  and t.at > v_at - interval '1 hour'
              )
            then
              v_one.due_at := greatest(v_one.closes_at, v_at + interval '1 second');
              v_one.mention := false;
              v_one.addressed := false;
            end if;
          end if;
          if v_one.due_at <= v_at then
            v_on_time := v_on_time || v_one;
            continue;
          end if;
        end if;
        if v_one.due_at > v_at then
          v_parked := v_parked || v_one;
          v_parked_until := least(v_parked_until, v_one.due_at);
        end if;
      end loop;
      v_waiting := '{}';
      if v_joins or cardinality(v_on_time) > 0 then
        select jsonb_agg(jsonb_build_object(
            'event_id', p.event_id, 'title', coalesce(r.title, p.title), 'count', p.told, 'mentions', p.mentions)
            order by p.mentions desc, p.told desc, p.event_id)
        into v_parts
        from (
          select n.event_id, min(n.title) as title, sum(n.told) as told, sum(n.mentions) as mentions
          from (
            select rooms[w.room].event_id, null::text as title, w.told, w.mentions
            from unnest(v_on_time) w
            union all
            select (k ->> 'event_id')::uuid, null, (k ->> 'count')::integer, (k ->> 'mentions')::integer
            from jsonb_array_elements(case when v_joins then v_moment.parts else '[]' end) k
          ) n
          group by n.event_id
        ) p
        left join unnest(rooms) r on r.event_id = p.event_id;
        v_digest := not exists (select from unnest(v_on_time) w where not w.digest) and (not v_joins or v_moment.kind = 'digest');
        v_letters := v_letters || private.letter_line(
          v_at,
          case
            when v_joins and cardinality(v_on_time) = 0 then v_moment.kind
            when v_digest then 'digest'
            when jsonb_array_length(v_parts) = 1 then 'conversation'
            else 'combined'
          end,
          v_parts);
        v_sent := v_sent || v_at;
        if not v_digest then
          foreach v_one in array v_on_time loop
            if v_one.addressed then
              -- One that tells mentions alone, once.
              if not exists (select from unnest(v_on_time) o where o.room = v_one.room and not o.addressed)
                and not exists (select from unnest(v_mention_rooms, v_mention_times) t (room, at) where t.room = v_one.room and t.at = v_at)
              then
                v_mention_rooms := v_mention_rooms || v_one.room;
                v_mention_times := v_mention_times || v_at;
              end if;
            elsif v_last[v_one.room] is distinct from v_at then
              v_step[v_one.room] := case
                when v_last[v_one.room] is null or v_last[v_one.room] < v_one.stirred_at or v_seen[v_one.room] >= v_last[v_one.room] then 1
                else least(v_step[v_one.room] + 1, 3)
              end;
              v_last[v_one.room] := v_at;
            end if;
          end loop;
          if v_joins then
            for v_part in select p from jsonb_array_elements(v_moment.parts) p where p ->> 'step' is not null loop
              v_room := (select r.place from unnest(rooms) with ordinality r (event_id, t, s, d, a, b, c, l, place)
                where r.event_id = (v_part ->> 'event_id')::uuid);
              if v_room is not null then
                v_step[v_room] := (v_part ->> 'step')::smallint;
                v_last[v_room] := v_at;
              end if;
            end loop;
          end if;
        end if;
      end if;
      exit when v_joins;
    end loop;
    if v_moment.place = 0 then
      v_seen[v_moment.room] := v_moment.at;
    elsif v_moment.place = 1 then
      v_waiting := v_waiting || v_moment.news;
    end if;
  end loop;
  return v_letters;
end
$$;
revoke execute on function private.replay(private.replay_room[], private.replay_item[], jsonb, jsonb, text, integer, timestamptz) from public;

-- Owner's rights: bursts and read marks are nobody's to read. Answers only for the caller.
create function private.simulate(proposed jsonb, days integer, as_of timestamptz default now())
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := (select auth.uid());
  v_event_ids uuid[] := array(select private.my_event_ids());
  v_begin_at timestamptz := as_of - make_interval(days => days);
  v_preferences public.notification_preferences := private.proposed_preferences(v_user_id, proposed);
  v_rooms private.replay_room[];
  v_items private.replay_item[];
  v_time_zone text;
  v_default_cap integer := (select s.letters_per_day from private.settings s);
  v_cap_now integer;
  v_cap_new integer := coalesce(v_preferences.letters_per_day, v_default_cap);
  v_capped_after timestamptz;
  v_sent jsonb;
  v_kept jsonb;
  v_list jsonb[];
begin
  if days is null or days not between 1 and 30 then
    raise exception using
      errcode = 'CN052',
      message = format('The last %s days cannot be tried.', days),
      hint = 'Ask for 1 to 30 days.';
  end if;
  v_rooms := array(
    select r
    from private.replay_rooms(
      v_user_id, v_preferences, private.proposed_event_preferences(v_user_id, proposed -> 'events', v_event_ids), v_event_ids) r);
  v_time_zone := private.known_zone((select p.time_zone from private.recipient_people(array[v_user_id]) p));
  v_cap_now := coalesce(
    (select p.letters_per_day from public.notification_preferences p where p.user_id = v_user_id), v_default_cap);
  v_sent := private.kept_letters(v_user_id, '{}', '{}', v_begin_at, as_of);
  if v_cap_now is distinct from v_cap_new then
    v_capped_after := (
      select min(l.at)
      from (
        select x.at, count(*) over (order by x.at range between interval '24 hours' preceding and current row) as letters
        from jsonb_to_recordset(v_sent) x (at timestamptz)
      ) l
      where l.letters >= least(v_cap_now, v_cap_new));
  end if;
  v_items := array(
    select i
    from private.replay_items(v_user_id, v_rooms, v_time_zone, v_capped_after, v_begin_at, as_of) i);
  v_kept := private.kept_letters(
    v_user_id,
    array(select i.notification_id from unnest(v_items) i where i.notification_id is not null),
    array(select i.told from unnest(v_items) i where i.notification_id is not null),
    v_begin_at, as_of);
  v_list := private.replay(v_rooms, v_items, v_sent, v_kept, v_time_zone, v_cap_new, as_of);
  return jsonb_build_object(
    'days', days,
    'now', jsonb_build_object('letters', jsonb_array_length(v_sent)),
    'proposed', jsonb_build_object('letters', cardinality(v_list), 'list', to_jsonb(v_list)));
end
$$;
revoke execute on function private.simulate(jsonb, integer, timestamptz) from public;
grant execute on function private.simulate(jsonb, integer, timestamptz) to authenticated;

create function public.simulate_preferences(proposed jsonb, days integer default 30)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select private.simulate(proposed, days);
$$;
comment on function public.simulate_preferences(jsonb, integer) is
  'What if: the letters the caller would have got in the last days (1 to 30) with other settings; writes nothing. proposed: columns of notification_preferences, and events: {"<id>": {"level", "muted_until"}}; what it does not name stays. The rule: what the proposed settings decide as the current ones do keeps what really happened to it, whatever the settings were then, unless back-off or another cap carries a change over to it; the rest is told anew by the same due_at(), hold_until() and reason_not_to_tell(), in order of time, with back-off, mention limit and daily cap, unless it is known to have been read by then. Visits are known as far as read marks and letters tell. So unchanged settings give exactly the letters that were sent. Returns {"days", "now": {"letters"}, "proposed": {"letters", "list": [{"at", "kind", "events": [{"event_id", "title", "count", "mentions"}]}]}}.';
revoke execute on function public.simulate_preferences(jsonb, integer) from public, anon, authenticated, service_role;
grant execute on function public.simulate_preferences(jsonb, integer) to authenticated;

-- 82_personal_data.sql

-- What is held about a person, and the person's copy of it.

-- A list, not a table: what is held is decided by whoever adds a column.
create function private.personal_columns()
returns table (relation text, column_name text, exported boolean, on_erasure text)
language sql
immutable
set search_path = ''
as $$
  values
    ('public.notifications', 'user_id', true, 'replaced'),
    ('private.archived_notifications', 'user_id', true, 'replaced'),
    ('public.emails', 'user_id', true, 'letters'),
    ('private.untold_messages', 'author_id', true, 'cleared'),
    ('private.burst_messages', 'author_id', true, 'cleared'),
    ('private.missed_mentions', 'author_id', true, 'cleared'),
    ('private.fan_out_failures', 'user_id', true, 'deleted'),
    ('private.incidents', 'user_id', true, 'cleared'),
    -- Where a fan-out stands: without it, it visits everybody once more and adds nobody twice.
    ('private.bursts', 'fan_out_after', false, 'cleared'),
    ('private.pauses', 'paused_by', true, 'cleared'),
    ('private.alerts', 'acknowledged_by', true, 'cleared'),
    ('private.recipient_states', 'user_id', true, 'deleted'),
    -- Whom others block is theirs to know.
    ('public.blocked_senders', 'sender_id', false, 'cascaded'),
    ('private.audit_log', 'actor', true, 'audit');
$$;
comment on function private.personal_columns() is
  'Columns that hold people''s ids, beyond user_id columns that reference auth.users: those are exported and vanish with the account by themselves. on_erasure: replaced (by a random id, one each row, so that counts stay), cleared, deleted (the row), cascaded (by its foreign key), letters and audit (their own rules in 84_erasure.sql). A test refuses columns that are neither here nor known to hold something else.';
revoke execute on function private.personal_columns() from public;

-- By the catalog, so that a table that comes later is not forgotten.
create function private.exported_columns()
returns table (relation text, column_name text)
language sql
stable
set search_path = ''
as $$
  select p.relation, p.column_name
  from private.personal_columns() p
  where p.exported
  union
  select format('%I.%I', s.nspname, c.relname), a.attname
  from pg_catalog.pg_constraint k
  join pg_catalog.pg_class c on c.oid = k.conrelid
  join pg_catalog.pg_namespace s on s.oid = c.relnamespace
  join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
  where k.contype = 'f'
    and k.confrelid = 'auth.users'::regclass
    and s.nspname in ('public', 'private')
    and a.attname = 'user_id'
  order by 1, 2;
$$;
revoke execute on function private.exported_columns() from public;

-- The account as the sign-in service holds it, without what lets somebody in.
create function private.account_of(user_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_account jsonb;
  v_rows jsonb;
  v_table text;
begin
  select jsonb_object_agg(f.key, f.value)
  into v_account
  from auth.users u
  cross join lateral jsonb_each(to_jsonb(u)) f
  where u.id = account_of.user_id
    and f.value <> 'null'
    and f.key <> all('{aud,role,instance_id,encrypted_password,raw_app_meta_data,is_super_admin}')
    and f.key !~ '_token';
  foreach v_table in array '{identities,sessions}'::text[] loop
    continue when v_account is null or to_regclass('auth.' || v_table) is null;
    execute format(
      'select coalesce(jsonb_agg(to_jsonb(r) - ''{refresh_token_hmac_key,refresh_token_counter,factor_id}''::text[]), ''[]'') from auth.%I r where r.user_id = $1',
      v_table)
    into v_rows
    using account_of.user_id;
    v_account := v_account || jsonb_build_object(v_table, v_rows);
  end loop;
  return v_account;
end
$$;
revoke execute on function private.account_of(uuid) from public;

-- Every address a person has, or was written to at.
create function private.addresses_of(user_id uuid)
returns text[]
language sql
stable
set search_path = ''
as $$
  select coalesce(array_agg(a.address), '{}')
  from (
    select lower(p.email) as address
    from private.recipient_people(array[addresses_of.user_id]) p
    where p.email <> ''
    union
    select lower(e.address)
    from public.emails e
    where e.user_id = addresses_of.user_id
      and e.address <> ''
  ) a;
$$;
revoke execute on function private.addresses_of(uuid) from public;

create function private.export_person(user_id uuid, as_of timestamptz)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_column record;
  v_rows jsonb;
  v_held jsonb := '{}';
  v_hashes bytea[] := array(select private.address_hash(a) from unnest(private.addresses_of(user_id)) a);
begin
  for v_column in select * from private.exported_columns() loop
    execute format('select coalesce(jsonb_agg(to_jsonb(r)), ''[]'') from %s r where r.%I = $1', v_column.relation, v_column.column_name)
    into v_rows
    using export_person.user_id;
    v_held := v_held || jsonb_build_object(v_column.relation, coalesce(v_held -> v_column.relation, '[]') || v_rows);
  end loop;
  -- Our chat's, which another app's adapter does not have. To an address that is proved to be theirs; not by whom.
  if to_regclass('public.event_invitations') is not null then
    execute $invited$
      select coalesce(jsonb_agg(to_jsonb(i) - 'user_id'), '[]')
      from auth.users u
      join public.event_invitations i on i.address = lower(u.email)
      where u.id = $1
        and u.email_confirmed_at is not null
        and i.user_id is distinct from u.id
    $invited$
    into v_rows
    using export_person.user_id;
    v_held := jsonb_set(v_held, '{public.event_invitations}', coalesce(v_held -> 'public.event_invitations', '[]') || v_rows);
  end if;
  return jsonb_build_object(
    'exported_at', as_of,
    'account', private.account_of(user_id),
    'held', v_held || jsonb_build_object(
      'private.webhook_events', (
        select coalesce(jsonb_agg(to_jsonb(w)), '[]')
        from private.webhook_events w
        where w.email_id in (select e.id from public.emails e where e.user_id = export_person.user_id)
      ),
      'private.suppressions', (
        select coalesce(jsonb_agg(to_jsonb(s) - 'address_hash'), '[]')
        from private.suppressions s
        where s.address_hash = any(v_hashes)
      ),
      'private.bounce_scores', (
        select coalesce(jsonb_agg(to_jsonb(b) - 'address_hash'), '[]')
        from private.bounce_scores b
        where b.address_hash = any(v_hashes)
      ),
      'private.audit_log', (v_held -> 'private.audit_log') || (
        select coalesce(jsonb_agg(to_jsonb(l)), '[]')
        from private.audit_log l
        where l.details ->> 'person' = private.person_hash(export_person.user_id)
      )
    )
  );
end
$$;
revoke execute on function private.export_person(uuid, timestamptz) from public;

-- Owner's rights: people may read what is held about them wherever it is, and about nobody else.
create function private.export_caller()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_export jsonb := private.export_person((select auth.uid()), now());
begin
  insert into private.audit_log (action, details)
  values ('export_my_data', jsonb_build_object('person', private.person_hash((select auth.uid()))));
  return v_export;
end
$$;
revoke execute on function private.export_caller() from public;
grant execute on function private.export_caller() to authenticated;

create function public.export_my_data()
returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.export_caller();
$$;
comment on function public.export_my_data() is
  'Everything held about the caller: account (null: it is gone) and held, by table. Their letters name messages by id; the text of their own is among the chat messages.';
revoke execute on function public.export_my_data() from public, anon, service_role;
grant execute on function public.export_my_data() to authenticated;

-- 82_receipt_words.sql

-- The words of receipts: every step, reason and cause has a code and a sentence. docs/receipts.md lists the same; a
-- test compares. The web app has them in its readers' languages.

create type private.receipt_step as (at timestamptz, place integer, code text, facts jsonb);
comment on type private.receipt_step is 'place: the order of what happened at one time.';

create table private.receipt_words (
  kind text not null,
  code text not null,
  words text not null,
  primary key (kind, code),
  constraint receipt_words_kind_is_known check (kind in ('step', 'reason', 'cause'))
);
comment on table private.receipt_words is
  'step: a sentence with {facts} of the step and {times:time}; reason, cause: what its {reason} or {cause} says.';
alter table private.receipt_words enable row level security;

insert into private.receipt_words (kind, code, words) values
  ('step', 'in_event', 'In {title} since {since:time}.'),
  ('step', 'not_in_event', 'The recipient is not in this event.'),
  ('step', 'written', 'Written at {written_at:time}.'),
  ('step', 'message_gone', 'The message was deleted.'),
  ('step', 'mentioned', 'It mentions the recipient. Letters about mentions wait for second thoughts until {until:time}.'),
  ('step', 'announced', 'It is addressed to everyone.'),
  ('step', 'batched', 'Collected with what else was written until {until:time}.'),
  ('step', 'not_batched_yet', 'It is about to be collected with what else is written.'),
  ('step', 'being_notified', 'The recipients of the event are being gone through.'),
  ('step', 'not_notified', 'No letter: {reason}.'),
  ('step', 'waited', 'Put off until {until:time}: {cause}.'),
  ('step', 'skipped', 'No letter: {reason}.'),
  ('step', 'composed', 'A letter was composed.'),
  ('step', 'shown', 'The letter shows the message.'),
  ('step', 'counted', 'The letter counts the message among those that it has no room to show.'),
  ('step', 'left_out', 'The letter leaves the message out: {reason}.'),
  ('step', 'sending', 'The letter is being sent.'),
  ('step', 'retrying', 'It is not known whether the letter left. The same letter goes again at {until:time}; it cannot arrive twice.'),
  ('step', 'sent', 'Sent.'),
  ('step', 'sent_unconfirmed', 'Sent, by the provider''s word that it knows this letter. Its confirmation has not come yet.'),
  ('step', 'failed', 'The letter was not sent: {reason}.'),
  ('step', 'discarded', 'The letter was put aside.'),
  ('step', 'delivered', 'The recipient''s mail server took it.'),
  ('step', 'delayed', 'The recipient''s mail server will take it later.'),
  ('step', 'bounced', 'The recipient''s mail server refused it.'),
  ('step', 'complained', 'The recipient called it spam.'),
  ('step', 'given_up', 'The provider gave it up.'),
  ('step', 'suppressed', 'The provider does not mail this address.'),
  ('step', 'waiting', 'Due at {until:time}.'),
  ('step', 'due', 'Due now.'),
  ('step', 'paused', 'Delivery is paused until an operator resumes it.'),
  ('step', 'stopped', 'Nothing is being sent at the moment: {reason}.'),
  ('step', 'letter_gone', 'The letter itself is not kept any more.'),
  ('step', 'not_recorded', 'Nothing is recorded: it was written before letters were switched on, or its records were removed.'),

  ('reason', 'account_gone', 'the recipient''s account does not exist any more'),
  ('reason', 'account_banned', 'the recipient''s account is banned'),
  ('reason', 'account_anonymous', 'the recipient never signed up with an address'),
  ('reason', 'address_missing', 'the account has no e-mail address'),
  ('reason', 'address_invalid', 'the provider would refuse the address'),
  ('reason', 'address_suppressed', 'letters to the address bounced or were called spam'),
  ('reason', 'not_allowed_here', 'this deployment may write to listed addresses only'),
  ('reason', 'left_event', 'the recipient is no longer in the event, nor in its organization'),
  ('reason', 'no_consent', 'the recipient has not agreed to letters, and their organization asks for it'),
  ('reason', 'address_unverified', 'the recipient has not confirmed their address'),
  ('reason', 'address_change_unconfirmed', 'the recipient is changing their address and has not confirmed the new one'),
  ('reason', 'notifications_off', 'the recipient turned letters off'),
  ('reason', 'digests_refused', 'the recipient unsubscribed from digests and chose none since'),
  ('reason', 'event_muted', 'the recipient wants nothing of this event'),
  ('reason', 'event_muted_for_now', 'the recipient wants nothing of this event until a time that has not come'),
  ('reason', 'mentions_only', 'the recipient wants only messages that address them'),
  ('reason', 'own_messages', 'the recipient wrote all of it'),
  ('reason', 'sender_blocked', 'the recipient blocked whoever wrote it'),
  ('reason', 'before_joining', 'all of it was written before the recipient joined'),
  ('reason', 'read', 'the recipient has read it'),
  ('reason', 'deleted', 'the messages were deleted'),
  ('reason', 'told_by_mention', 'each message has a mention notification of its own'),
  ('reason', 'nothing_new', 'several of these together'),
  ('reason', 'settings_then', 'the settings of that time kept it back'),
  ('reason', 'before_restore', 'the database was restored, and it may have been told before'),
  ('reason', 'outcome_unknown', 'nobody found out for 23 hours whether it left'),
  ('reason', 'provider_failed', 'the provider gave it up'),
  ('reason', 'bounced', 'it bounced'),
  ('reason', 'rejected', 'the provider rejected it'),
  ('reason', 'delivery_off', 'delivery is switched off'),
  ('reason', 'paused', 'an operator paused delivery'),
  ('reason', 'provider', 'the provider has trouble'),
  ('reason', 'authorization', 'the provider does not accept the key'),
  ('reason', 'quota', 'the provider''s quota is used up'),

  ('cause', 'digest', 'for the recipient''s digest'),
  ('cause', 'quiet_hours', 'the recipient has quiet hours'),
  ('cause', 'in_the_room', 'the recipient was in the room'),
  ('cause', 'back_off', 'the letter before brought the recipient no visit'),
  ('cause', 'letters_enough', 'the recipient had letters enough that day, the rest goes into a digest'),
  ('cause', 'mentions_enough', 'the recipient had five letters about mentions that hour, the rest goes into the next letter'),
  ('cause', 'overdue', 'it was due for a day, so it goes into a digest'),
  ('cause', 'paused', 'an operator paused delivery'),
  ('cause', 'refused', 'the provider took no letters'),
  ('cause', 'quota', 'the provider''s quota was used up'),
  ('cause', 'held', 'by the settings of that time');

create function private.receipt_sentence(step text, facts jsonb, time_zone text)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_sentence text := (select w.words from private.receipt_words w where w.kind = 'step' and w.code = step);
  v_key text;
  v_fact text;
begin
  for v_key, v_fact in
    select f.key, f.value
    from jsonb_each_text(facts) f
  loop
    if v_key in ('reason', 'cause') then
      -- A provider's own code has no words here and stands for itself.
      v_fact := coalesce((select w.words from private.receipt_words w where w.kind = v_key and w.code = v_fact), v_fact);
    elsif position('{' || v_key || ':time}' in v_sentence) > 0 then
      v_sentence := replace(v_sentence, '{' || v_key || ':time}',
        to_char(timezone(private.known_zone(time_zone), v_fact::timestamptz), 'YYYY-MM-DD HH24:MI'));
    end if;
    v_sentence := replace(v_sentence, '{' || v_key || '}', coalesce(v_fact, ''));
  end loop;
  return v_sentence;
end
$$;
revoke execute on function private.receipt_sentence(text, jsonb, text) from public;

-- 83_next_letter.sql

-- What the caller's next letter will be about and when it leaves, as far as is known now: for their settings.

create type private.waiting_news as (event_id uuid, burst_id bigint, message_id bigint, addressed boolean, leaves_at timestamptz);

-- What waits for a person in these events: their notifications, and bursts that have not reached them yet.
create function private.waiting_news_of(reader uuid, event_ids uuid[])
returns setof private.waiting_news
language sql
stable
set search_path = ''
as $$
  select n.event_id, n.burst_id, n.message_id, n.message_id is not null or b.announcement, n.scheduled_for
  from public.notifications n
  left join private.bursts b on b.id = n.burst_id
  where n.user_id = reader
    and n.is_pending
    and n.event_id = any(event_ids)
  union all
  -- As fan-out will write it: notify_recipients().
  select b.event_id, b.id, null, b.announcement,
    private.due_for(
      reader, w, b.announcement, b.closes_at,
      private.hold_until(
        b.announcement, b.closes_at, not f.slows_down or s.last_letter_at < b.stirred_at,
        s.last_seen_at, s.last_letter_at, s.back_off_step))
  from private.bursts b
  cross join lateral private.event_facts(array[b.event_id]) f
  left join private.recipient_states s on s.user_id = reader and s.event_id = b.event_id
  cross join lateral private.wishes_of(reader, b.event_id, f.default_delivery, f.default_level) w
  where (b.settled_at is null or (b.settled_at is not null and b.fanned_out_at is null))
    and b.event_id = any(event_ids)
    and not exists (
      select
      from public.notifications n
      where n.burst_id = b.id
        and n.user_id = reader
    );
$$;
revoke execute on function private.waiting_news_of(uuid, uuid[]) from public;

-- Owner's rights: bursts and read marks are nobody's to read. Answers only for the caller, about events they may see.
create function private.foresee_letter(as_of timestamptz)
returns table (leaves_at timestamptz, held boolean, problem text, next_digest_at timestamptz, news jsonb)
language sql
stable
security definer
rows 1
set search_path = ''
as $$
  with me as materialized (
    select r.*
    from private.judge_recipients(array[(select auth.uid())], as_of) r
  ), room as materialized (
    select a.event_id, a.since, f.title, f.default_delivery, f.default_level,
      f.consent_required and not me.has_consented as unconsented
    from me
    cross join (select coalesce(array_agg(e), '{}') as ids from private.my_event_ids() e) mine
    cross join lateral private.event_access(mine.ids, array_fill(me.user_id, array[cardinality(mine.ids)])) a
    join private.event_facts(mine.ids) f on f.event_id = a.event_id
  ), waiting as materialized (
    select n.*, row_number() over () as place
    from me
    cross join lateral private.waiting_news_of(me.user_id, array(select r.event_id from room r where not r.unconsented)) n
    cross join lateral (
      select r.default_delivery, r.default_level
      from room r
      where r.event_id = n.event_id
    ) f
    cross join lateral private.wishes_of(me.user_id, n.event_id, f.default_delivery, f.default_level) w
    where private.reason_not_to_tell(w, n.addressed, case when n.leaves_at > as_of then n.leaves_at else as_of end) is null
  ), message as materialized (
    select w.place, t.message_id, t.author_id, t.posted_in, t.posted_at
    from waiting w
    cross join lateral (
      select m.message_id, m.author_id, m.posted_in, m.posted_at
      from private.burst_messages m
      where m.burst_id = w.burst_id
      union all
      select m.message_id, m.author_id, m.posted_in, m.posted_at
      from private.burst_messages m
      where m.message_id = w.message_id
      union all
      select u.message_id, u.author_id, u.posted_in, u.posted_at
      from private.untold_messages u
      where u.event_id = w.event_id
        and case when w.message_id is null
          then u.announcement = w.addressed and exists (
            select from private.bursts b where b.id = w.burst_id and b.settled_at is null)
          else u.message_id = w.message_id end
    ) t
  ), told as materialized (
    select w.event_id, w.leaves_at, w.message_id is not null as mention, m.message_id
    from message m
    join waiting w on w.place = m.place
    join room r on r.event_id = w.event_id
    cross join me
    left join private.recipient_states s on s.user_id = me.user_id and s.event_id = w.event_id
    where m.author_id is distinct from me.user_id
      and m.posted_at >= r.since
      and not private.is_read(m.message_id, m.posted_in, s.read_up_to, s.read_snapshot)
      and m.message_id in (select l.message_id from private.live_message_ids(array(select m2.message_id from message m2)) l)
      and not exists (
        select
        from public.blocked_senders b
        where b.user_id = me.user_id
          and b.sender_id = m.author_id
      )
      -- Their own notification tells these.
      and (w.message_id is not null or m.message_id <> all(array(select w2.message_id from waiting w2 where w2.message_id is not null)))
  ), first as materialized (
    select case when t.at < 'infinity' then greatest(t.at, as_of) end as leaves_at, t.at as due_at,
      t.at = 'infinity'
        or (t.at is not null and (
          (select s.delivery_on_for is null from private.settings s)
          or exists (select from private.pauses p where p.scope = 'everything'))) as held
    from (select min(t.leaves_at) as at from told t) t
  )
  select first.leaves_at, coalesce(first.held, false),
    case
      when me.account_problem is not null then me.account_problem
      when me.is_suppressed then 'address_suppressed'
      when not me.is_allowed then 'not_allowed_here'
      when own.delivery = 'off' then 'notifications_off'
      when (select bool_and(r.unconsented) from room r) then 'no_consent'
    end,
    case when private.is_digest(own.delivery)
      then private.next_digest_for(own, me.time_zone, as_of) end,
    coalesce((
      select jsonb_agg(jsonb_build_object('event_id', e.event_id, 'title', e.title, 'messages', e.messages, 'mentions', e.mentions) order by e.newest desc)
      from (
        select t.event_id, r.title, count(distinct t.message_id) as messages, count(*) filter (where t.mention) as mentions,
          max(t.message_id) as newest
        from told t
        join room r on r.event_id = t.event_id
        where t.leaves_at <= greatest(first.due_at, as_of)
        group by t.event_id, r.title
      ) e
    ), '[]')
  from me
  cross join first
  cross join lateral private.wishes_of(me.user_id, null, (select r.default_delivery from room r limit 1), null) own;
$$;
revoke execute on function private.foresee_letter(timestamptz) from public;
grant execute on function private.foresee_letter(timestamptz) to authenticated;

create function public.my_next_letter(as_of timestamptz default now())
returns table (leaves_at timestamptz, held boolean, problem text, next_digest_at timestamptz, news jsonb)
language sql
stable
security invoker
rows 1
set search_path = ''
as $$
  select * from private.foresee_letter(as_of);
$$;
comment on function public.my_next_letter(timestamptz) is
  'The caller''s next letter as far as is known now. leaves_at: not before then (null: nothing waits, or an operator holds it: held). problem: why none can reach them at all, a code of docs/lifecycle.md. next_digest_at: when their summary would leave, if they chose one. news: events it tells, newest first: event_id, title, messages, mentions. What is read, deleted or muted meanwhile drops out.';
revoke execute on function public.my_next_letter(timestamptz) from public, anon, authenticated, service_role;
grant execute on function public.my_next_letter(timestamptz) to authenticated;

-- 83_receipt_steps.sql

-- Receipts: what became of a message for one reader and why, from what the engine records and, where that says
-- nothing, from the same two functions that decide.

-- Who was there, and what was written.
create function private.explain_origin(message_id bigint, user_id uuid, event_id uuid, as_of timestamptz)
returns setof private.receipt_step
language sql
stable
set search_path = ''
as $$
  select coalesce(a.since, as_of), 0, case when a.since is null then 'not_in_event' else 'in_event' end,
    case when a.since is null then jsonb_build_object('event_id', explain_origin.event_id)
      else jsonb_build_object('event_id', a.event_id, 'title', f.title, 'since', a.since,
        'as', case when a.as_participant then 'participant' else 'member' end) end
  from (select) one
  left join private.event_access(array[explain_origin.event_id], array[explain_origin.user_id]) a on true
  left join private.event_facts(array[explain_origin.event_id]) f on true
  union all
  select coalesce(m.posted_at, b.posted_at), 1, 'written', jsonb_build_object(
    'written_at', coalesce(m.posted_at, b.posted_at), 'author_name', m.author_name, 'edited', coalesce(m.edited, false))
  from (select) one
  left join private.message_facts(array[explain_origin.message_id]) m on true
  left join private.burst_messages b on b.message_id = explain_origin.message_id
  union all
  select as_of, 0, 'message_gone', '{}'
  where not exists (select from private.live_message_ids(array[explain_origin.message_id]));
$$;
revoke execute on function private.explain_origin(bigint, uuid, uuid, timestamptz) from public;

-- A message of the outbox, and the open burst that will tell it, if it has been opened.
create function private.waiting_to_be_told(message_id bigint, event_id uuid)
returns table (announcement boolean, posted_at timestamptz, burst_id bigint, closes_at timestamptz)
language sql
stable
set search_path = ''
as $$
  select u.announcement, u.posted_at, o.id, o.closes_at
  from private.untold_messages u
  left join lateral (
    select b.id, b.closes_at
    from private.bursts b
    where b.event_id = u.event_id
      and b.announcement = u.announcement
      and b.settled_at is null
    order by b.id
    limit 1
  ) o on true
  where u.event_id = waiting_to_be_told.event_id
    and u.announcement in (false, true)
    and u.message_id = waiting_to_be_told.message_id;
$$;
revoke execute on function private.waiting_to_be_told(bigint, uuid) from public;

-- How it was collected, and why its burst owes this reader nothing, if so.
create function private.explain_batching(message_id bigint, user_id uuid, event_id uuid, notified boolean, as_of timestamptz)
returns setof private.receipt_step
language sql
stable
set search_path = ''
as $$
  with told as materialized (
    select b.id, b.announcement, b.closes_at, b.settled_at, b.message_count, b.fanned_out_at, m.posted_at
    from private.burst_messages m
    join private.bursts b on b.id = m.burst_id
    where m.message_id = explain_batching.message_id
  ), untold as materialized (
    select o.*
    from private.waiting_to_be_told(explain_batching.message_id, explain_batching.event_id) o
  )
  select t.posted_at, 2, case when t.announcement then 'announced' else 'batched' end,
    jsonb_build_object('until', t.closes_at, 'settled', true, 'messages', t.message_count)
  from told t
  union all
  select u.posted_at, 2, case when u.announcement then 'announced' when u.closes_at is null then 'not_batched_yet' else 'batched' end,
    jsonb_build_object('until', u.closes_at, 'settled', false)
  from untold u
  union all
  select coalesce(t.fanned_out_at, as_of), 3, case when why.reason is null then 'being_notified' else 'not_notified' end,
    jsonb_strip_nulls(jsonb_build_object('reason', why.reason))
  from told t
  left join private.event_access(array[explain_batching.event_id], array[explain_batching.user_id]) a on true
  left join private.event_facts(array[explain_batching.event_id]) f on true
  cross join lateral private.wishes_of(
    explain_batching.user_id, explain_batching.event_id, f.default_delivery, f.default_level) w
  cross join lateral (
    select case
      when t.fanned_out_at is null or exists (
        select
        from private.fan_out_failures x
        where x.burst_id = t.id
          and x.user_id = explain_batching.user_id
      ) then null
      when a.since is null then 'left_event'
      when a.since > t.fanned_out_at then 'before_joining'
      -- As the settings are now; if they would let it through, they were others then.
      else coalesce(private.reason_not_to_tell(w, t.announcement, 'infinity'), 'settings_then')
    end as reason
  ) why
  where not notified
  union all
  select as_of, 3, 'not_recorded', '{}'
  where not exists (select from told)
    and not exists (select from untold)
    and not notified;
$$;
revoke execute on function private.explain_batching(bigint, uuid, uuid, boolean, timestamptz) from public;

-- What held a notification between when it was ready and now. The first wait was never written down, as it would cost
-- every row: it shows in when the row was due.
create function private.explain_waits(notice public.notifications, as_of timestamptz)
returns setof private.receipt_step
language sql
stable
set search_path = ''
as $$
  with noticed as materialized (
    select coalesce(b.closes_at, (notice).created_at + make_interval(secs => s.mention_grace_seconds)) as ready_at,
      coalesce(((notice).waits -> 0 ->> 'due')::timestamptz, (notice).scheduled_for) as first_due_at,
      (notice).waits is null and (notice).lane = 2 as in_digest
    from private.settings s
    left join private.bursts b on b.id = (notice).burst_id
  )
  select (notice).created_at, 3, 'mentioned', jsonb_build_object('until', n.ready_at)
  from noticed n
  where (notice).message_id is not null
  union all
  select greatest(n.ready_at, (notice).created_at), 4, 'waited', jsonb_build_object(
    'until', n.first_due_at,
    'cause', case
      when n.in_digest or private.is_digest(w.delivery) then 'digest'
      when exists (
        select
        from public.emails e
        where e.user_id = (notice).user_id
          and e.created_at between n.first_due_at - interval '25 hours' and n.first_due_at
          and e.sent_at = any(array[
            n.first_due_at - interval '1 hour', n.first_due_at - interval '6 hours', n.first_due_at - interval '24 hours'])
      ) then 'back_off'
      when n.first_due_at <= n.ready_at + interval '2 minutes' then 'in_the_room'
      when timezone(private.known_zone(p.time_zone), n.first_due_at)::time = w.quiet_until then 'quiet_hours'
      else 'held'
    end)
  from noticed n
  left join private.event_facts(array[(notice).event_id]) f on true
  left join private.recipient_people(array[(notice).user_id]) p on true
  cross join lateral private.wishes_of((notice).user_id, (notice).event_id, f.default_delivery, f.default_level) w
  where n.first_due_at > n.ready_at
    and isfinite(n.first_due_at)
  union all
  select (x.wait ->> 'at')::timestamptz, 5, 'waited', jsonb_build_object(
    'cause', x.wait ->> 'cause',
    'until', case when x.wait ->> 'until' <> 'infinity' then x.wait -> 'until' else coalesce(x.next -> 'due', to_jsonb((notice).scheduled_for)) end)
  from (
    select w.wait, lead(w.wait) over (order by w.number) as next
    from jsonb_array_elements((notice).waits) with ordinality w (wait, number)
  ) x
  -- What still waits for somebody to resume says so below.
  where x.wait ->> 'until' <> 'infinity'
    or x.next is not null
    or isfinite((notice).scheduled_for);
$$;
revoke execute on function private.explain_waits(public.notifications, timestamptz) from public;

-- Where a message stands in a composed letter: shown, counted, or left out and why.
create function private.place_in_letter(message_id bigint, notice public.notifications, email public.emails)
returns private.receipt_step
language sql
stable
set search_path = ''
as $$
  with part as materialized (
    select (p ->> 'count')::integer as count, p -> 'shown' as shown
    from jsonb_array_elements((email).parts) p
    where (p ->> 'event_id')::uuid = (notice).event_id
  ), eligible as materialized (
    -- What this letter could tell of the event, by what is known now.
    select m.message_id, m.author_id = (notice).user_id as own, x.sender_id is not null as blocked,
      m.posted_at < a.since as before_joining, t.message_id is not null as mentioned, l.message_id is null as deleted
    from public.notifications n
    join private.burst_messages m on m.burst_id = n.burst_id
    left join private.event_access(array[(notice).event_id], array[(notice).user_id]) a on true
    left join public.blocked_senders x on x.user_id = (notice).user_id and x.sender_id = m.author_id
    left join public.notifications t on t.message_id = m.message_id and t.user_id = (notice).user_id and t.status in ('pending', 'processing', 'sent')
    left join private.live_message_ids(array[m.message_id]) l on true
    where n.email_id = (email).id
      and n.event_id = (notice).event_id
  ), verdict as (
    select case
      when (select p.shown ? place_in_letter.message_id::text from part p) then null
      when (notice).message_id is not null or not exists (select from part) then ''
      when e.own then 'own_messages'
      when e.blocked then 'sender_blocked'
      when e.before_joining then 'before_joining'
      when e.mentioned then 'told_by_mention'
      when e.deleted then 'deleted'
      -- Letters count from the newest on; what is not among so many had been read.
      when (select p.count from part p) > (
        select count(*)
        from eligible o
        where o.message_id > place_in_letter.message_id
          and not coalesce(o.own or o.blocked or o.before_joining or o.mentioned, false)
      ) then ''
      else 'read'
    end as reason
    from (select) one
    left join eligible e on e.message_id = place_in_letter.message_id
  )
  select row(
    (email).created_at, 7,
    case when v.reason is null then 'shown' when v.reason = '' then 'counted' else 'left_out' end,
    case when v.reason <> '' then jsonb_build_object('reason', v.reason) else '{}' end)::private.receipt_step
  from verdict v;
$$;
revoke execute on function private.place_in_letter(bigint, public.notifications, public.emails) from public;

-- From composing to the mailbox.
create function private.explain_letter(message_id bigint, notice public.notifications, as_of timestamptz)
returns setof private.receipt_step
language plpgsql
stable
set search_path = ''
as $$
declare
  v_email public.emails;
  v_dispatch private.dispatches;
begin
  select * into v_email from public.emails e where e.id = (notice).email_id;
  if not found then
    return query select (notice).updated_at, 6, 'letter_gone', jsonb_build_object('status', (notice).status);
    return;
  end if;
  select * into v_dispatch from private.dispatches d where d.id = v_email.dispatch_id;
  return query
  select v_email.created_at, 6, 'composed', jsonb_build_object(
    'email_id', v_email.id, 'kind', v_email.kind, 'digest', v_email.digest, 'events', jsonb_array_length(v_email.parts))
  union all
  select p.*
  from private.place_in_letter(explain_letter.message_id, notice, v_email) p
  union all
  select coalesce(v_email.sent_at, case when v_email.status in ('failed', 'discarded') then v_email.updated_at else as_of end), 8,
    case
      when v_email.sent_at is not null then case when v_dispatch.unconfirmed_at is null then 'sent' else 'sent_unconfirmed' end
      else v_email.status
    end,
    jsonb_strip_nulls(jsonb_build_object(
      'attempts', v_dispatch.attempt,
      'until', case when v_email.status = 'retrying' then v_dispatch.next_attempt_at end,
      'reason', case when v_email.sent_at is null then v_email.reason end))
  union all
  select w.occurred_at, 9,
    case w.type
      when 'email.delivery_delayed' then 'delayed'
      when 'email.failed' then 'given_up'
      else substr(w.type, 7)
    end,
    jsonb_strip_nulls(jsonb_build_object('detail', w.detail))
  from private.webhook_events w
  where w.email_id = v_email.id
    and w.type in (
      'email.delivered', 'email.delivery_delayed', 'email.bounced', 'email.complained', 'email.failed', 'email.suppressed')
    and w.result in ('applied', 'outdated');
end
$$;
revoke execute on function private.explain_letter(bigint, public.notifications, timestamptz) from public;

-- 84_erasure.sql

-- Forgetting a person: with forget_me() or when their account is deleted. What they wrote, where they can be reached and
-- what they were sent goes; how much there was stays. A letter in flight keeps its bytes until its outcome is known.

create table private.erasures (
  id bigint generated always as identity primary key,
  person text not null,
  asked_by text not null,
  asked_at timestamptz not null,
  email_ids uuid[] not null,
  message_ids bigint[] not null,
  finished_at timestamptz,
  constraint erasures_asked_by_is_known check (asked_by in ('self', 'account_deleted')),
  constraint erasures_finished_hold_nothing check (finished_at is null or email_ids = '{}' and message_ids = '{}')
);
comment on table private.erasures is
  'Who was forgotten (a salted hash), and until it is finished which letters and messages may still be in flight.';
create index erasures_unfinished_idx on private.erasures (asked_at) where finished_at is null;
comment on index private.erasures_unfinished_idx is 'Settling a dispatch: is anybody''s erasure waiting?';
alter table private.erasures enable row level security;

-- Dispatches that may hold any of these messages' text.
create function private.dispatches_telling(message_ids bigint[])
returns uuid[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_burst_ids bigint[] := array(select distinct b.burst_id from private.burst_messages b where b.message_id = any(message_ids));
begin
  return array(
    select e.dispatch_id
    from public.emails e
    where e.id in (
      select n.email_id
      from public.notifications n
      where n.burst_id = any(v_burst_ids)
      union
      select n.email_id
      from public.notifications n
      where n.message_id = any(dispatches_telling.message_ids)
      union
      select n.email_id
      from private.archived_notifications n
      where n.burst_id = any(v_burst_ids) or n.message_id = any(dispatches_telling.message_ids)
    )
    union
    -- Composed afresh, given up or skipped since: no notification leads to them any more.
    select e.dispatch_id
    from public.emails e
    where e.is_discarded
    union
    select e.dispatch_id
    from public.emails e
    where e.failed_at is not null
    union
    select d.id
    from private.dispatches d
    where d.status in ('sending', 'retrying')
  );
end
$$;
revoke execute on function private.dispatches_telling(bigint[]) from public;

-- Erases letters and messages from those dispatches whose outcome is known.
create function private.erase_from_dispatches(dispatch_ids uuid[], email_ids uuid[], message_ids bigint[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_keys text[] := message_ids::text[];
  v_settled uuid[];
begin
  -- The lock order everywhere: dispatches, then letters; ids ascending.
  v_settled := array(
    select d.id
    from private.dispatches d
    where d.id = any(dispatch_ids)
      and d.status in ('sent', 'failed')
    order by d.id
    for update
  );
  update private.dispatches d
  set body = null,
    facts = case
      when d.facts -> 'messages' ?| v_keys then jsonb_set(d.facts, '{messages}', (
        select jsonb_object_agg(m.key, case when m.key = any(v_keys) then m.value || '{"body": "", "author_name": null}' else m.value end)
        from jsonb_each(d.facts -> 'messages') m
      ))
      else d.facts
    end
  where d.id = any(v_settled)
    and (d.body is not null or d.facts -> 'messages' ?| v_keys);
  delete from private.webhook_events w
  where w.email_id in (
    select e.id
    from public.emails e
    where e.id = any(email_ids)
      and e.dispatch_id = any(v_settled)
  );
  -- Where its reader stood, if marking it sent has written that down once more.
  delete from private.recipient_states s
  where s.user_id in (
    select e.user_id
    from public.emails e
    where e.id = any(email_ids)
      and e.dispatch_id = any(v_settled)
  );
  update public.emails e
  set user_id = gen_random_uuid(), address = '', display_name = null, locale = 'en', time_zone = 'UTC', parts = '[]', provider_id = null
  where e.id = any(email_ids)
    and e.dispatch_id = any(v_settled);
end
$$;
revoke execute on function private.erase_from_dispatches(uuid[], uuid[], bigint[]) from public;

-- Owner's rights: whoever settles a dispatch at the end of its transaction, for those who are waiting to be forgotten.
create function private.erase_settled_dispatch()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_erasure record;
begin
  for v_erasure in
    select e.email_ids, e.message_ids
    from private.erasures e
    where e.finished_at is null
  loop
    perform private.erase_from_dispatches(array[new.id], v_erasure.email_ids, v_erasure.message_ids);
  end loop;
  return null;
end
$$;
revoke execute on function private.erase_settled_dispatch() from public;
-- Deferred: by the end of the transaction the letters have their outcome, too.
create constraint trigger settled_dispatches_forget
  after update of status on private.dispatches
  deferrable initially deferred
  for each row
  when (old.status in ('sending', 'retrying') and new.status in ('sent', 'failed'))
  execute function private.erase_settled_dispatch();

-- What the sign-in service keeps without a foreign key. Its tables differ from version to version and may not be ours.
create function private.erase_account_traces(user_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_statement text;
begin
  foreach v_statement in array array[
    'delete from auth.refresh_tokens t where t.user_id::text = $1',
    'delete from auth.flow_state f where f.user_id::text = $1',
    'delete from auth.audit_log_entries l where position($1 in l.payload::text) > 0'
  ] loop
    begin
      execute v_statement using erase_account_traces.user_id::text;
    exception when undefined_table or undefined_column or insufficient_privilege then
      null;
    end;
  end loop;
end
$$;
revoke execute on function private.erase_account_traces(uuid) from public;

-- What they did stays in the audit log, by a hash.
create function private.erase_actor(user_id uuid)
returns void
language sql
volatile
set search_path = ''
as $$
  update private.audit_log l
  set actor = null, details = l.details || jsonb_build_object('person', private.person_hash(erase_actor.user_id))
  where l.actor = erase_actor.user_id;
$$;
revoke execute on function private.erase_actor(uuid) from public;

create function private.erase_columns(user_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_column record;
begin
  for v_column in
    select *
    from private.personal_columns() p
    where p.on_erasure in ('replaced', 'cleared', 'deleted')
    order by p.relation
  loop
    execute format(
      case v_column.on_erasure
        when 'replaced' then 'update %1$s set %2$I = gen_random_uuid() where %2$I = $1'
        when 'cleared' then 'update %1$s set %2$I = null where %2$I = $1'
        else 'delete from %1$s where %2$I = $1'
      end, v_column.relation, v_column.column_name)
    using erase_columns.user_id;
  end loop;
  perform private.erase_actor(user_id);
end
$$;
revoke execute on function private.erase_columns(uuid) from public;

create function private.erase_person(user_id uuid, asked_by text, as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_addresses text[];
  v_email_ids uuid[];
  v_message_ids bigint[];
  v_dispatch_ids uuid[];
begin
  -- Nobody composes for them any more; the next statements see what was composed.
  perform pg_advisory_xact_lock(private.recipient_lock(user_id));
  v_addresses := private.addresses_of(user_id);
  v_message_ids := private.erase_messages_of(user_id, as_of);
  select coalesce(array_agg(e.id), '{}'), coalesce(array_agg(e.dispatch_id), '{}')
  into v_email_ids, v_dispatch_ids
  from public.emails e
  where e.user_id = erase_person.user_id;
  insert into private.erasures (person, asked_by, asked_at, email_ids, message_ids)
  values (private.person_hash(user_id), asked_by, as_of, v_email_ids, v_message_ids);
  perform private.erase_from_dispatches(
    v_dispatch_ids || private.dispatches_telling(v_message_ids), v_email_ids, v_message_ids);
  perform private.erase_columns(user_id);
  -- The score before the suppression, as everywhere. That the address must not be mailed outlives its owner, as a hash.
  delete from private.bounce_scores b
  where b.address_hash = any(array(select private.address_hash(a) from unnest(v_addresses) a));
  update private.suppressions s
  set address = null
  where s.address_hash = any(array(select private.address_hash(a) from unnest(v_addresses) a));
  perform private.erase_account_traces(user_id);
  insert into private.audit_log (at, action, details)
  values (as_of, 'forget_person', jsonb_build_object(
    'person', private.person_hash(user_id), 'asked_by', asked_by,
    'letters', cardinality(v_email_ids), 'messages', cardinality(v_message_ids)));
end
$$;
revoke execute on function private.erase_person(uuid, text, timestamptz) from public;

-- Owner's rights: accounts are deleted by the sign-in service, which may not write our tables.
create function private.forget_deleted_person()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.erase_person(old.id, case when old.id = (select auth.uid()) then 'self' else 'account_deleted' end, now());
  return old;
end
$$;
revoke execute on function private.forget_deleted_person() from public;
create trigger deleted_people_are_forgotten
  before delete on auth.users
  for each row execute function private.forget_deleted_person();

-- Owner's rights: people may delete their own account, and no other.
create function private.forget_caller()
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_found boolean;
begin
  delete from auth.users u
  where u.id = (select auth.uid());
  v_found := found;
  -- Of what went with the account, they were the actor once more.
  perform private.erase_actor((select auth.uid()));
  return v_found;
end
$$;
revoke execute on function private.forget_caller() from public;
grant execute on function private.forget_caller() to authenticated;

create function public.forget_me()
returns boolean
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.forget_caller();
$$;
comment on function public.forget_me() is
  'Deletes the caller''s account and everything that is known of them. For good. False: it was deleted before.';
revoke execute on function public.forget_me() from public, anon, service_role;
grant execute on function public.forget_me() to authenticated;

-- Owner's rights: for the schedule. A letter that was being composed while its author was forgotten is found here.
create function private.finish_erasures(as_of timestamptz default now())
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_erasure private.erasures;
  v_dispatch_ids uuid[];
  v_finished integer := 0;
begin
  for v_erasure in
    select *
    from private.erasures e
    where e.finished_at is null
      -- No dispatch that was composed before then is undecided any longer than 23 hours and a lease.
      and e.asked_at <= as_of - interval '24 hours'
    order by e.asked_at
    for update skip locked
  loop
    v_dispatch_ids := array(select e.dispatch_id from public.emails e where e.id = any(v_erasure.email_ids))
      || private.dispatches_telling(v_erasure.message_ids);
    perform private.erase_from_dispatches(v_dispatch_ids, v_erasure.email_ids, v_erasure.message_ids);
    -- Nobody has run a processor since: it waits.
    continue when exists (
      select
      from private.dispatches d
      where d.id = any(v_dispatch_ids)
        and d.status in ('sending', 'retrying')
        and d.created_at <= v_erasure.asked_at + interval '1 hour'
    );
    update private.erasures e
    set finished_at = as_of, email_ids = '{}', message_ids = '{}'
    where e.id = v_erasure.id;
    v_finished := v_finished + 1;
  end loop;
  return v_finished;
end
$$;
comment on function private.finish_erasures(timestamptz) is
  'Once a day or oftener: looks a last time, a day later, for what was in flight when somebody was forgotten. Returns how many erasures are finished now.';
revoke execute on function private.finish_erasures(timestamptz) from public;
grant execute on function private.finish_erasures(timestamptz) to service_role, notifier;

-- 84_open_letter.sql

-- A letter as it would be rendered now, for operators who decide about it.

-- Owner's rights: what letters say is closed to everybody else. Audited: an operator who reads a letter leaves a trace.
create function public.open_letter(email_id uuid)
returns table (facts jsonb, letter jsonb, erased boolean)
language plpgsql
volatile
security definer
rows 1
set search_path = ''
as $$
declare
  v_dispatch_id uuid;
begin
  perform private.require_operator();
  select e.dispatch_id
  into v_dispatch_id
  from public.emails e
  where e.id = open_letter.email_id;
  if v_dispatch_id is null then
    return;
  end if;
  perform private.audit('open_letter', jsonb_build_object('email_id', email_id));
  return query
  select s.facts, l.letter, s.facts is null or l.letter is null or s.facts -> 'messages' = '{}'
  from private.dispatches_to_send(array[v_dispatch_id]) s
  left join lateral (
    select l
    from jsonb_array_elements(s.letters::jsonb) l
    where l ->> 'email_id' = open_letter.email_id::text
  ) l (letter) on true;
end
$$;
comment on function public.open_letter(uuid) is
  'For operators: the frozen facts of a letter''s dispatch and the letter itself, to render it. erased: its content is gone. Opening a letter is audited. No row: there is no such letter.';
revoke execute on function public.open_letter(uuid) from public, anon, authenticated, service_role;
grant execute on function public.open_letter(uuid) to authenticated, service_role;

-- 84_receipts.sql

-- The receipt as people and operators ask for it.

-- One notification's story: the one of the burst, or the one of the mention.
create function private.explain_notice(message_id bigint, notice public.notifications, as_of timestamptz)
returns setof private.receipt_step
language plpgsql
stable
set search_path = ''
as $$
declare
  v_stopped text;
begin
  return query select w.* from private.explain_waits(notice, as_of) w;
  if (notice).email_id is not null then
    return query select l.* from private.explain_letter(explain_notice.message_id, notice, as_of) l;
  elsif (notice).status in ('skipped', 'failed') then
    return query select (notice).updated_at, 6, (notice).status, jsonb_build_object('reason', (notice).reason);
  elsif not isfinite((notice).scheduled_for) then
    return query select as_of, 6, 'paused', '{}'::jsonb;
  elsif (notice).scheduled_for > as_of then
    return query select as_of, 6, 'waiting', jsonb_build_object('until', (notice).scheduled_for);
  else
    return query select as_of, 6, 'due', '{}'::jsonb;
    select case
      when s.delivery_on_for is null then 'delivery_off'
      when exists (select from private.pauses p where p.scope = 'everything') then 'paused'
      else (select b.name from private.breakers b where b.state = 'open' order by b.name limit 1)
    end
    into v_stopped
    from private.settings s;
    if v_stopped is not null then
      return query select as_of, 7, 'stopped', jsonb_build_object('reason', v_stopped);
    end if;
  end if;
end
$$;
revoke execute on function private.explain_notice(bigint, public.notifications, timestamptz) from public;

-- Owner's rights: people read none of this directly. Answers about the caller, or about anybody to operators.
create function private.explain(message_id bigint, user_id uuid, as_of timestamptz default now())
returns table (step integer, at timestamptz, code text, facts jsonb, sentence text)
language plpgsql
stable
security definer
rows 20
set search_path = ''
as $$
declare
  v_user_id uuid := coalesce(explain.user_id, (select auth.uid()));
  v_burst_id bigint;
  v_event_id uuid;
  v_notices public.notifications[];
  v_time_zone text;
begin
  if v_user_id is distinct from (select auth.uid()) then
    perform private.require_operator();
  end if;
  select m.burst_id, b.event_id
  into v_burst_id, v_event_id
  from private.burst_messages m
  join private.bursts b on b.id = m.burst_id
  where m.message_id = explain.message_id;
  v_event_id := coalesce(v_event_id, (select m.event_id from private.message_facts(array[explain.message_id]) m));
  v_burst_id := coalesce(v_burst_id, (select o.burst_id from private.waiting_to_be_told(explain.message_id, v_event_id) o));
  select array_agg(n.notice)
  into v_notices
  from (
    select n as notice
    from public.notifications n
    where n.user_id = v_user_id
      and (n.message_id = explain.message_id or n.burst_id = v_burst_id)
    union all
    select row(a.id, a.user_id, a.event_id, a.burst_id, a.message_id, a.lane, a.status, false, a.scheduled_for, a.email_id,
      a.reason, a.waits, a.created_at, a.updated_at)::public.notifications
    from private.archived_notifications a
    where a.user_id = v_user_id
      and (a.burst_id = v_burst_id or (a.burst_id is null and a.message_id = explain.message_id))
  ) n;
  v_event_id := coalesce(v_event_id, v_notices[1].event_id);
  -- One answer for what does not exist and for what is not theirs to see.
  if v_user_id is null or v_event_id is null or (
    v_notices is null
    and not private.is_operator()
    and v_user_id = (select auth.uid())
    and not exists (select from private.event_access(array[v_event_id], array[v_user_id]))
  ) then
    raise exception using
      errcode = 'CN050',
      message = 'There is no receipt of this message for this person.',
      hint = 'Ask about a message of an event they are in, or were told about.';
  end if;
  v_time_zone := coalesce((select p.time_zone from private.recipient_people(array[v_user_id]) p), 'UTC');
  return query
  select (row_number() over (order by s.at, s.place, s.code))::integer, s.at, s.code, s.facts,
    private.receipt_sentence(s.code, s.facts, v_time_zone)
  from (
    -- A mention's and a burst's notification may share their letter: said once.
    select o.* from private.explain_origin(explain.message_id, v_user_id, v_event_id, as_of) o
    union
    select b.* from private.explain_batching(explain.message_id, v_user_id, v_event_id, v_notices is not null, as_of) b
    union
    select x.* from unnest(v_notices) n cross join lateral private.explain_notice(explain.message_id, n, as_of) x
  ) s
  order by 1;
end
$$;
revoke execute on function private.explain(bigint, uuid, timestamptz) from public;
grant execute on function private.explain(bigint, uuid, timestamptz) to authenticated, service_role;

create function public.explain_notification(message_id bigint, user_id uuid default null)
returns table (step integer, at timestamptz, code text, facts jsonb, sentence text)
language sql
stable
security invoker
rows 20
set search_path = ''
as $$
  select * from private.explain(message_id, user_id);
$$;
comment on function public.explain_notification(bigint, uuid) is
  'The receipt of a message: what became of it for the caller, or for user_id if an operator asks, step by step. code and facts are for a reader''s own language (docs/receipts.md lists them), sentence says it in English by their clock.';
revoke execute on function public.explain_notification(bigint, uuid) from public, anon, authenticated, service_role;
grant execute on function public.explain_notification(bigint, uuid) to authenticated, service_role;

-- 85_monitoring.sql

-- What operators look at.

-- As the specification writes it. Never granted to browser roles: run verbatim it has no security_invoker.
create view public.notification_stats as
select
  date(created_at) as date,
  status,
  count(*) as count,
  avg(extract(epoch from (updated_at - created_at))) as avg_processing_time_seconds
from public.notifications
where created_at >= now() - interval '30 days'
group by date(created_at), status
order by date desc, status;
comment on view public.notification_stats is 'Notifications of the last 30 days by day and status.';
revoke all on public.notification_stats from anon, authenticated, service_role;
grant select on public.notification_stats to service_role;

grant select on private.incidents to authenticated, service_role;
create policy "operators read incidents"
  on private.incidents for select to authenticated
  using ((select private.is_operator()));

create view public.incidents
with (security_invoker = true) as
select id, happened_at, step, event_id, burst_id, user_id, code, message
from private.incidents;
comment on view public.incidents is 'Faults the engine caught: for operators.';
revoke all on public.incidents from anon, authenticated, service_role;
grant select on public.incidents to authenticated, service_role;

-- What became of dispatches, not what their letters say: facts and body stay closed.
grant select (id, status, attempt, letter_count, outcome, last_error, next_attempt_at, first_attempt_at, ambiguous_at,
    unconfirmed_at, created_at, updated_at)
  on private.dispatches to authenticated, service_role;
create policy "operators read what became of dispatches"
  on private.dispatches for select to authenticated
  using ((select private.is_operator()));

create view public.dead_letters
with (security_invoker = true) as
select e.id, e.user_id, e.kind, e.reason,
  case when d.status = 'failed' then d.outcome else 'failed_after_sending' end as code,
  d.attempt as attempts,
  d.last_error,
  d.first_attempt_at,
  e.failed_at,
  exists (select from private.webhook_events w where w.email_id = e.id) as known_to_provider
from public.emails e
join private.dispatches d on d.id = e.dispatch_id
where e.failed_at is not null;
comment on view public.dead_letters is
  'For operators: letters that nobody will send unless somebody decides (retry_email, discard_email). code: rejected, outcome_unknown, before_restore, failed_after_sending. last_error: the last answer''s name. known_to_provider: a webhook spoke of it, so it was accepted whatever we heard.';
revoke all on public.dead_letters from anon, authenticated, service_role;
grant select on public.dead_letters to authenticated, service_role;

create view public.unconfirmed_dispatches
with (security_invoker = true) as
select d.id, d.letter_count, d.attempt as attempts, d.last_error, d.first_attempt_at, d.unconfirmed_at
from private.dispatches d
where d.unconfirmed_at is not null;
comment on view public.unconfirmed_dispatches is
  'For operators: dispatches marked sent by the provider''s word about their key alone. Webhooks and, for an hour, the provider''s list confirm them; what stays here longer wants a look at the provider''s log.';
revoke all on public.unconfirmed_dispatches from anon, authenticated, service_role;
grant select on public.unconfirmed_dispatches to authenticated, service_role;

-- 86_rollups.sql

-- Numbers for operators, counted once and kept small. The processor counts in steps, from indexes, a minute after the
-- fact: a trigger on the hot tables would make every letter pay for it.

create index dispatches_settled_idx on private.dispatches (updated_at) where status in ('sent', 'failed');
comment on index private.dispatches_settled_idx is 'roll_up(): what was settled in a minute. One entry per dispatch, not per letter.';
create index bursts_settled_idx on private.bursts (settled_at) where settled_at is not null;
comment on index private.bursts_settled_idx is 'roll_up(): which messages were told in a minute.';
-- A few bytes per megabyte: the specification's queries over days need no scan of all years.
create index notifications_created_idx on public.notifications using brin (created_at) with (pages_per_range = 32, autosummarize = on);
comment on index public.notifications_created_idx is 'notification_stats and the specification''s queries: rows of the last days.';

create table private.rollups (
  width text not null,
  at timestamptz not null,
  messages integer not null default 0,
  dispatches integer not null default 0,
  letters_sent integer not null default 0,
  letters_failed integer not null default 0,
  delivered integer not null default 0,
  delayed integer not null default 0,
  bounced integer not null default 0,
  complained integer not null default 0,
  failed_later integer not null default 0,
  webhooks integer not null default 0,
  primary key (width, at),
  constraint rollups_width_is_known check (width in ('minute', 'hour'))
);
comment on table private.rollups is
  'Counts by minute (kept three days) and hour (kept 400 days). letters_failed: rejected, or of unknown outcome for 23 hours; failed_later: accepted, then given up or suppressed by the provider. Minutes without anything have no row.';
alter table private.rollups enable row level security;

create table private.delays (
  width text not null,
  at timestamptz not null,
  measure text not null,
  bucket smallint not null,
  samples integer not null,
  primary key (width, measure, at, bucket),
  constraint delays_width_is_known check (width in ('minute', 'hour')),
  constraint delays_measure_is_known check (measure in ('due_to_sent', 'message_to_sent', 'claim_to_sent', 'sent_to_delivered'))
);
comment on table private.delays is
  'Histograms of delays from at most a thousand letters a minute. Bucket b holds 0.01 · 1.3^(b-1) to 0.01 · 1.3^b seconds. due_to_sent: since scheduled_for, so that what waits on purpose is not late. message_to_sent: of letters that were due when their burst closed. claim_to_sent: of a dispatch sent at the first attempt.';
alter table private.delays enable row level security;

create table private.event_days (
  event_id uuid not null,
  day date not null,
  letters double precision not null,
  primary key (day, event_id)
);
comment on table private.event_days is
  'Letters by event and UTC day; a letter about several events is shared among them. Exact up to 200 dispatches a minute, projected from as many beyond.';
alter table private.event_days enable row level security;

create table private.rollup_progress (
  only_row boolean primary key default true,
  rolled_up_to timestamptz,
  since timestamptz,
  constraint rollup_progress_has_one_row check (only_row)
);
comment on table private.rollup_progress is 'How far the rollups have come, and since when there are any.';
alter table private.rollup_progress enable row level security;
insert into private.rollup_progress default values;

create function private.delay_bucket(delay interval)
returns smallint
language sql
immutable
return least(80, greatest(0, ceil(ln(greatest(0.01, extract(epoch from delay)) / 0.01) / ln(1.3))))::smallint;
revoke execute on function private.delay_bucket(interval) from public;

create function private.delay_of_bucket(bucket double precision)
returns double precision
language sql
immutable
return 0.01 * 1.3 ^ bucket;
comment on function private.delay_of_bucket(double precision) is 'Seconds at a place in the histogram.';
revoke execute on function private.delay_of_bucket(double precision) from public;

create function private.count_minutes(since timestamptz, until timestamptz)
returns void
language sql
volatile
set search_path = ''
as $$
  with counted as (
    select d.updated_at as at, 0 as messages, 1 as dispatches,
      case when d.status = 'sent' then d.letter_count else 0 end as letters_sent,
      case when d.status = 'failed' then d.letter_count else 0 end as letters_failed,
      null as type, null as detail
    from private.dispatches d
    where d.status in ('sent', 'failed')
      and d.updated_at >= since
      and d.updated_at < until
    union all
    select b.settled_at, b.message_count, 0, 0, 0, null, null
    from private.bursts b
    where b.settled_at >= since
      and b.settled_at < until
    union all
    select w.received_at, 0, 0, 0, 0, case when w.result = 'applied' then w.type else '' end, w.detail
    from private.webhook_events w
    where w.received_at >= since
      and w.received_at < until
  )
  insert into private.rollups as r
    (width, at, messages, dispatches, letters_sent, letters_failed, delivered, delayed, bounced, complained, failed_later, webhooks)
  select w.width, date_trunc(w.width, c.at, 'UTC'),
    sum(c.messages), sum(c.dispatches), sum(c.letters_sent), sum(c.letters_failed),
    count(*) filter (where c.type = 'email.delivered'),
    count(*) filter (where c.type = 'email.delivery_delayed'),
    count(*) filter (where c.type = 'email.bounced'),
    count(*) filter (where c.type = 'email.complained'),
    count(*) filter (where c.type = 'email.suppressed'
      or (c.type = 'email.failed' and c.detail is distinct from 'reached_daily_quota')),
    count(c.type)
  from counted c
  cross join (values ('minute'), ('hour')) w (width)
  group by 1, 2
  on conflict (width, at) do update
  set messages = r.messages + excluded.messages,
    dispatches = r.dispatches + excluded.dispatches,
    letters_sent = r.letters_sent + excluded.letters_sent,
    letters_failed = r.letters_failed + excluded.letters_failed,
    delivered = r.delivered + excluded.delivered,
    delayed = r.delayed + excluded.delayed,
    bounced = r.bounced + excluded.bounced,
    complained = r.complained + excluded.complained,
    failed_later = r.failed_later + excluded.failed_later,
    webhooks = r.webhooks + excluded.webhooks;
$$;
revoke execute on function private.count_minutes(timestamptz, timestamptz) from public;

-- Of each minute at most 200 dispatches, of each of these five letters.
create function private.measure_delays(since timestamptz, until timestamptz)
returns void
language sql
volatile
set search_path = ''
as $$
  with dispatch as materialized (
    select d.id, d.created_at, d.updated_at, d.attempt,
      row_number() over (partition by date_trunc('minute', d.updated_at) order by d.updated_at, d.id) as position
    from private.dispatches d
    where d.status = 'sent'
      and d.updated_at >= since
      and d.updated_at < until
  ), letter as materialized (
    select d.updated_at as at, due.first_at, due.written_at
    from dispatch d
    join public.emails e on e.dispatch_id = d.id and e.position < 5
    cross join lateral (
      select min(n.scheduled_for) as first_at,
        min(coalesce(b.opened_at, n.created_at)) filter (
          where n.lane < 2
            and n.scheduled_for <= coalesce(b.closes_at, n.created_at + interval '1 minute') + interval '1 second'
        ) as written_at
      from public.notifications n
      left join private.bursts b on b.id = n.burst_id
      where n.email_id = e.id
    ) due
    where d.position <= 200
  ), delivery as (
    select w.received_at as at, w.occurred_at - e.sent_at as delay
    from (
      select received_at, occurred_at, email_id,
        row_number() over (partition by date_trunc('minute', received_at)) as position
      from private.webhook_events
      where received_at >= since
        and received_at < until
        and type = 'email.delivered'
        and result = 'applied'
    ) w
    join public.emails e on e.id = w.email_id
    where w.position <= 1000
  ), measured as (
    select 'claim_to_sent' as measure, d.updated_at as at, d.updated_at - d.created_at as delay
    from dispatch d
    where d.attempt = 1
      and d.position <= 200
    union all
    select 'due_to_sent', l.at, l.at - l.first_at
    from letter l
    where l.first_at is not null
    union all
    select 'message_to_sent', l.at, l.at - l.written_at
    from letter l
    where l.written_at is not null
    union all
    select 'sent_to_delivered', d.at, d.delay
    from delivery d
    where d.delay is not null
  )
  insert into private.delays as r (width, at, measure, bucket, samples)
  select w.width, date_trunc(w.width, m.at, 'UTC'), m.measure, private.delay_bucket(m.delay), count(*)
  from measured m
  cross join (values ('minute'), ('hour')) w (width)
  group by 1, 2, 3, 4
  on conflict (width, measure, at, bucket) do update
  set samples = r.samples + excluded.samples;
$$;
revoke execute on function private.measure_delays(timestamptz, timestamptz) from public;

create function private.count_event_days(since timestamptz, until timestamptz)
returns void
language sql
volatile
set search_path = ''
as $$
  with dispatch as materialized (
    select d.id, d.updated_at,
      row_number() over (partition by date_trunc('minute', d.updated_at) order by d.updated_at, d.id) as position,
      count(*) over (partition by date_trunc('minute', d.updated_at)) as of_minute
    from private.dispatches d
    where d.status = 'sent'
      and d.updated_at >= since
      and d.updated_at < until
  ), share as (
    select (part ->> 'event_id')::uuid as event_id,
      timezone('UTC', d.updated_at)::date as day,
      greatest(1, d.of_minute / 200.0) / jsonb_array_length(e.parts) as letters
    from dispatch d
    join public.emails e on e.dispatch_id = d.id
    cross join lateral jsonb_array_elements(e.parts) part
    where d.position <= 200
  )
  insert into private.event_days as r (event_id, day, letters)
  select s.event_id, s.day, sum(s.letters)
  from share s
  group by s.event_id, s.day
  on conflict (day, event_id) do update
  set letters = r.letters + excluded.letters;
$$;
revoke execute on function private.count_event_days(timestamptz, timestamptz) from public;

-- Owner's rights: processors may have it counted, not read it.
create function private.roll_up(as_of timestamptz default now())
returns interval
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_since timestamptz;
  v_until timestamptz;
  v_busy timestamptz;
begin
  -- One at a time; whoever finds it taken has nothing to do.
  select coalesce(p.rolled_up_to, date_trunc('minute', least(
    as_of - interval '1 hour',
    (select min(d.updated_at) from private.dispatches d where d.status in ('sent', 'failed')),
    (select min(b.settled_at) from private.bursts b where b.settled_at is not null))))
  into v_since
  from private.rollup_progress p
  for update skip locked;
  -- Half a minute for transactions that are late to commit; what is later still is not counted.
  v_until := least(date_trunc('minute', as_of - interval '30 seconds'), v_since + interval '6 hours');
  if v_since is null or v_until <= v_since then
    return interval '0';
  end if;
  -- In small steps after a pause: at most about 20,000 dispatches at once.
  select date_trunc('minute', d.updated_at)
  into v_busy
  from private.dispatches d
  where d.status in ('sent', 'failed')
    and d.updated_at >= v_since
    and d.updated_at < v_until
  order by d.updated_at
  offset 20000
  limit 1;
  if v_busy is not null then
    v_until := greatest(v_busy, v_since + interval '1 minute');
  end if;
  perform private.count_minutes(v_since, v_until);
  perform private.measure_delays(v_since, v_until);
  perform private.count_event_days(v_since, v_until);
  perform private.audit_outcomes(v_since, v_until);
  perform private.note_signing_key(v_since, v_until);
  update private.rollup_progress p
  set rolled_up_to = v_until, since = coalesce(p.since, v_since);
  return v_until - v_since;
end
$$;
comment on function private.roll_up(timestamptz) is
  'Counts the minutes that have ended since the last call, six hours at most. Returns how much time it covered; zero: nothing to do.';
revoke execute on function private.roll_up(timestamptz) from public;
grant execute on function private.roll_up(timestamptz) to service_role, notifier;

create function private.delay_percentiles(measure text, since timestamptz, until timestamptz, out p50 double precision,
  out p95 double precision, out p99 double precision, out samples bigint)
language sql
stable
set search_path = ''
as $$
  with bucket as (
    select d.bucket, sum(d.samples) as samples,
      sum(sum(d.samples)) over (order by d.bucket) as up_to,
      sum(sum(d.samples)) over () as of_all
    from private.delays d
    -- Minutes for short times, hours for long ones: a month of minutes would be a scan.
    where d.width = case when until - since <= interval '6 hours' then 'minute' else 'hour' end
      and d.measure = delay_percentiles.measure
      and d.at >= since
      and d.at < until
    group by d.bucket
  ), reached as (
    -- Where in its bucket the share lies, taking the bucket as even.
    select s.share, private.delay_of_bucket(min(b.bucket - (b.up_to - s.share * b.of_all) / b.samples)::double precision) as seconds
    from (values (0.5), (0.95), (0.99)) s (share)
    join bucket b on b.up_to >= s.share * b.of_all and b.up_to - b.samples < s.share * b.of_all
    group by s.share
  )
  select
    (select r.seconds from reached r where r.share = 0.5),
    (select r.seconds from reached r where r.share = 0.95),
    (select r.seconds from reached r where r.share = 0.99),
    coalesce((select max(b.of_all) from bucket b), 0)::bigint;
$$;
comment on function private.delay_percentiles(text, timestamptz, timestamptz) is
  'Seconds, to within a seventh. Up to six hours from minutes, beyond from hours.';
revoke execute on function private.delay_percentiles(text, timestamptz, timestamptz) from public;

-- 87_processors.sql

-- Who processes: heartbeats, and the times when nobody did.

create table private.processors (
  id text primary key,
  kind text not null,
  version text not null,
  started_at timestamptz not null,
  beat_at timestamptz not null,
  constraint processors_kind_is_known check (kind in ('worker', 'schedule', 'local')),
  constraint processors_id_is_short check (length(id) <= 100 and length(version) <= 50)
);
comment on table private.processors is 'Processors and their last word. kind: a worker, the scheduled functions, or the local stack''s loop.';
alter table private.processors enable row level security;
grant select on private.processors to authenticated, service_role;
create policy "operators read processors" on private.processors for select to authenticated
  using ((select private.is_operator()));

create table private.outages (
  from_at timestamptz primary key,
  until_at timestamptz not null,
  constraint outages_end_after_they_begin check (until_at > from_at)
);
comment on table private.outages is 'Times without a word from any processor, longer than silent_after_seconds. Written when one speaks again.';
alter table private.outages enable row level security;
grant select on private.outages to authenticated, service_role;
create policy "operators read outages" on private.outages for select to authenticated
  using ((select private.is_operator()));

-- Owner's rights: processors may say that they live, and read nothing.
create function private.beat(processor text, kind text, version text, as_of timestamptz default now())
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- Processors' own turns may be a second out of order, not more: the database's clock was set back.
  if exists (select from private.processors p where p.beat_at > as_of + interval '1 minute') then
    perform private.mend_clock(as_of);
  end if;
  insert into private.outages (from_at, until_at)
  select max(p.beat_at), as_of
  from private.processors p
  having max(p.beat_at) < as_of - (select make_interval(secs => s.silent_after_seconds) from private.settings s)
  on conflict do nothing;
  insert into private.processors as p (id, kind, version, started_at, beat_at)
  values (processor, kind, version, as_of, as_of)
  on conflict (id) do update
  set beat_at = excluded.beat_at, version = excluded.version, kind = excluded.kind
  where p.beat_at < excluded.beat_at;
end
$$;
comment on function private.beat(text, text, text, timestamptz) is 'A processor lives. Said every few seconds; the scheduled functions say it once a run.';
revoke execute on function private.beat(text, text, text, timestamptz) from public;
grant execute on function private.beat(text, text, text, timestamptz) to service_role, notifier;

create function private.uptime(since timestamptz, until timestamptz)
returns double precision
language sql
stable
set search_path = ''
as $$
  with watched as (
    select greatest(uptime.since, (select min(p.started_at) from private.processors p)) as since
  ), down as (
    select sum(extract(epoch from least(o.until_at, uptime.until) - greatest(o.from_at, w.since))) as seconds
    from watched w
    join (
      select from_at, until_at
      from private.outages
      union all
      -- The one that lasts.
      select max(p.beat_at), 'infinity'
      from private.processors p
      having max(p.beat_at) < uptime.until - (select make_interval(secs => s.silent_after_seconds) from private.settings s)
    ) o on o.until_at > w.since and o.from_at < uptime.until
  )
  select case when w.since < uptime.until then 1 - coalesce(d.seconds, 0) / extract(epoch from uptime.until - w.since) end
  from watched w
  cross join down d;
$$;
comment on function private.uptime(timestamptz, timestamptz) is 'Share of the time in which some processor spoke; null before the first ever did.';
revoke execute on function private.uptime(timestamptz, timestamptz) from public;

-- 88_clock.sql

-- A clock that was ahead and was set back. What the wrong time left in the future would hold everything up until then.

create function private.mend_clock(as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  update private.provider_state p
  set refilled_at = least(p.refilled_at, as_of), paused_until = least(p.paused_until, as_of);
  -- A quota's end is the provider's word; the others are at most a quarter of an hour away.
  update private.breakers b
  set open_until = least(b.open_until, as_of + interval '15 minutes'), probe_until = least(b.probe_until, as_of)
  where b.name <> 'quota'
    and b.state <> 'closed';
  -- Neither a lease nor a pause between attempts is longer than an hour.
  update private.dispatches d
  set next_attempt_at = private.lease_until(as_of)
  where d.status in ('sending', 'retrying')
    and d.next_attempt_at > as_of + interval '1 hour';
  update private.bursts b
  set closes_at = as_of + (b.closes_at - b.opened_at), opened_at = as_of
  where b.settled_at is null
    and b.opened_at > as_of + interval '1 minute';
  update public.notifications n
  set scheduled_for = as_of + greatest(n.scheduled_for - n.created_at, interval '0')
  where n.id = any(array(
      select f.id
      from public.notifications f
      where f.status = 'pending'
        and f.lane < 2
        and f.scheduled_for > as_of
        and f.scheduled_for < 'infinity'
        and f.created_at > as_of + interval '1 minute'
      for update skip locked
    ));
  -- Counted again from now: of what had not happened there is nothing.
  update private.rollup_progress p
  set rolled_up_to = date_trunc('minute', as_of)
  where p.rolled_up_to > as_of;
  delete from private.rollups r
  where r.at > as_of;
  delete from private.delays d
  where d.at > as_of;
  update private.retention_progress p
  set rest_until = least(p.rest_until, as_of);
  update private.processors p
  set beat_at = as_of, started_at = least(p.started_at, as_of)
  where p.beat_at > as_of;
  insert into private.incidents (happened_at, step, code, message)
  values (as_of, 'clock', '01000', 'The database''s clock was set back.');
end
$$;
comment on function private.mend_clock(timestamptz) is
  'Takes back into the present what was written while the clock was ahead. Digests and what people scheduled keep their times.';
revoke execute on function private.mend_clock(timestamptz) from public;

-- 88_cockpit.sql

-- What operators see: numbers now, over time, against the targets, by event; letters and their timelines.

create function private.letters_since(since timestamptz, as_of timestamptz)
returns bigint
language sql
stable
set search_path = ''
as $$
  select coalesce((
      select sum(r.letters_sent)
      from private.rollups r
      where r.width = 'hour'
        and r.at >= since
        and r.at < as_of
    ), 0) + coalesce((
      -- What the rollups do not have yet.
      select sum(d.letter_count)
      from private.dispatches d
      where d.status = 'sent'
        and d.updated_at >= greatest(since, (select p.rolled_up_to from private.rollup_progress p))
        and d.updated_at <= as_of
    ), 0);
$$;
comment on function private.letters_since(timestamptz, timestamptz) is 'Letters accepted since the beginning of an hour.';
revoke execute on function private.letters_since(timestamptz, timestamptz) from public;

create function private.quota_use(as_of timestamptz, out today bigint, out month bigint, out daily_quota integer, out monthly_quota integer)
language sql
stable
set search_path = ''
as $$
  select private.letters_since(date_trunc('day', as_of, 'UTC'), as_of),
    private.letters_since(date_trunc('month', as_of, 'UTC'), as_of),
    s.daily_quota, s.monthly_quota
  from private.settings s;
$$;
comment on function private.quota_use(timestamptz) is 'Letters of the provider''s day and month (UTC) and what its plan allows.';
revoke execute on function private.quota_use(timestamptz) from public;

-- The oldest of each lane from its index; counting stops at a limit, because this is asked every second.
create function private.backlog(count_limit integer, as_of timestamptz, out due bigint, out oldest_due_at timestamptz)
language sql
stable
set search_path = ''
as $$
  select
    (
      select count(*)
      from (
        select
        from generate_series(0, 2) l (lane)
        cross join lateral (
          select
          from public.notifications n
          where n.is_pending
            and n.lane = l.lane
            and n.scheduled_for <= as_of
          limit count_limit
        ) n
        limit count_limit
      ) c
    ),
    least(
      (
        select min(o.scheduled_for)
        from generate_series(0, 2) l (lane)
        cross join lateral (
          select n.scheduled_for
          from public.notifications n
          where n.is_pending
            and n.lane = l.lane
            and n.scheduled_for <= as_of
          order by n.scheduled_for, n.id
          limit 1
        ) o
      ),
      -- Messages that no burst has told in time, and recipients that fan-out has not reached.
      (select min(b.closes_at) from private.bursts b where b.settled_at is null and b.closes_at <= as_of),
      (select min(b.settled_at) from private.bursts b where b.settled_at is not null and b.fanned_out_at is null)
    );
$$;
comment on function private.backlog(integer, timestamptz) is
  'What is due and unsent: how many notifications, counted to a limit, and since when the oldest. Digests, quiet hours and paused events are not due.';
revoke execute on function private.backlog(integer, timestamptz) from public;

create function private.rates(since timestamptz, out sent bigint, out failed bigint, out delivered bigint, out bounced bigint,
  out complained bigint)
language sql
stable
set search_path = ''
as $$
  select coalesce(sum(r.letters_sent), 0),
    coalesce(sum(r.letters_failed + r.failed_later + r.bounced), 0),
    coalesce(sum(r.delivered), 0), coalesce(sum(r.bounced), 0), coalesce(sum(r.complained), 0)
  from private.rollups r
  where r.width = case when since > (select p.rolled_up_to from private.rollup_progress p) - interval '6 hours' then 'minute' else 'hour' end
    and r.at >= since;
$$;
comment on function private.rates(timestamptz) is 'Letters since a time: accepted; failed, by whom and whenever; delivered, bounced, called spam.';
revoke execute on function private.rates(timestamptz) from public;

-- Owner's rights: operators may see numbers of what they may not read. So in the other functions here.
create function public.operator_now(as_of timestamptz default now())
returns table (
  due bigint, oldest_due_at timestamptz, letters_in_flight bigint, letters_per_second double precision, letters_last_hour bigint,
  message_to_sent_p50 double precision, message_to_sent_p95 double precision, message_to_sent_p99 double precision,
  error_rate double precision, bounce_rate double precision, complaint_rate double precision,
  sent_today bigint, daily_quota integer, sent_this_month bigint, monthly_quota integer,
  breakers_open text[], delivery_on_for text, paused boolean, last_sent_at timestamptz, processors_alive bigint,
  last_beat_at timestamptz, dead_letters bigint, open_alerts bigint, counted_up_to timestamptz
)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  return query
  select b.due, b.oldest_due_at,
    (select coalesce(sum(d.letter_count), 0) from private.dispatches d where d.status in ('sending', 'retrying')),
    (select coalesce(sum(d.letter_count), 0) / 60.0::double precision
      from private.dispatches d
      where d.status = 'sent' and d.updated_at > as_of - interval '1 minute' and d.updated_at <= as_of),
    hour.sent, delay.p50, delay.p95, delay.p99,
    hour.failed / nullif(hour.sent + hour.failed, 0)::double precision,
    day.bounced / nullif(day.sent, 0)::double precision,
    week.complained / nullif(week.sent, 0)::double precision,
    q.today, q.daily_quota, q.month, q.monthly_quota,
    array(select k.name from private.breakers k where k.state <> 'closed' order by k.name),
    s.delivery_on_for,
    exists (select from private.pauses p where p.scope = 'everything'),
    (select max(d.updated_at) from private.dispatches d where d.status = 'sent' and d.updated_at > as_of - interval '30 days'),
    (select count(*) from private.processors p where p.beat_at > as_of - make_interval(secs => s.silent_after_seconds)),
    (select max(p.beat_at) from private.processors p),
    (select count(*) from public.emails e where e.failed_at is not null),
    (select count(*) from private.alerts a where a.closed_at is null),
    (select p.rolled_up_to from private.rollup_progress p)
  from private.settings s
  cross join private.backlog(100000, as_of) b
  cross join private.quota_use(as_of) q
  cross join private.rates(as_of - interval '1 hour') hour
  cross join private.rates(as_of - interval '24 hours') day
  cross join private.rates(as_of - interval '7 days') week
  cross join private.delay_percentiles('message_to_sent', as_of - interval '1 hour', as_of) delay;
end
$$;
comment on function public.operator_now(timestamptz) is
  'For operators, one row: what is due (counted to 100,000), since when the oldest; what is at the provider; rates as shares of 1 (errors of the hour, bounces of the day, complaints of the week); delays in seconds over the last hour; quota; switches; who processes. Counts are of minutes up to counted_up_to.';
revoke execute on function public.operator_now(timestamptz) from public, anon;
grant execute on function public.operator_now(timestamptz) to authenticated, service_role;

create function public.operator_chart(period text default '24h', as_of timestamptz default now())
returns table (
  at timestamptz, messages bigint, letters_sent bigint, letters_failed bigint, delivered bigint, bounced bigint, complained bigint,
  message_to_sent_p50 double precision, message_to_sent_p95 double precision, message_to_sent_p99 double precision
)
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_slot interval := case period when '1h' then interval '1 minute' when '24h' then interval '15 minutes' when '30d' then interval '6 hours' end;
  v_slots integer := case period when '1h' then 60 when '24h' then 96 else 120 end;
  v_width text := case period when '30d' then 'hour' else 'minute' end;
  v_origin constant timestamptz := '2000-01-01 00:00:00+00';
  v_first timestamptz;
begin
  perform private.require_operator();
  if v_slot is null then
    raise exception using
      errcode = 'CN030',
      message = format('There is no chart over %s.', coalesce(period, 'nothing')),
      hint = 'One of 1h, 24h, 30d.';
  end if;
  v_first := date_bin(v_slot, as_of, v_origin) - v_slot * (v_slots - 1);
  return query
  with counted as (
    select date_bin(v_slot, r.at, v_origin) as at, sum(r.messages) as messages, sum(r.letters_sent) as sent,
      sum(r.letters_failed + r.failed_later) as failed, sum(r.delivered) as delivered, sum(r.bounced) as bounced,
      sum(r.complained) as complained
    from private.rollups r
    where r.width = v_width
      and r.at >= v_first
    group by 1
  ), bucket as (
    select d.at, d.bucket, d.samples, sum(d.samples) over slot as up_to, sum(d.samples) over (partition by d.at) as of_all
    from (
      select date_bin(v_slot, d.at, v_origin) as at, d.bucket, sum(d.samples) as samples
      from private.delays d
      where d.width = v_width
        and d.measure = 'message_to_sent'
        and d.at >= v_first
      group by 1, 2
    ) d
    window slot as (partition by d.at order by d.bucket)
  ), delay as (
    select b.at,
      private.delay_of_bucket(min(b.bucket) filter (where b.up_to >= 0.5 * b.of_all)) as p50,
      private.delay_of_bucket(min(b.bucket) filter (where b.up_to >= 0.95 * b.of_all)) as p95,
      private.delay_of_bucket(min(b.bucket) filter (where b.up_to >= 0.99 * b.of_all)) as p99
    from bucket b
    group by b.at
  )
  select slot.at, coalesce(c.messages, 0), coalesce(c.sent, 0), coalesce(c.failed, 0), coalesce(c.delivered, 0), coalesce(c.bounced, 0),
    coalesce(c.complained, 0), d.p50, d.p95, d.p99
  from generate_series(v_first, as_of, v_slot) slot (at)
  left join counted c on c.at = slot.at
  left join delay d on d.at = slot.at
  order by slot.at;
end
$$;
comment on function public.operator_chart(text, timestamptz) is
  'For operators: counts and delays (seconds; null without letters) by minute over 1h, quarter of an hour over 24h, six hours over 30d.';
revoke execute on function public.operator_chart(text, timestamptz) from public, anon;
grant execute on function public.operator_chart(text, timestamptz) to authenticated, service_role;

create function public.operator_events(days integer default 30, as_of timestamptz default now())
returns table (event_id uuid, title text, organization_name text, letters double precision)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  return query
  with counted as (
    select d.event_id, sum(d.letters) as letters
    from private.event_days d
    where d.day > timezone('UTC', as_of)::date - operator_events.days
    group by d.event_id
    order by 2 desc
    limit 100
  )
  select c.event_id, f.title, f.organization_name, c.letters
  from counted c
  left join private.event_facts(array(select c2.event_id from counted c2)) f on f.event_id = c.event_id
  order by c.letters desc;
end
$$;
comment on function public.operator_events(integer, timestamptz) is
  'For operators: the hundred events that cost the most letters in the last days; a letter about several events is shared among them.';
revoke execute on function public.operator_events(integer, timestamptz) from public, anon;
grant execute on function public.operator_events(integer, timestamptz) to authenticated, service_role;

create function public.operator_preferences()
returns table (preference text, choice text, people bigint)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  return query
  select 'delivery', coalesce(p.delivery, 'default'), count(*)
  from public.notification_preferences p
  group by p.delivery
  union all
  select 'event level', coalesce(e.level, 'default'), count(*)
  from public.event_notification_preferences e
  group by e.level
  order by 1, 3 desc;
end
$$;
comment on function public.operator_preferences() is 'For operators: how many people chose what. Whoever chose nothing is not counted.';
revoke execute on function public.operator_preferences() from public, anon;
grant execute on function public.operator_preferences() to authenticated, service_role;

create function public.find_emails(search text default null, only_status text default null, before timestamptz default null)
returns table (id uuid, user_id uuid, address text, kind text, status text, reason text, created_at timestamptz, sent_at timestamptz)
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_search text := nullif(trim(search), '');
  v_people uuid[];
  v_id uuid;
begin
  perform private.require_operator();
  if v_search ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    v_id := v_search::uuid;
  elsif v_search is not null then
    v_people := array(select u.id from auth.users u where u.email = lower(v_search) limit 100);
  end if;
  return query
  select e.id, e.user_id, e.address, e.kind, e.status, e.reason, e.created_at, e.sent_at
  from public.emails e
  where (v_search is null or e.id = v_id or e.user_id = v_id or e.dispatch_id = v_id or e.user_id = any(v_people))
    and (only_status is null or e.status = only_status)
    and (before is null or e.created_at < before)
  -- Ids are ordered by time: without a search this reads the newest entries of the primary key.
  order by e.id desc
  limit 50;
end
$$;
comment on function public.find_emails(text, text, timestamptz) is
  'For operators: the fifty newest letters to a whole address, a person''s id, of a dispatch or with an id; of a status; before a time.';
revoke execute on function public.find_emails(text, text, timestamptz) from public, anon;
grant execute on function public.find_emails(text, text, timestamptz) to authenticated, service_role;

create function public.email_timeline(email_id uuid)
returns table (at timestamptz, step text, detail jsonb)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  return query
  with told as materialized (
    select n.id, n.event_id, n.burst_id, n.message_id, n.status, n.scheduled_for, n.created_at
    from public.notifications n
    where n.email_id = email_timeline.email_id
    union all
    select n.id, n.event_id, n.burst_id, n.message_id, n.status, n.scheduled_for, n.created_at
    from private.archived_notifications n
    where n.email_id = email_timeline.email_id
  )
  select t.at, t.step, t.detail
  from (
    select m.posted_at as at, 'message' as step, jsonb_build_object('message_id', m.message_id, 'event_id', n.event_id) as detail
    from told n
    join private.burst_messages m on m.burst_id = n.burst_id
    union all
    -- A mention's, which has no burst of its own.
    select m.posted_at, 'message', jsonb_build_object('message_id', m.message_id, 'event_id', n.event_id)
    from told n
    join private.burst_messages m on m.message_id = n.message_id
    where n.burst_id is null
    union all
    select n.created_at, 'notification', jsonb_build_object(
      'notification_id', n.id, 'event_id', n.event_id, 'burst_id', n.burst_id, 'message_id', n.message_id, 'status', n.status,
      'scheduled_for', n.scheduled_for)
    from told n
    union all
    select e.created_at, 'composed', jsonb_build_object('kind', e.kind, 'dispatch_id', e.dispatch_id)
    from public.emails e
    where e.id = email_timeline.email_id
    union all
    select d.first_attempt_at, 'first_attempt', jsonb_build_object('attempts', d.attempt, 'last_error', d.last_error)
    from public.emails e
    join private.dispatches d on d.id = e.dispatch_id
    where e.id = email_timeline.email_id
    union all
    select e.sent_at, 'sent', jsonb_build_object('provider_id', e.provider_id)
    from public.emails e
    where e.id = email_timeline.email_id
    union all
    select w.occurred_at, w.type, jsonb_build_object('detail', w.detail, 'result', w.result)
    from private.webhook_events w
    where w.email_id = email_timeline.email_id
  ) t
  where t.at is not null
  order by t.at
  limit 500;
end
$$;
comment on function public.email_timeline(uuid) is
  'For operators: what happened to a letter in order of time: message, notification, composed, first_attempt, sent, and the provider''s events by their own names.';
revoke execute on function public.email_timeline(uuid) from public, anon;
grant execute on function public.email_timeline(uuid) to authenticated, service_role;

-- 89_refusals.sql

-- Who was turned away, and which keys are in use since when: for the weekly security review.

create table private.refusals (
  day date not null,
  what text not null,
  times bigint not null,
  primary key (day, what),
  constraint refusals_what_is_known check (what in ('process-notifications-cron', 'send-chat-notifications', 'resend-webhook', 'unsubscribe'))
);
comment on table private.refusals is
  'Calls of the edge functions that showed no valid key, signature or link, by UTC day: at least so many. Nothing about who called.';
alter table private.refusals enable row level security;

-- Owner's rights: functions may count, and read nothing.
create function private.note_refusals(what text, times integer, as_of timestamptz default now())
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  insert into private.refusals as r (day, what, times)
  values (timezone('UTC', as_of)::date, what, greatest(1, times))
  on conflict (day, what) do update
  set times = r.times + excluded.times;
$$;
comment on function private.note_refusals(text, integer, timestamptz) is 'A function turned callers away. Said at most every few seconds, with how many since.';
revoke execute on function private.note_refusals(text, integer, timestamptz) from public;
grant execute on function private.note_refusals(text, integer, timestamptz) to service_role, notifier;

create table private.signing_keys (
  id text primary key,
  first_used_at timestamptz not null,
  last_used_at timestamptz not null
);
comment on table private.signing_keys is 'Keys that sign the links in letters, by the id that their tokens carry. Looked at once in each step of roll_up().';
alter table private.signing_keys enable row level security;

create function private.note_signing_key(since timestamptz, until timestamptz)
returns void
language sql
volatile
set search_path = ''
as $$
  insert into private.signing_keys as k (id, first_used_at, last_used_at)
  select d.facts ->> 'token_key_id', d.updated_at, d.updated_at
  from (
    -- One is enough: facts are large.
    select l.facts, l.updated_at
    from private.dispatches l
    where l.status in ('sent', 'failed')
      and l.updated_at >= since
      and l.updated_at < until
    order by l.updated_at desc
    limit 1
  ) d
  where d.facts ->> 'token_key_id' is not null
  on conflict (id) do update
  set last_used_at = greatest(k.last_used_at, excluded.last_used_at);
$$;
revoke execute on function private.note_signing_key(timestamptz, timestamptz) from public;

create function private.key_ages(as_of timestamptz default now())
returns table (key text, since timestamptz, days integer)
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  select 'links'' signing key ' || k.id, k.first_used_at, extract(day from as_of - k.first_used_at)::integer
  from private.signing_keys k
  where k.last_used_at > as_of - interval '30 days';
  if to_regclass('vault.secrets') is not null then
    -- Not every version of Vault has these columns.
    return query execute $vault$
      select 'Vault secret ' || s.name, t.at, extract(day from $1 - t.at)::integer
      from vault.secrets s
      cross join lateral (
        select coalesce(to_jsonb(s) ->> 'updated_at', to_jsonb(s) ->> 'created_at')::timestamptz as at
      ) t
      where s.name like 'chat\_notifications%'
    $vault$ using as_of;
  end if;
end
$$;
comment on function private.key_ages(timestamptz) is 'Keys the database knows of: since when, null where nobody can say. Keys in functions'' secrets are not among them.';
revoke execute on function private.key_ages(timestamptz) from public;

-- 89_targets.sql

-- The specification's targets beside what was measured, and how long the quota lasts.

-- pg_stat_statements lives in another schema on every platform, and may be missing or not ours to read.
create function private.statement_statistics()
returns table (queryid bigint, query text, calls bigint, total_ms double precision, mean_ms double precision)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_view text := (
    select format('%I.pg_stat_statements', n.nspname)
    from pg_catalog.pg_extension e
    join pg_catalog.pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'pg_stat_statements'
  );
begin
  if v_view is not null then
    return query execute format(
      'select queryid, query, calls, total_exec_time, mean_exec_time from %s
       where dbid = (select oid from pg_catalog.pg_database where datname = current_database()) and toplevel', v_view);
  end if;
exception when object_not_in_prerequisite_state or insufficient_privilege then
  -- Installed, but not loaded by this server.
  return;
end
$$;
revoke execute on function private.statement_statistics() from public;

-- Owner's rights: operators may see numbers of what they may not read.
create function public.operator_targets(as_of timestamptz default now())
returns table (target text, goal double precision, measured double precision, unit text, holds boolean)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  return query
  with measured (position, target, goal, measured, unit, at_most) as (
    select 1, 'notification_creation', 0.1::double precision, (
      select sum(s.total_ms) / sum(s.calls) / 1000
      from private.statement_statistics() s
      where s.query ~* '^\s*(with |insert ).*insert\s+into\s+("?public"?\.)?"?chat_messages"?|^\s*insert\s+into\s+("?public"?\.)?"?chat_messages"?'
    ), 'seconds', true
    union all
    select 2, 'email_processing', 5, d.p95, 'seconds', true
    from private.delay_percentiles('claim_to_sent', as_of - interval '24 hours', as_of) d
    union all
    select 3, 'delivery_rate', 0.98, r.delivered / nullif(r.delivered + r.failed, 0)::double precision, 'share', false
    from private.rates(as_of - interval '7 days') r
    union all
    select 4, 'processing_delay', 600, d.p95, 'seconds', true
    from private.delay_percentiles('message_to_sent', as_of - interval '24 hours', as_of) d
    union all
    select 5, 'system_uptime', 0.999, private.uptime(as_of - interval '30 days', as_of), 'share', false
  )
  select m.target, m.goal, m.measured, m.unit,
    case when m.at_most then m.measured < m.goal else m.measured > m.goal end
  from measured m
  order by m.position;
end
$$;
comment on function public.operator_targets(timestamptz) is
  'For operators: the specification''s five targets beside what was measured (null: nothing yet). notification_creation: mean time of writing a message, since the statistics began; email_processing: claim to accepted, p95 of a day; delivery_rate: delivered of those with an outcome, a week; processing_delay: message to accepted, p95 of a day; system_uptime: 30 days.';
revoke execute on function public.operator_targets(timestamptz) from public, anon;
grant execute on function public.operator_targets(timestamptz) to authenticated, service_role;

-- Owner's rights for the same reason. A straight line through the last four weeks' days, from the first with letters.
create function public.operator_capacity(as_of timestamptz default now())
returns table (
  letters_per_day double precision, growth_per_day double precision, daily_quota integer, days_until_daily_quota double precision,
  monthly_quota integer, days_until_monthly_quota double precision, database_bytes bigint
)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  return query
  with day as (
    select row_number() over (order by d.at) as x, coalesce(sum(r.letters_sent), 0)::double precision as y
    from generate_series(
      greatest(
        date_trunc('day', as_of, 'UTC') - interval '28 days',
        coalesce((select date_trunc('day', min(h.at), 'UTC') from private.rollups h where h.width = 'hour'), as_of)),
      date_trunc('day', as_of, 'UTC') - interval '1 day',
      interval '1 day') d (at)
    left join private.rollups r on r.width = 'hour' and r.at >= d.at and r.at < d.at + interval '1 day'
    group by d.at
  ), line as (
    -- Two weeks of history before anybody may speak of a trend.
    select coalesce(avg(d.y), 0) as mean,
      case when count(*) >= 14 then regr_slope(d.y, d.x) end as slope,
      case when count(*) >= 14 then regr_intercept(d.y, d.x) + regr_slope(d.y, d.x) * count(*) end as today
    from day d
  )
  select coalesce(l.today, l.mean), l.slope, s.daily_quota,
    case when coalesce(l.today, l.mean) >= s.daily_quota then 0 when l.slope > 0 then (s.daily_quota - l.today) / l.slope end,
    s.monthly_quota,
    case
      when coalesce(l.today, l.mean) * 30 >= s.monthly_quota then 0
      when l.slope > 0 then (s.monthly_quota / 30.0 - l.today) / l.slope
    end,
    pg_catalog.pg_database_size(current_database())
  from line l
  cross join private.settings s;
end
$$;
comment on function public.operator_capacity(timestamptz) is
  'For operators: letters a day on the trend of four weeks, and in how many days it meets the quota (null: never on this trend, no quota, or less than two weeks of history).';
revoke execute on function public.operator_capacity(timestamptz) from public, anon;
grant execute on function public.operator_capacity(timestamptz) to authenticated, service_role;

-- 90_alerts.sql

-- Alerts: measured in SQL, opened and closed once, acknowledged, silenced, told.

create table private.alert_rules (
  name text primary key,
  title text not null,
  unit text not null,
  opens_above double precision not null,
  closes_below double precision not null,
  min_samples integer not null default 0,
  calm interval not null default '5 minutes',
  enabled boolean not null default true,
  silenced_until timestamptz,
  constraint alert_rules_have_no_flapping check (closes_below <= opens_above),
  constraint alert_rules_unit_is_known check (unit in ('share', 'seconds', 'count'))
);
comment on table private.alert_rules is
  'When an alert opens and closes: above opens_above with min_samples; below closes_below (or without enough samples) for calm.';
alter table private.alert_rules enable row level security;
grant select on private.alert_rules to authenticated, service_role;
create policy "operators read alert rules" on private.alert_rules for select to authenticated
  using ((select private.is_operator()));
-- 4 % and 0.08 % are the provider's own: above them it may stop an account.
insert into private.alert_rules (name, title, unit, opens_above, closes_below, min_samples) values
  ('error_rate', 'More than 5 % of the letters of an hour failed', 'share', 0.05, 0.03, 20),
  ('processing_delay', 'Notifications are due and unsent for more than 30 minutes', 'seconds', 1800, 300, 0),
  ('quota', 'More than 80 % of the provider''s quota is used', 'share', 0.8, 0.8, 0),
  ('slow_query', 'A query takes more than 2 seconds', 'seconds', 2, 1, 0),
  ('breaker_open', 'Sending is suspended: a circuit breaker is open', 'count', 0, 0, 0),
  ('webhook_silence', 'The provider reports nothing of letters it accepted', 'seconds', 3600, 0, 20),
  ('schedule_dead', 'No processor has spoken for too long', 'seconds', 0, 0, 0),
  ('clock_jump', 'The database''s clock was set back', 'count', 0, 0, 0),
  ('bounce_rate', 'More than 4 % of a day''s letters bounced', 'share', 0.04, 0.03, 50),
  ('complaint_rate', 'More than 0.08 % of a week''s letters were called spam', 'share', 0.0008, 0.0005, 500);

create table private.alerts (
  id bigint generated always as identity primary key,
  name text not null references private.alert_rules (name),
  opened_at timestamptz not null,
  closed_at timestamptz,
  calm_since timestamptz,
  value double precision not null,
  worst double precision not null,
  samples bigint,
  detail jsonb not null default '{}',
  acknowledged_at timestamptz,
  acknowledged_by uuid,
  constraint alerts_close_after_they_open check (closed_at >= opened_at)
);
comment on table private.alerts is 'Alerts, open and past. calm_since: below closes_below since then.';
create unique index alerts_open_idx on private.alerts (name) where closed_at is null;
comment on index private.alerts_open_idx is 'Each is open once.';
alter table private.alerts enable row level security;
grant select on private.alerts to authenticated, service_role;
create policy "operators read alerts" on private.alerts for select to authenticated
  using ((select private.is_operator()));

create view public.alerts
with (security_invoker = true) as
select a.id, a.name, r.title, r.unit, r.opens_above, a.value, a.worst, a.samples, a.detail, a.opened_at, a.closed_at,
  a.acknowledged_at, a.acknowledged_by, r.silenced_until
from private.alerts a
join private.alert_rules r on r.name = a.name;
comment on view public.alerts is
  'For operators: alerts, open (closed_at is null) and past. value: now, worst: since it opened, both in unit (share of 1, seconds, count). detail: ids and counts.';
revoke all on public.alerts from anon, authenticated, service_role;
grant select on public.alerts to authenticated, service_role;

create table private.alert_tellings (
  alert_id bigint not null references private.alerts (id) on delete cascade,
  change text not null,
  value double precision not null,
  since timestamptz not null,
  next_try_at timestamptz not null,
  mailed_at timestamptz,
  posted_at timestamptz,
  primary key (alert_id, change),
  constraint alert_tellings_change_is_known check (change in ('opened', 'closed'))
);
comment on table private.alert_tellings is
  'What is to be told outside: by mail to operators (mailed_at) and by webhook (posted_at). Tried for a day.';
create index alert_tellings_owed_idx on private.alert_tellings (next_try_at) where mailed_at is null or posted_at is null;
comment on index private.alert_tellings_owed_idx is 'take_alert_tellings(): what is owed.';
alter table private.alert_tellings enable row level security;

create table private.statement_samples (
  queryid bigint primary key,
  calls bigint not null,
  total_ms double precision not null,
  mean_ms double precision,
  sampled_at timestamptz not null
);
comment on table private.statement_samples is
  'Our statements'' totals at the last sample, and the mean of their calls since the one before: pg_stat_statements itself never forgets.';
alter table private.statement_samples enable row level security;

create function private.sample_statements(as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  if exists (select from private.statement_samples s where s.sampled_at > as_of - interval '5 minutes') then
    return;
  end if;
  insert into private.statement_samples as p (queryid, calls, total_ms, sampled_at)
  select s.queryid, sum(s.calls), sum(s.total_ms), as_of
  from private.statement_statistics() s
  where s.query ~* 'notification|chat_messages|private\.|burst|dispatch'
    and s.query !~* '^\s*(vacuum|analyze|reindex|create|alter|comment|grant|copy)'
  group by s.queryid
  on conflict (queryid) do update
  set mean_ms = case when excluded.calls > p.calls then (excluded.total_ms - p.total_ms) / (excluded.calls - p.calls) end,
    calls = excluded.calls,
    total_ms = excluded.total_ms,
    sampled_at = excluded.sampled_at;
  delete from private.statement_samples p
  where p.sampled_at < as_of;
end
$$;
revoke execute on function private.sample_statements(timestamptz) from public;

create function private.measure_alerts(as_of timestamptz)
returns table (name text, value double precision, samples bigint, detail jsonb)
language sql
stable
set search_path = ''
as $$
  select 'error_rate', r.failed / nullif(r.sent + r.failed, 0)::double precision, r.sent + r.failed,
    jsonb_build_object('failed', r.failed, 'sent', r.sent)
  from private.rates(as_of - interval '1 hour') r
  union all
  -- A pause of everything is on purpose, and so is a deployment that was never switched on.
  select 'processing_delay',
    case
      when not exists (select from private.pauses p where p.scope = 'everything')
        and exists (select from private.settings s where s.delivery_on_for is not null)
      then extract(epoch from as_of - b.oldest_due_at)
    end,
    null, jsonb_build_object('due', b.due, 'oldest_due_at', b.oldest_due_at)
  from private.backlog(1000, as_of) b
  union all
  select 'quota', greatest(q.today / q.daily_quota::double precision, q.month / q.monthly_quota::double precision), null, to_jsonb(q)
  from private.quota_use(as_of) q
  union all
  select 'slow_query', w.mean_ms / 1000, null, jsonb_build_object('queryid', w.queryid::text)
  from (select) one
  left join lateral (
    select s.queryid, s.mean_ms
    from private.statement_samples s
    where s.mean_ms is not null
    order by s.mean_ms desc
    limit 1
  ) w on true
  union all
  select 'breaker_open', count(*), null, coalesce(jsonb_object_agg(b.name, b.reason), '{}')
  from private.breakers b
  where b.state <> 'closed'
  union all
  select 'webhook_silence', extract(epoch from as_of - min(r.at)), coalesce(sum(r.letters_sent), 0),
    jsonb_build_object('letters', coalesce(sum(r.letters_sent), 0))
  from private.rollups r
  where r.width = 'minute'
    and r.letters_sent > 0
    and r.at > coalesce((select max(w.received_at) from private.webhook_events w), '-infinity')
    and r.at > as_of - interval '24 hours'
    and r.at <= as_of - interval '30 minutes'
  union all
  select 'schedule_dead',
    -- While nobody speaks, and a minute longer: where nobody could look, it is told when it is over.
    greatest(0, extract(epoch from greatest(as_of - max(p.beat_at), (
      select max(o.until_at - o.from_at)
      from private.outages o
      where o.until_at > as_of - interval '1 minute'
        and o.until_at <= as_of
    ))) - (select s.silent_after_seconds from private.settings s)), null,
    jsonb_build_object('last_beat_at', max(p.beat_at))
  from private.processors p
  union all
  select 'clock_jump', count(*), null, jsonb_build_object('happened_at', max(i.happened_at))
  from private.incidents i
  where i.step = 'clock'
    and i.happened_at > as_of - interval '10 minutes'
    and i.happened_at <= as_of
  union all
  select 'bounce_rate', r.bounced / nullif(r.sent, 0)::double precision, r.sent, jsonb_build_object('bounced', r.bounced, 'sent', r.sent)
  from private.rates(as_of - interval '24 hours') r
  union all
  select 'complaint_rate', r.complained / nullif(r.sent, 0)::double precision, r.sent,
    jsonb_build_object('complained', r.complained, 'sent', r.sent)
  from private.rates(as_of - interval '7 days') r;
$$;
comment on function private.measure_alerts(timestamptz) is 'What each rule is about, measured. value null: cannot be said.';
revoke execute on function private.measure_alerts(timestamptz) from public;

-- Owner's rights: processors, the schedule and the health function may have it checked, not read or written.
create function private.check_alerts(as_of timestamptz default now())
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_changes integer := 0;
  v_found record;
begin
  -- One at a time; whoever finds it taken has nothing to do.
  if not pg_try_advisory_xact_lock(hashtextextended('check_alerts', 4)) then
    return 0;
  end if;
  perform private.sample_statements(as_of);
  for v_found in
    select r.name, r.calm, m.value, m.samples, m.detail, a.id as alert_id, a.calm_since,
      r.enabled and coalesce(m.value > r.opens_above and coalesce(m.samples, r.min_samples) >= r.min_samples, false) as is_bad,
      not r.enabled or coalesce(m.value <= r.closes_below, true) or coalesce(m.samples < r.min_samples, false) as is_calm
    from private.alert_rules r
    join private.measure_alerts(as_of) m on m.name = r.name
    left join private.alerts a on a.name = r.name and a.closed_at is null
    order by r.name
  loop
    if v_found.alert_id is null and v_found.is_bad then
      insert into private.alerts (name, opened_at, value, worst, samples, detail)
      values (v_found.name, as_of, v_found.value, v_found.value, v_found.samples, v_found.detail);
      v_changes := v_changes + 1;
    elsif v_found.is_calm and as_of - v_found.calm_since >= v_found.calm then
      update private.alerts a
      -- Opened by a clock that was ahead.
      set closed_at = greatest(as_of, a.opened_at), value = coalesce(v_found.value, a.value)
      where a.id = v_found.alert_id;
      v_changes := v_changes + 1;
    elsif v_found.alert_id is not null then
      update private.alerts a
      set value = coalesce(v_found.value, a.value),
        worst = greatest(a.worst, v_found.value),
        samples = v_found.samples,
        detail = v_found.detail,
        calm_since = case when v_found.is_calm then least(a.calm_since, as_of) end
      where a.id = v_found.alert_id;
    end if;
  end loop;
  -- What is silenced is told when the silence ends, if it still lasts. An end is told to those who heard of the beginning.
  insert into private.alert_tellings (alert_id, change, value, since, next_try_at)
  select a.id, 'opened', a.value, as_of, as_of
  from private.alerts a
  join private.alert_rules r on r.name = a.name
  where a.closed_at is null
    and coalesce(r.silenced_until, '-infinity') <= as_of
  union all
  select a.id, 'closed', a.value, as_of, as_of
  from private.alerts a
  join private.alert_tellings t on t.alert_id = a.id and t.change = 'opened'
  where a.closed_at = greatest(as_of, a.opened_at)
  on conflict do nothing;
  return v_changes;
end
$$;
comment on function private.check_alerts(timestamptz) is 'Opens and closes alerts. Returns how many changed.';
revoke execute on function private.check_alerts(timestamptz) from public;
grant execute on function private.check_alerts(timestamptz) to service_role, notifier;

-- Owner's rights: processors tell, and read nothing else. A copy of the database tells nobody.
create function private.take_alert_tellings(deployment_url text, as_of timestamptz default now())
returns table (
  alert_id bigint, change text, name text, title text, unit text, opens_above double precision, value double precision,
  since timestamptz, mail_owed boolean, post_owed boolean, sender text, addresses text[], app_url text
)
language sql
volatile
security definer
set search_path = ''
as $$
  with taken as (
    update private.alert_tellings t
    set next_try_at = as_of + interval '2 minutes'
    where (t.alert_id, t.change) in (
        select o.alert_id, o.change
        from private.alert_tellings o
        where (o.mailed_at is null or o.posted_at is null)
          and o.next_try_at <= as_of
          and o.since > as_of - interval '1 day'
        order by o.next_try_at
        limit 10
        for update skip locked
      )
      and exists (select from private.settings s where s.delivery_on_for = deployment_url)
    returning t.*
  )
  select t.alert_id, t.change, r.name, r.title, r.unit, r.opens_above, t.value, t.since, t.mailed_at is null, t.posted_at is null,
    s.sender_from,
    case
      when s.redirect_all_to is not null then array[s.redirect_all_to]
      else array(
        select u.email::text
        from private.operators o
        join auth.users u on u.id = o.user_id
        where u.email is not null
          and (s.allow_list is null or u.email = any(s.allow_list))
        order by u.email
        limit 50
      )
    end,
    s.app_url
  from taken t
  join private.alerts a on a.id = t.alert_id
  join private.alert_rules r on r.name = a.name
  cross join private.settings s
  order by t.since, t.alert_id;
$$;
comment on function private.take_alert_tellings(text, timestamptz) is
  'Alerts that have to be told and to whom, held for two minutes. Of a deployment that may send.';
revoke execute on function private.take_alert_tellings(text, timestamptz) from public;
grant execute on function private.take_alert_tellings(text, timestamptz) to service_role, notifier;

-- Owner's rights: processors may execute this and write nothing else.
create function private.note_alert_told(alert_id bigint, change text, channel text, as_of timestamptz default now())
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  update private.alert_tellings t
  set mailed_at = case channel when 'mail' then as_of else t.mailed_at end,
    posted_at = case channel when 'webhook' then as_of else t.posted_at end
  where t.alert_id = note_alert_told.alert_id
    and t.change = note_alert_told.change;
$$;
revoke execute on function private.note_alert_told(bigint, text, text, timestamptz) from public;
grant execute on function private.note_alert_told(bigint, text, text, timestamptz) to service_role, notifier;

-- Owner's rights: operators may acknowledge, not write.
create function public.acknowledge_alert(id bigint)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  update private.alerts a
  set acknowledged_at = now(), acknowledged_by = (select auth.uid())
  where a.id = acknowledge_alert.id
    and a.acknowledged_at is null;
  if found then
    perform private.audit('acknowledge_alert', jsonb_build_object('alert_id', id));
  end if;
  return found;
end
$$;
comment on function public.acknowledge_alert(bigint) is 'For operators: somebody is looking at it. False: no such alert, or somebody does already.';
revoke execute on function public.acknowledge_alert(bigint) from public, anon;
grant execute on function public.acknowledge_alert(bigint) to authenticated, service_role;

-- Owner's rights: operators may silence, not write.
create function public.silence_alert(name text, until timestamptz)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  update private.alert_rules r
  set silenced_until = until
  where r.name = silence_alert.name;
  if not found then
    return false;
  end if;
  perform private.audit('silence_alert', jsonb_build_object('name', name, 'until', until));
  return true;
end
$$;
comment on function public.silence_alert(text, timestamptz) is
  'For operators: not told outside the app until then (null: told again at once); still measured and shown. False: no such alert.';
revoke execute on function public.silence_alert(text, timestamptz) from public, anon;
grant execute on function public.silence_alert(text, timestamptz) to authenticated, service_role;

-- 91_audit.sql

-- The audit log is appended to and nothing else; and who writes into it without asking: changes of what people and
-- operators set.

grant select on private.audit_log to authenticated, service_role;
create policy "operators read the audit log" on private.audit_log for select to authenticated
  using ((select private.is_operator()));
create index audit_log_at_idx on private.audit_log (at desc);
comment on index private.audit_log_at_idx is 'The operators'' list, newest first, and its end after keep_audit_days.';

-- Not even the owner, by mistake. What may happen: an entry is too old to be kept, or its actor asked to be forgotten.
create function private.keep_audit_log()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  if tg_op = 'DELETE'
    and old.at < clock_timestamp() - (select make_interval(days => s.keep_audit_days) from private.settings s)
  then
    return old;
  elsif tg_op = 'UPDATE' and old.actor is not null and new.actor is null
    and (new.id, new.at, new.action, new.details - 'person') = (old.id, old.at, old.action, old.details - 'person')
  then
    return new;
  end if;
  raise exception using
    errcode = 'CN041',
    message = 'The audit log is only appended to.',
    hint = 'Entries go by themselves after keep_audit_days.';
end
$$;
revoke execute on function private.keep_audit_log() from public;
create trigger audit_log_is_kept
  before update or delete on private.audit_log
  for each row execute function private.keep_audit_log();
create trigger audit_log_is_not_emptied
  before truncate on private.audit_log
  for each statement execute function private.keep_audit_log();

-- Owner's rights: whoever changes a row may not write the log. People stand in it by a salted hash, so that forgetting
-- them leaves nothing to find; secrets and free text by the name of their column.
create function private.audit_change()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_old jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) else '{}' end;
  v_new jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) else '{}' end;
  v_row jsonb := v_old || v_new;
  v_person uuid := (v_row ->> 'user_id')::uuid;
  v_actor uuid := (select auth.uid());
  v_changes jsonb;
begin
  select jsonb_object_agg(k.key,
    case
      when tg_table_name in ('settings', 'suppressions') or k.key ~ '_id$' then '"changed"'
      else jsonb_build_object('was', v_old -> k.key, 'became', v_new -> k.key)
    end)
  into v_changes
  from jsonb_object_keys(v_row) k (key)
  where v_old -> k.key is distinct from v_new -> k.key
    and k.key not in ('user_id', 'event_id', 'updated_at', 'address', 'address_hash', 'calm_since');
  if v_changes is not null then
    insert into private.audit_log (actor, action, details)
    values (
      nullif(v_actor, v_person),
      lower(tg_op) || '_' || tg_table_name,
      jsonb_strip_nulls(jsonb_build_object(
        'person', private.person_hash(v_person), 'event_id', v_row -> 'event_id', 'name', v_row -> 'name')) ||
      jsonb_build_object('changes', v_changes));
  end if;
  return null;
end
$$;
revoke execute on function private.audit_change() from public;

create trigger notification_preferences_are_audited
  after insert or update or delete on public.notification_preferences
  for each row execute function private.audit_change();
create trigger event_notification_preferences_are_audited
  after insert or update or delete on public.event_notification_preferences
  for each row execute function private.audit_change();
create trigger blocked_senders_are_audited
  after insert or delete on public.blocked_senders
  for each row execute function private.audit_change();
create trigger operators_are_audited
  after insert or delete on private.operators
  for each row execute function private.audit_change();
create trigger suppressions_are_audited
  after insert or update or delete on private.suppressions
  for each row execute function private.audit_change();
create trigger settings_are_audited
  after update on private.settings
  for each row execute function private.audit_change();
create trigger alert_rules_are_audited
  after update on private.alert_rules
  for each row execute function private.audit_change();

-- Every sending outcome, a line a dispatch, when its minute is counted: marking does not pay for it.
create function private.audit_outcomes(since timestamptz, until timestamptz)
returns void
language sql
volatile
set search_path = ''
as $$
  insert into private.audit_log (at, action, details)
  select d.updated_at, 'dispatch_' || d.status, jsonb_strip_nulls(jsonb_build_object(
    'dispatch_id', d.id, 'letters', d.letter_count, 'attempts', d.attempt, 'outcome', d.outcome, 'last_error', d.last_error))
  from private.dispatches d
  where d.status in ('sent', 'failed')
    and d.updated_at >= since
    and d.updated_at < until
  order by d.updated_at;
$$;
revoke execute on function private.audit_outcomes(timestamptz, timestamptz) from public;

-- 91_health.sql

-- Is it well? Asked every second: index look-ups only.

create function private.schema_version()
returns integer
language sql
immutable
return 1;
comment on function private.schema_version() is
  'Version of the functions that processors call. A processor works with its own version, one older and one newer; a test compares it with packages/core/src/schema-version.ts.';
revoke execute on function private.schema_version() from public;
grant execute on function private.schema_version() to service_role, notifier;

-- Owner's rights: the health function may ask, and reads nothing else.
create function private.health(as_of timestamptz default now())
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_settings private.settings;
  v_backlog record;
  v_quota record;
  v_breakers text[] := array(select b.name from private.breakers b where b.state <> 'closed' order by b.name);
  v_alerts text[] := array(select a.name from private.alerts a where a.closed_at is null order by a.name);
  v_last_beat_at timestamptz := (select max(p.beat_at) from private.processors p);
  v_down text[] := '{}';
  v_degraded text[] := '{}';
begin
  select * into v_settings from private.settings;
  select * into v_backlog from private.backlog(1000, as_of);
  select * into v_quota from private.quota_use(as_of);
  if pg_is_in_recovery() or current_setting('default_transaction_read_only') = 'on' then
    v_down := v_down || 'database_read_only'::text;
  end if;
  if coalesce(v_last_beat_at, '-infinity') < as_of - make_interval(secs => v_settings.silent_after_seconds) then
    v_down := v_down || 'no_processor'::text;
  end if;
  if v_settings.delivery_on_for is null then
    v_degraded := v_degraded || 'delivery_off'::text;
  elsif exists (select from private.pauses p where p.scope = 'everything') then
    v_degraded := v_degraded || 'paused'::text;
  elsif v_backlog.oldest_due_at < as_of - interval '30 minutes' then
    v_degraded := v_degraded || 'processing_delay'::text;
  end if;
  if v_quota.today > 0.8 * v_quota.daily_quota or v_quota.month > 0.8 * v_quota.monthly_quota then
    v_degraded := v_degraded || 'quota'::text;
  end if;
  v_degraded := v_degraded || array(select 'breaker_' || b from unnest(v_breakers) b);
  v_degraded := v_degraded || array(
    select 'alert_' || a
    from unnest(v_alerts) a
    where a not in ('processing_delay', 'quota', 'breaker_open', 'schedule_dead'));
  return jsonb_build_object(
    'status', case when v_down <> '{}' then 'down' when v_degraded <> '{}' then 'degraded' else 'ok' end,
    'reasons', to_jsonb(v_down || v_degraded),
    'details', jsonb_build_object(
      'schema_version', private.schema_version(),
      'due', v_backlog.due,
      'oldest_due_at', v_backlog.oldest_due_at,
      'oldest_due_seconds', round(extract(epoch from as_of - v_backlog.oldest_due_at)),
      'breakers_open', v_breakers,
      'quota', to_jsonb(v_quota),
      'last_sent_at', (
        select d.updated_at
        from private.dispatches d
        where d.status in ('sent', 'failed')
          and d.status = 'sent'
        order by d.updated_at desc
        limit 1
      ),
      'last_beat_at', v_last_beat_at,
      'alerts_open', v_alerts,
      'delivery_on_for', v_settings.delivery_on_for
    )
  );
end
$$;
comment on function private.health(timestamptz) is
  'status: ok, degraded (it works, somebody should look) or down; reasons as codes (docs/operations.md); details: due is counted to 1000.';
revoke execute on function private.health(timestamptz) from public;
grant execute on function private.health(timestamptz) to service_role, notifier;

-- Owner's rights: the metrics page may ask, and reads nothing else.
create function private.metrics(as_of timestamptz default now())
returns table (name text, labels jsonb, value double precision)
language sql
stable
security definer
set search_path = ''
as $$
  select 'due_notifications', '{}'::jsonb, b.due
  from private.backlog(100000, as_of) b
  union all
  select 'oldest_due_seconds', '{}', coalesce(extract(epoch from as_of - b.oldest_due_at), 0)
  from private.backlog(1, as_of) b
  union all
  select 'letters_in_flight', '{}', coalesce(sum(d.letter_count), 0)
  from private.dispatches d
  where d.status in ('sending', 'retrying')
  union all
  select 'letters_last_hour', jsonb_build_object('outcome', o.outcome), o.letters
  from private.rates(as_of - interval '1 hour') r
  cross join lateral (values ('sent', r.sent), ('failed', r.failed), ('delivered', r.delivered), ('bounced', r.bounced),
    ('complained', r.complained)) o (outcome, letters)
  union all
  select 'delay_seconds', jsonb_build_object('measure', m.measure, 'quantile', q.quantile), q.seconds
  from unnest(array['due_to_sent', 'message_to_sent', 'claim_to_sent', 'sent_to_delivered']) m (measure)
  cross join private.delay_percentiles(m.measure, as_of - interval '1 hour', as_of) d
  cross join lateral (values ('0.5', d.p50), ('0.95', d.p95), ('0.99', d.p99)) q (quantile, seconds)
  where q.seconds is not null
  union all
  select 'breaker_open', jsonb_build_object('breaker', b.name), (b.state <> 'closed')::integer
  from private.breakers b
  union all
  select 'quota_used', jsonb_build_object('period', o.period), o.letters
  from private.quota_use(as_of) q
  cross join lateral (values ('day', q.today), ('month', q.month)) o (period, letters)
  union all
  select 'quota_limit', jsonb_build_object('period', o.period), o.letters
  from private.settings s
  cross join lateral (values ('day', s.daily_quota), ('month', s.monthly_quota)) o (period, letters)
  where o.letters is not null
  union all
  select 'alert_open', jsonb_build_object('alert', r.name),
    (exists (select from private.alerts a where a.name = r.name and a.closed_at is null))::integer
  from private.alert_rules r
  union all
  select 'dead_letters', '{}', count(*)
  from public.emails e
  where e.failed_at is not null
  union all
  select 'processors_alive', '{}', count(*)
  from private.processors p
  where p.beat_at > as_of - (select make_interval(secs => s.silent_after_seconds) from private.settings s)
  union all
  select 'schema_version', '{}', private.schema_version();
$$;
comment on function private.metrics(timestamptz) is 'Numbers for /metrics, without their prefix chat_notifications_.';
revoke execute on function private.metrics(timestamptz) from public;
grant execute on function private.metrics(timestamptz) to service_role, notifier;

-- 92_me.sql

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

-- 92_retention.sql

-- What is kept how long: contents of letters 14 days, notifications 30 days in reach of everything and 60 more in the
-- archive, the audit log two years. In small steps, each its own transaction, so that chat never waits for them.

create table private.archived_notifications (
  id bigint primary key,
  user_id uuid not null,
  event_id uuid not null,
  burst_id bigint,
  message_id bigint,
  lane smallint not null,
  status text not null,
  scheduled_for timestamptz not null,
  email_id uuid,
  reason text,
  waits jsonb,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint archived_notifications_are_settled check (status in ('sent', 'failed', 'skipped'))
);
comment on table private.archived_notifications is 'Notifications that were settled archive_after_days ago, until delete_after_days.';
create index archived_notifications_email_idx on private.archived_notifications (email_id) where email_id is not null;
comment on index private.archived_notifications_email_idx is 'A letter''s timeline.';
create index archived_notifications_burst_idx on private.archived_notifications (burst_id, user_id);
comment on index private.archived_notifications_burst_idx is 'A message''s receipt.';
create index archived_notifications_user_idx on private.archived_notifications (user_id);
comment on index private.archived_notifications_user_idx is 'A person''s data, for export and erasure.';
alter table private.archived_notifications enable row level security;

create table private.retention_progress (
  only_row boolean primary key default true,
  notifications_after bigint not null default 0,
  emails_after uuid not null default '00000000-0000-0000-0000-000000000000',
  contents_after timestamptz not null default '-infinity',
  rest_until timestamptz not null default '-infinity',
  constraint retention_progress_has_one_row check (only_row)
);
comment on table private.retention_progress is 'How far this round of retention has come; between rounds it rests for an hour.';
alter table private.retention_progress enable row level security;
insert into private.retention_progress default values;

-- The next page of the oldest notifications: those settled long enough go into the archive. By the primary key, which
-- is in the order of time; null: the page reached what is still to be kept.
create function private.archive_notifications(after bigint, page integer, older_than timestamptz, out moved integer, out last_id bigint)
language sql
volatile
set search_path = ''
as $$
  with page as materialized (
    select n.id, n.status, n.created_at, n.updated_at
    from public.notifications n
    where n.id > after
    order by n.id
    limit page
  ), gone as (
    delete from public.notifications n
    where n.id = any(array(
        select l.id
        from public.notifications l
        where l.id = any(array(
            select p.id
            from page p
            where p.status in ('sent', 'failed', 'skipped')
              and p.updated_at < older_than
          ))
        order by l.id
        for update skip locked
      ))
    returning *
  ), kept as (
    insert into private.archived_notifications
      (id, user_id, event_id, burst_id, message_id, lane, status, scheduled_for, email_id, reason, waits, created_at, updated_at)
    select g.id, g.user_id, g.event_id, g.burst_id, g.message_id, g.lane, g.status, g.scheduled_for, g.email_id, g.reason,
      g.waits, g.created_at, g.updated_at
    from gone g
    returning id
  )
  select (select count(*) from kept)::integer,
    case when count(*) = page and min(p.created_at) < older_than then max(p.id) end
  from page p;
$$;
revoke execute on function private.archive_notifications(bigint, integer, timestamptz) from public;

create function private.delete_letters(after uuid, page integer, older_than timestamptz, out deleted integer, out last_id uuid)
language sql
volatile
set search_path = ''
as $$
  with page as materialized (
    select e.id, e.status, e.created_at
    from public.emails e
    where e.id > after
    order by e.id
    limit page
  ), gone as (
    delete from public.emails e
    where e.id = any(array(
        select l.id
        from public.emails l
        where l.id = any(array(select p.id from page p where p.created_at < older_than and p.status not in ('sending', 'retrying')))
        order by l.id
        for update skip locked
      ))
    returning e.id
  )
  select (select count(*) from gone)::integer,
    case when count(*) = page and min(p.created_at) < older_than then max(p.id::text)::uuid end
  from page p;
$$;
revoke execute on function private.delete_letters(uuid, integer, timestamptz) from public;

-- The facts of settled dispatches hold messages' text, and so does a body that was kept.
create function private.erase_contents(after timestamptz, page integer, older_than timestamptz, out erased integer, out last_at timestamptz)
language sql
volatile
set search_path = ''
as $$
  with page as materialized (
    select d.id, d.updated_at
    from private.dispatches d
    where d.status in ('sent', 'failed')
      and d.updated_at > after
      and d.updated_at < older_than
    order by d.updated_at
    limit page
  ), gone as (
    update private.dispatches d
    set facts = '{}', body = null
    where d.id = any(array(
        select l.id
        from private.dispatches l
        where l.id = any(array(select p.id from page p))
          and (l.facts <> '{}' or l.body is not null)
        order by l.id
        for update skip locked
      ))
    returning d.id
  )
  select (select count(*) from gone)::integer, case when count(*) = page then max(p.updated_at) end
  from page p;
$$;
revoke execute on function private.erase_contents(timestamptz, integer, timestamptz) from public;

-- Small tables and the ends of indexes; each at most a page.
create function private.delete_remains(page integer, settings private.settings, as_of timestamptz)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_old constant timestamptz := as_of - make_interval(days => settings.delete_after_days);
  v_rows integer;
  v_counts jsonb := '{}';
  v_step record;
begin
  for v_step in
    select *
    from (values
      ('archived_notifications', 'delete from private.archived_notifications where id = any(array(
         select a.id from private.archived_notifications a where a.id <= (
           select max(f.id) from (select id from private.archived_notifications order by id limit $1) f) and a.updated_at < $2))', v_old),
      ('dispatches', 'delete from private.dispatches where id = any(array(
         select d.id from private.dispatches d where d.status in (''sent'', ''failed'') and d.updated_at < $2
           and not exists (select from public.emails e where e.dispatch_id = d.id) order by d.updated_at limit $1))', v_old),
      ('webhook_events', 'delete from private.webhook_events where svix_id = any(array(
         select w.svix_id from private.webhook_events w where w.received_at < $2 order by w.received_at limit $1))', v_old),
      ('burst_messages', 'with old as (select b.id from private.bursts b where b.settled_at < $2 and b.fanned_out_at is not null order by b.settled_at limit $1),
         told as (delete from private.burst_messages m where m.burst_id in (select id from old))
         delete from private.bursts b where b.id in (select id from old)', v_old),
      ('incidents', 'delete from private.incidents where id = any(array(
         select i.id from private.incidents i where i.happened_at < $2 order by i.happened_at limit $1))', v_old),
      ('breaker_changes', 'delete from private.breaker_changes where id = any(array(
         select b.id from private.breaker_changes b where b.at < $2 order by b.at limit $1))', v_old),
      ('rollups', 'delete from private.rollups where (width, at) in (
         select r.width, r.at from private.rollups r where r.width = ''minute'' and r.at < $2 order by r.at limit $1)', as_of - interval '3 days'),
      ('rollups', 'delete from private.rollups where (width, at) in (
         select r.width, r.at from private.rollups r where r.width = ''hour'' and r.at < $2 order by r.at limit $1)', as_of - interval '400 days'),
      ('delays', 'delete from private.delays where width = ''minute'' and at < $2', as_of - interval '3 days'),
      ('delays', 'delete from private.delays where width = ''hour'' and at < $2', as_of - interval '400 days'),
      ('event_days', 'delete from private.event_days where day < timezone(''UTC'', $2)::date', as_of - interval '400 days'),
      ('refusals', 'delete from private.refusals where day < timezone(''UTC'', $2)::date', as_of - interval '400 days'),
      ('alerts', 'delete from private.alerts where closed_at < $2', as_of - interval '400 days'),
      ('processors', 'delete from private.processors p where p.beat_at < $2 and exists (select from private.processors o where o.started_at < p.started_at)', as_of - interval '30 days'),
      ('audit_log', 'delete from private.audit_log where id = any(array(
         select l.id from private.audit_log l where l.at < $2 order by l.at limit $1))',
        least(as_of, clock_timestamp()) - make_interval(days => settings.keep_audit_days))
    ) steps (what, statement, older_than)
  loop
    execute v_step.statement using page, v_step.older_than;
    get diagnostics v_rows = row_count;
    if v_rows > 0 then
      v_counts := v_counts || jsonb_build_object(v_step.what, coalesce((v_counts ->> v_step.what)::integer, 0) + v_rows);
    end if;
  end loop;
  return v_counts;
end
$$;
revoke execute on function private.delete_remains(integer, private.settings, timestamptz) from public;

-- Owner's rights: processors may have it done, and decide nothing.
create function private.retain(page integer default 500, as_of timestamptz default now())
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
-- Waits for nobody: whoever holds a row works with it, and the next round comes.
set lock_timeout = '100ms'
as $$
declare
  v_progress private.retention_progress;
  v_settings private.settings;
  v_archive record;
  v_letters record;
  v_contents record;
  v_counts jsonb;
begin
  select *
  into v_progress
  from private.retention_progress
  for update skip locked;
  if not found or v_progress.rest_until > as_of then
    return null;
  end if;
  select * into v_settings from private.settings;
  select * into v_contents
  from private.erase_contents(v_progress.contents_after, page, as_of - make_interval(days => v_settings.keep_contents_days));
  select * into v_archive
  from private.archive_notifications(v_progress.notifications_after, page, as_of - make_interval(days => v_settings.archive_after_days));
  select * into v_letters
  from private.delete_letters(v_progress.emails_after, page, as_of - make_interval(days => v_settings.delete_after_days));
  v_counts := private.delete_remains(page, v_settings, as_of) || jsonb_build_object(
    'contents_erased', v_contents.erased, 'notifications_archived', v_archive.moved, 'letters', v_letters.deleted,
    'erasures_finished', private.finish_erasures(as_of));
  update private.retention_progress p
  set contents_after = coalesce(v_contents.last_at, p.contents_after),
    notifications_after = coalesce(v_archive.last_id, p.notifications_after),
    emails_after = coalesce(v_letters.last_id, p.emails_after);
  -- A whole round without anything left: from the beginning, after a rest.
  if v_contents.last_at is null and v_archive.last_id is null and v_letters.last_id is null
    and not exists (select from jsonb_each(v_counts) c where c.value::integer > 0)
  then
    update private.retention_progress p
    set contents_after = '-infinity', notifications_after = 0, emails_after = '00000000-0000-0000-0000-000000000000',
      rest_until = as_of + interval '1 hour';
  end if;
  return v_counts;
end
$$;
comment on function private.retain(integer, timestamptz) is
  'One step of retention: at most a page of each kind. Returns what it did; null: nothing to do for now.';
revoke execute on function private.retain(integer, timestamptz) from public;
grant execute on function private.retain(integer, timestamptz) to service_role, notifier;

create table private.maintenance_runs (
  id bigint generated always as identity primary key,
  kind text not null,
  dry_run boolean not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  report jsonb,
  problem text,
  constraint maintenance_runs_kind_is_known check (kind in ('daily', 'weekly', 'monthly', 'backup', 'recovery_drill'))
);
comment on table private.maintenance_runs is 'What npm run maintain did. Without finished_at it is under way, or was interrupted.';
alter table private.maintenance_runs enable row level security;
grant select on private.maintenance_runs to authenticated, service_role;
create policy "operators read maintenance runs" on private.maintenance_runs for select to authenticated
  using ((select private.is_operator()));
create view public.maintenance_runs
with (security_invoker = true) as
select r.id, r.kind, r.dry_run, r.started_at, r.finished_at, r.report, r.problem
from private.maintenance_runs r;
comment on view public.maintenance_runs is 'For operators: maintenance, and what it did.';
revoke all on public.maintenance_runs from anon, authenticated, service_role;
grant select on public.maintenance_runs to authenticated, service_role;

create view public.audit_log
with (security_invoker = true) as
select l.id, l.at, l.actor, l.action, l.details
from private.audit_log l;
comment on view public.audit_log is 'For operators: who did what. Entries about a person name them by a salted hash (details.person).';
revoke all on public.audit_log from anon, authenticated, service_role;
grant select on public.audit_log to authenticated, service_role;

-- 93_inbox.sql

-- The list of events and the bell: made of messages and read marks, not of notifications, so that people who turned
-- letters off have them too.

-- Owner's rights: read marks are nobody's to read, and one set of rooms is worked out once instead of a policy per row.
-- Looks at no more than the newest 100 messages after the mark, so that a room nobody has read for a year costs as
-- little as any other; "100" is to be read as "100 or more". A message that commits late with a smaller id than the
-- mark is told by letter and shown in the room, but not counted here.
create function private.gather_inbox(only_event_id uuid)
returns table (
  event_id uuid,
  title text,
  organization_id uuid,
  organization_name text,
  my_role text,
  runs boolean,
  level text,
  read_up_to bigint,
  unread integer,
  mentions integer,
  first_mention_id bigint,
  last_message_id bigint,
  last_message_at timestamptz,
  last_message_author text,
  last_message_excerpt text
)
language sql
stable
security definer
set search_path = ''
as $$
  with me as materialized (
    select p.user_id, p.handle
    from public.profiles p
    where p.user_id = (select auth.uid())
  ), rooms as materialized (
    select e.id, e.title, e.organization_id, p.role, p.joined_at as participant_since, m.joined_at as member_since,
      p.role = 'organizer' or m.role in ('owner', 'organizer') as runs
    from private.my_event_ids() mine (id)
    join public.events e on e.id = mine.id
    cross join me
    left join public.event_participants p on p.event_id = e.id and p.user_id = me.user_id
    left join public.organization_members m on m.organization_id = e.organization_id and m.user_id = me.user_id
    where only_event_id is null or e.id = only_event_id
  )
  select r.id, r.title, r.organization_id, o.name, r.role, coalesce(r.runs, false),
    coalesce(w.level, 'all'), s.read_up_to,
    coalesce(news.unread, 0)::integer, coalesce(news.mentions, 0)::integer, news.first_mention_id,
    last.id, last.created_at, author.display_name, left(last.body, 200)
  from rooms r
  cross join me
  join public.organizations o on o.id = r.organization_id
  left join private.recipient_states s on s.event_id = r.id and s.user_id = me.user_id
  left join public.event_notification_preferences w on w.event_id = r.id and w.user_id = me.user_id
  left join lateral (
    select c.id, c.created_at, c.user_id, c.body
    from public.chat_messages c
    where c.event_id = r.id
      and c.deleted_at is null
    order by c.id desc
    limit 1
  ) last on true
  left join public.profiles author on author.user_id = last.user_id
  left join lateral (
    select count(*) as unread,
      count(*) filter (where addressed) as mentions,
      min(n.id) filter (where addressed) as first_mention_id
    from (
      select c.id,
        -- The regular expression is costly and most messages mention nobody.
        strpos(c.body, '@') > 0 and me.handle = any(private.mentioned_handles(c.body)) as addressed,
        c.user_id, c.deleted_at, c.created_at
      from public.chat_messages c
      where c.event_id = r.id
        and c.id > coalesce(s.read_up_to, 0)
      order by c.id desc
      limit 100
    ) n
    where n.user_id is distinct from me.user_id
      and n.deleted_at is null
      and n.created_at >= least(r.participant_since, r.member_since)
  ) news on true
  order by last.id desc nulls last, r.title, r.id;
$$;
revoke execute on function private.gather_inbox(uuid) from public;
grant execute on function private.gather_inbox(uuid) to authenticated;

create function public.my_inbox(only_event_id uuid default null)
returns table (
  event_id uuid,
  title text,
  organization_id uuid,
  organization_name text,
  my_role text,
  runs boolean,
  level text,
  read_up_to bigint,
  unread integer,
  mentions integer,
  first_mention_id bigint,
  last_message_id bigint,
  last_message_at timestamptz,
  last_message_author text,
  last_message_excerpt text
)
language sql
stable
security invoker
set search_path = ''
as $$
  select * from private.gather_inbox(only_event_id);
$$;
comment on function public.my_inbox(uuid) is
  'The caller''s events, latest message first, each with what is unread: others'' messages since they joined, after their read mark. unread and mentions stop at 100. level: what they want by letter. runs: whether they organize it.';
revoke execute on function public.my_inbox(uuid) from public, anon, authenticated, service_role;
grant execute on function public.my_inbox(uuid) to authenticated;

-- 94_invitations.sql

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

-- 94_operator_views.sql

-- What operators read as it stands, with their own rights: row-level security of the tables decides.

create view public.suppressions
with (security_invoker = true) as
select encode(s.address_hash, 'hex') as id, s.address, s.reason, s.suppressed_at, s.lifted_at
from private.suppressions s;
comment on view public.suppressions is 'For operators: addresses that are not mailed, until lifted_at. address is null after an erasure.';
revoke all on public.suppressions from anon, authenticated, service_role;
grant select on public.suppressions to authenticated, service_role;

create view public.webhook_events
with (security_invoker = true) as
select w.svix_id as id, w.type, w.email_id, w.occurred_at, w.received_at, w.detail, w.result
from private.webhook_events w;
comment on view public.webhook_events is 'For operators: what the provider reported.';
revoke all on public.webhook_events from anon, authenticated, service_role;
grant select on public.webhook_events to authenticated, service_role;

create view public.pauses
with (security_invoker = true) as
select p.scope, nullif(p.id, '00000000-0000-0000-0000-000000000000') as id, p.paused_at, p.paused_by
from private.pauses p;
comment on view public.pauses is 'For operators: what is paused: everything, an organization or an event (id).';
revoke all on public.pauses from anon, authenticated, service_role;
grant select on public.pauses to authenticated, service_role;

create view public.breakers
with (security_invoker = true) as
select b.name, b.state, b.failures, b.open_until, b.reason, b.changed_at
from private.breakers b;
comment on view public.breakers is 'For operators: circuit breakers: closed, open until, half_open.';
revoke all on public.breakers from anon, authenticated, service_role;
grant select on public.breakers to authenticated, service_role;

create view public.breaker_changes
with (security_invoker = true) as
select c.id, c.at, c.name, c.state, c.reason
from private.breaker_changes c;
comment on view public.breaker_changes is 'For operators: what breakers did, and why.';
revoke all on public.breaker_changes from anon, authenticated, service_role;
grant select on public.breaker_changes to authenticated, service_role;

create view public.processors
with (security_invoker = true) as
select p.id, p.kind, p.version, p.started_at, p.beat_at
from private.processors p;
comment on view public.processors is 'For operators: who processes, and their last word.';
revoke all on public.processors from anon, authenticated, service_role;
grant select on public.processors to authenticated, service_role;

create view public.outages
with (security_invoker = true) as
select o.from_at, o.until_at
from private.outages o;
comment on view public.outages is 'For operators: times without a word from any processor.';
revoke all on public.outages from anon, authenticated, service_role;
grant select on public.outages to authenticated, service_role;

create view public.alert_rules
with (security_invoker = true) as
select r.name, r.title, r.unit, r.opens_above, r.closes_below, r.min_samples, r.calm, r.enabled, r.silenced_until
from private.alert_rules r;
comment on view public.alert_rules is 'For operators: when alerts open and close.';
revoke all on public.alert_rules from anon, authenticated, service_role;
grant select on public.alert_rules to authenticated, service_role;

-- 94_organizing.sql

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

-- 94_people_of_events.sql

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

-- 95_api.sql

-- What the browser calls, beyond reading and writing tables under row-level security.

-- Owner's rights: nobody writes recipient states directly. Sets the caller's own mark, in an event they may see.
create function private.set_read_mark(event_id uuid, message_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_came_back boolean := (
    select s.last_seen_at is null or s.last_seen_at < s.last_letter_at
    from private.recipient_states s
    where s.user_id = (select auth.uid())
      and s.event_id = set_read_mark.event_id
  );
begin
  if event_id is null or message_id is null or event_id not in (select private.my_event_ids()) then
    raise exception using
      errcode = 'CN003',
      message = 'You are not in this event, or it does not exist.',
      hint = 'Ask an organizer to add you, or check the event''s id.';
  end if;
  insert into private.recipient_states as s (user_id, event_id, read_up_to, read_snapshot, last_seen_at)
  values ((select auth.uid()), event_id, message_id, pg_current_snapshot(), now())
  on conflict on constraint recipient_states_pkey do update
  set read_up_to = excluded.read_up_to, read_snapshot = excluded.read_snapshot, last_seen_at = excluded.last_seen_at
  where s.read_up_to is null or s.read_up_to <= excluded.read_up_to;
  if v_came_back then
    -- What waited for a visit waits no longer.
    perform private.reschedule_notifications((select auth.uid()), now(), event_id);
  end if;
end
$$;
revoke execute on function private.set_read_mark(uuid, bigint) from public;
grant execute on function private.set_read_mark(uuid, bigint) to authenticated;

create function public.mark_event_read(event_id uuid, message_id bigint)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.set_read_mark(event_id, message_id);
$$;
comment on function public.mark_event_read(uuid, bigint) is
  'The caller has read this event up to this message: letters leave out what is read. A smaller id than before changes nothing.';
revoke execute on function public.mark_event_read(uuid, bigint) from public, anon, authenticated, service_role;
grant execute on function public.mark_event_read(uuid, bigint) to authenticated;

-- 96_realtime.sql

-- Live updates where Supabase's Realtime is: one broadcast per event and statement to the event's private topic, never
-- one per recipient. It says that there is something to read, not what; clients read it under row-level security.

-- The event whose topic this is; null for every other topic, so that policies compare ids instead of casting text.
create function private.event_of_topic(topic text)
returns uuid
language sql
immutable
return case
  when topic ~ '^event:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then substr(topic, 7)::uuid
end;
revoke execute on function private.event_of_topic(text) from public;
grant execute on function private.event_of_topic(text) to authenticated;

-- One broadcast an event: arrays of one length, a message each. Never raises.
create function private.broadcast_messages(kind text, message_ids bigint[], event_ids uuid[])
returns void
language plpgsql
volatile
set search_path = ''
set lock_timeout = '200ms'
as $$
declare
  v_event_id uuid;
  v_message_id bigint;
  v_messages bigint;
begin
  for v_event_id, v_message_id, v_messages in
    select m.event_id, max(m.id), count(*)
    from unnest(message_ids, event_ids) m (id, event_id)
    group by m.event_id
    order by m.event_id
  loop
    perform realtime.send(
      jsonb_build_object('event_id', v_event_id, 'message_id', v_message_id, 'messages', v_messages),
      kind, 'event:' || v_event_id, true);
  end loop;
exception when others then
  -- A message must never fail because nobody could be told live: clients read again when they come back.
  perform private.record_incident('broadcast', sqlstate, sqlerrm, v_event_id);
end
$$;
revoke execute on function private.broadcast_messages(text, bigint[], uuid[]) from public;

-- Triggers are for where somebody hears them: without Realtime they would cost every message some 20 µs for nothing.
create function private.realtime_is_here()
returns boolean
language sql
stable
return to_regprocedure('realtime.send(jsonb, text, text, boolean)') is not null and to_regprocedure('realtime.topic()') is not null;
revoke execute on function private.realtime_is_here() from public;

-- Who may listen: the people of the event. Nobody may send: what is broadcast comes from the database alone.
do $$
begin
  if not private.realtime_is_here() then
    raise notice 'No Realtime here: nothing is broadcast, clients look for themselves.';
    return;
  end if;
  create policy "people listen to their events"
    on realtime.messages for select to authenticated
    using (
      extension = 'broadcast'
      and (select private.event_of_topic(realtime.topic())) in (select private.my_event_ids())
    );
end
$$;

-- 96_schedule.sql

-- The schedule on Supabase: pg_cron calls the edge function through pg_net with address and key from Vault. Without
-- these extensions nothing here does anything, and show_schedule() says so; workers need none of it.

create table private.schedule_state (
  only_row boolean primary key default true,
  last_request_id bigint,
  previous_request_id bigint,
  requested_at timestamptz,
  constraint schedule_state_has_one_row check (only_row)
);
comment on table private.schedule_state is 'The last two calls of the edge function: pg_net knows the answers by these ids, for six hours.';
alter table private.schedule_state enable row level security;
insert into private.schedule_state default values;

create function private.vault_secret(name text)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
  if to_regclass('vault.decrypted_secrets') is null then
    return null;
  end if;
  return (select s.decrypted_secret from vault.decrypted_secrets s where s.name = vault_secret.name);
end
$$;
revoke execute on function private.vault_secret(text) from public;

create function private.keep_vault_secret(name text, value text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_id uuid;
begin
  if to_regclass('vault.secrets') is null then
    return;
  end if;
  select s.id
  into v_id
  from vault.secrets s
  where s.name = keep_vault_secret.name;
  if v_id is null then
    perform vault.create_secret(value, name, 'Chat Notifications'' schedule');
  else
    perform vault.update_secret(v_id, value);
  end if;
end
$$;
revoke execute on function private.keep_vault_secret(text, text) from public;

create function private.cron_knows_seconds()
returns boolean
language sql
stable
set search_path = ''
as $$
  select coalesce(
    (select string_to_array(substring(e.extversion from '^[0-9.]+'), '.')::integer[] >= array[1, 5]
      from pg_catalog.pg_extension e
      where e.extname = 'pg_cron'),
    false);
$$;
comment on function private.cron_knows_seconds() is 'pg_cron runs jobs every so many seconds since 1.5.';
revoke execute on function private.cron_knows_seconds() from public;

-- What cron runs: wakes the edge function. pg_net forgets requests in a crash and never repeats one; the next tick does.
-- Owner's rights: whoever runs the job may make this one call and cannot read the key.
create function private.call_cron_function()
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_url text := private.vault_secret('chat_notifications_url');
  v_key text := private.vault_secret('chat_notifications_key');
  v_id bigint;
begin
  if v_url is null or v_key is null then
    raise exception using
      errcode = 'CN092',
      message = 'The schedule has no address or no key to call the edge function with.',
      hint = 'Call private.schedule_notifications(project_url, secret_key) once with both.';
  end if;
  v_id := net.http_post(
    url := v_url || '/functions/v1/process-notifications-cron',
    body := '{}'::jsonb,
    headers := jsonb_build_object('apikey', v_key, 'Content-Type', 'application/json'),
    -- For the log's sake only: the function goes on when nobody listens. Longer would hold up others' requests.
    timeout_milliseconds := 5000);
  update private.schedule_state
  set previous_request_id = last_request_id, last_request_id = v_id, requested_at = now();
  return v_id;
end
$$;
comment on function private.call_cron_function() is 'Calls process-notifications-cron; returns pg_net''s number of the request.';
revoke execute on function private.call_cron_function() from public;

-- The jobs, as data. Counting, alerts and retention are not among them: each tick ends with a turn of them, as a
-- worker's passes do. Vacuum cannot run in a function, so that it is a command of its own.
create function private.schedule_jobs()
returns table (job text, schedule text, command text)
language sql
stable
set search_path = ''
as $$
  select 'process-chat-notifications',
    case when private.cron_knows_seconds() then '30 seconds' else '* * * * *' end,
    'select private.call_cron_function()'
  union all
  -- Queues are emptied as fast as they fill: little is alive and much is dead.
  select 'chat-notifications-vacuum-queues', '*/10 * * * *',
    'vacuum private.untold_messages, private.bursts, private.dispatches, private.fan_out_failures, private.missed_mentions'
  union all
  select 'chat-notifications-vacuum', '23 3 * * *',
    'vacuum (analyze) public.notifications, public.emails, private.recipient_states'
      || case when to_regclass('public.chat_messages') is not null then ', public.chat_messages' else '' end
  union all
  -- pg_cron keeps every run for ever.
  select 'chat-notifications-cron-history', '43 3 * * *',
    'delete from cron.job_run_details where end_time < now() - interval ''7 days''';
$$;
comment on function private.schedule_jobs() is 'What schedule_notifications() schedules. Times are UTC.';
revoke execute on function private.schedule_jobs() from public;

create function private.require_secret_key(secret_key text)
returns void
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_part text := split_part(secret_key, '.', 2);
begin
  -- A key that every browser has would let anybody start a tick, and is refused there anyway.
  if secret_key ~ '^sb_secret_\S+$'
    or (secret_key ~ '^[\w-]+\.[\w-]+\.[\w-]+$'
      and convert_from(decode(rpad(translate(v_part, '-_', '+/'), ((length(v_part) + 3) / 4) * 4, '='), 'base64'), 'UTF8')
        ~ '"role"\s*:\s*"service_role"')
  then
    return;
  end if;
  raise exception using
    errcode = 'CN091',
    message = 'This is not a secret key.',
    hint = 'Use a key that begins with sb_secret_ (Project settings, API keys), or the service_role key.';
end
$$;
revoke execute on function private.require_secret_key(text) from public;

create function private.schedule_notifications(project_url text default null, secret_key text default null)
returns table (job text, schedule text, problem text)
language plpgsql
volatile
set search_path = ''
as $$
begin
  if project_url is not null then
    if project_url !~ '^https://[^/\s]+/*$' and project_url !~ '^http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?/*$' then
      raise exception using
        errcode = 'CN090',
        message = 'The project''s address must look like https://<project>.supabase.co.',
        hint = 'Use the project URL as it is, over https and without a path.';
    end if;
    perform private.keep_vault_secret('chat_notifications_url', rtrim(project_url, '/'));
  end if;
  if secret_key is not null then
    perform private.require_secret_key(secret_key);
    perform private.keep_vault_secret('chat_notifications_key', secret_key);
  end if;
  if to_regprocedure('cron.schedule(text,text,text)') is not null then
    perform cron.unschedule(c.jobid)
    from cron.job c
    where (c.jobname like 'chat-notifications-%' and c.jobname <> all(array(select j.job from private.schedule_jobs() j)))
      -- Without vault and net the tick could only fail.
      or (c.jobname = 'process-chat-notifications' and private.schedule_problem() is not null);
    perform cron.schedule(j.job, j.schedule, j.command)
    from private.schedule_jobs() j
    where j.job <> 'process-chat-notifications' or private.schedule_problem() is null;
  end if;
  return query
  select s.job, s.schedule, s.problem
  from private.show_schedule() s;
end
$$;
comment on function private.schedule_notifications(text, text) is
  'For the owner: schedules the tick and the upkeep, replacing jobs of the same names; again changes nothing. Address and secret key are kept in Vault; without them those kept before are used. Returns what show_schedule() says.';
revoke execute on function private.schedule_notifications(text, text) from public;

-- What keeps the tick from running at all; null: nothing.
create function private.schedule_problem()
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when to_regprocedure('cron.schedule(text,text,text)') is null
      then 'pg_cron is not there: create extension pg_cron, or run the worker.'
    when to_regclass('net._http_response') is null
      then 'pg_net is not there: create extension pg_net, or run the worker.'
    when to_regclass('vault.decrypted_secrets') is null
      then 'Vault is not there: create extension supabase_vault, or run the worker.'
    when private.vault_secret('chat_notifications_url') is null or private.vault_secret('chat_notifications_key') is null
      then 'Address or key is missing: call private.schedule_notifications(project_url, secret_key).'
  end;
$$;
revoke execute on function private.schedule_problem() from public;

-- What the edge function answered last. A tick that works longer than pg_net listens counts as no answer, not as a fault.
create function private.last_tick_answer()
returns table (status integer, message text)
language plpgsql
stable
set search_path = ''
as $$
begin
  if to_regclass('net._http_response') is null then
    return;
  end if;
  return query
  select r.status_code, left(r.content, 500)
  from private.schedule_state s
  join net._http_response r on r.id in (s.last_request_id, s.previous_request_id)
  where r.status_code is not null
  order by r.id desc
  limit 1;
end
$$;
revoke execute on function private.last_tick_answer() from public;

-- Owner's rights: pg_cron shows jobs to their owner only.
create function private.show_schedule()
returns table (
  job text, schedule text, active boolean, last_run_at timestamptz, last_run_status text, problem text
)
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_problem text := private.schedule_problem();
begin
  if to_regclass('cron.job_run_details') is null then
    return query
    select 'process-chat-notifications', null::text, false, null::timestamptz, null::text, v_problem;
    return;
  end if;
  return query
  select j.job, c.schedule, coalesce(c.active, false), r.start_time, r.status,
    case
      when j.job = 'process-chat-notifications' and v_problem is not null then v_problem
      when c.jobid is null then 'It is not scheduled: call private.schedule_notifications().'
      when c.command <> j.command then 'It runs another command than ours: call private.schedule_notifications().'
      when c.schedule <> j.schedule then 'It runs at other times than ours. If nobody wants that: private.schedule_notifications().'
      when not c.active then 'It is switched off: select cron.alter_job(' || c.jobid || ', active := true).'
      when r.status = 'failed' then 'Its last run failed: ' || r.return_message
      when j.job = 'process-chat-notifications' and a.status <> 200 then 'The edge function answered ' || a.status || ': ' || a.message
    end
  from private.schedule_jobs() j
  left join cron.job c on c.jobname = j.job
  left join lateral (
    select d.start_time, d.status, d.return_message
    from cron.job_run_details d
    where d.jobid = c.jobid
      and d.end_time is not null
    order by d.runid desc
    limit 1
  ) r on true
  left join private.last_tick_answer() a on true
  order by j.job = 'process-chat-notifications' desc, j.job;
end
$$;
comment on function private.show_schedule() is
  'Each job, when it runs, how its last run went, and what is wrong with it (null: nothing). Also for servers without pg_cron.';
revoke execute on function private.show_schedule() from public;
grant execute on function private.show_schedule() to service_role;

create function private.unschedule_notifications()
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  if to_regclass('cron.job') is not null then
    perform cron.unschedule(c.jobid)
    from cron.job c
    where c.jobname in (select j.job from private.schedule_jobs() j);
  end if;
  if to_regclass('vault.secrets') is not null then
    delete from vault.secrets s
    where s.name in ('chat_notifications_url', 'chat_notifications_key');
  end if;
end
$$;
comment on function private.unschedule_notifications() is 'For the owner: takes the jobs, and address and key in Vault, away.';
revoke execute on function private.unschedule_notifications() from public;

-- Owner's rights: operators may see the schedule, not pg_cron's tables.
create function public.operator_schedule()
returns table (job text, schedule text, active boolean, last_run_at timestamptz, last_run_status text, problem text)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  return query
  select s.job, s.schedule, s.active, s.last_run_at, s.last_run_status, s.problem
  from private.show_schedule() s;
end
$$;
comment on function public.operator_schedule() is
  'For operators: each scheduled job, how its last run went, and what is wrong with it (null: nothing).';
revoke execute on function public.operator_schedule() from public, anon, authenticated, service_role;
grant execute on function public.operator_schedule() to authenticated, service_role;

-- 97_search_path.sql

-- An empty search_path is not the whole lock: Postgres looks for types in pg_temp first unless it is named. Whoever may
-- create temporary objects, as the login of edge functions and workers may, could put a domain named uuid there, and
-- its check would run with the owner's rights inside every function that casts to uuid. Named last it hides nothing.
do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid
    from pg_catalog.pg_proc p
    where 'search_path=""' = any(p.proconfig)
      and (
        p.pronamespace = 'private'::regnamespace
        or (p.pronamespace = 'public'::regnamespace and p.prosecdef and p.prosrc like '%private.%')
      )
  loop
    execute format('alter function %s set search_path = pg_catalog, pg_temp', v_function);
  end loop;
end
$$;

-- 98_host_triggers.sql

-- The reference host, part four: where its tables call the engine. An app with its own tables has these in its adapter.

-- Owner's rights: whoever writes a message may not write notifications.
create function public.create_chat_notifications()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.note_messages(array_agg(p.id), array_agg(p.event_id), array_agg(p.user_id), array_agg(p.body))
  from posted p
  where p.deleted_at is null
  having count(*) > 0;
  return null;
end
$$;
comment on function public.create_chat_notifications() is 'Tells the engine of new messages, once a statement: private.note_messages().';
revoke execute on function public.create_chat_notifications() from public, anon, authenticated, service_role;

create trigger on_chat_message_created
  after insert on public.chat_messages
  referencing new table as posted
  for each statement execute function public.create_chat_notifications();

create trigger time_zones_reschedule
  after update of time_zone on public.profiles
  for each row
  when (old.time_zone is distinct from new.time_zone)
  execute function private.reschedule_after_change();

-- Owner's rights: whoever deletes an event need not know of this.
create function private.forget_deleted_events()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.forget_events(array_agg(g.id))
  from gone g;
  return null;
end
$$;
revoke execute on function private.forget_deleted_events() from public;
create trigger deleted_events_are_forgotten
  after delete on public.events
  referencing old table as gone
  for each statement execute function private.forget_deleted_events();

-- Owner's rights: whoever writes a message may not write to Realtime.
create function private.broadcast_chat_messages()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.broadcast_messages(tg_argv[0], array_agg(c.id), array_agg(c.event_id))
  from changed c;
  return null;
end
$$;
revoke execute on function private.broadcast_chat_messages() from public;
do $$
begin
  if private.realtime_is_here() then
    create trigger chat_messages_are_broadcast
      after insert on public.chat_messages
      referencing new table as changed
      for each statement execute function private.broadcast_chat_messages('message_posted');
    create trigger changed_chat_messages_are_broadcast
      after update on public.chat_messages
      referencing new table as changed
      for each statement execute function private.broadcast_chat_messages('message_changed');
  end if;
end
$$;
