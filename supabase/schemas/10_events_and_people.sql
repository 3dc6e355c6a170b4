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
