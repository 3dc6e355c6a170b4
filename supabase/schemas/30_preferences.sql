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
