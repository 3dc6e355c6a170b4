-- What recipients want, and the two functions that decide from it: when something is due, and whether it may be told.

create table public.notification_preferences (
  user_id uuid primary key references auth.users (id) on delete cascade,
  delivery text not null default 'immediate',
  digest_at time not null default '08:00',
  updated_at timestamptz not null default now(),
  constraint notification_preferences_delivery_is_known check (delivery in ('immediate', 'daily', 'off'))
);
comment on table public.notification_preferences is
  'How a person wants letters: immediate (when a burst closes), daily (a digest at digest_at in their time zone) or off. No row: immediate.';

create table public.event_notification_preferences (
  user_id uuid not null references auth.users (id) on delete cascade,
  event_id uuid not null references public.events (id) on delete cascade,
  level text not null default 'all',
  updated_at timestamptz not null default now(),
  primary key (user_id, event_id),
  constraint event_notification_preferences_level_is_known check (level in ('all', 'mentions', 'none'))
);
comment on table public.event_notification_preferences is
  'What a person wants to hear of one event: all, only messages that address them (mentions), or none. No row: all.';
create index event_notification_preferences_event_idx on public.event_notification_preferences (event_id);
comment on index public.event_notification_preferences_event_idx is 'An event''s rows, when it is deleted.';

alter table public.notification_preferences enable row level security;
revoke all on public.notification_preferences from anon, authenticated, service_role;
grant select on public.notification_preferences to authenticated;
grant insert (user_id, delivery, digest_at), update (user_id, delivery, digest_at) on public.notification_preferences to authenticated;
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
grant insert (user_id, event_id, level), update (user_id, event_id, level) on public.event_notification_preferences to authenticated;
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

-- Per recipient and event, for members as for participants.
create table private.recipient_states (
  user_id uuid not null references auth.users (id) on delete cascade,
  event_id uuid not null,
  read_up_to bigint,
  read_snapshot pg_snapshot,
  last_seen_at timestamptz,
  primary key (user_id, event_id),
  constraint recipient_states_read_mark_has_its_snapshot check ((read_up_to is null) = (read_snapshot is null))
);
comment on table private.recipient_states is
  'Read mark and last visit. A message is read when its id is at most read_up_to and it was visible in read_snapshot: one that commits later with a smaller id is unread.';
alter table private.recipient_states enable row level security;

-- SQL-standard bodies: names are bound when the function is created, so no search_path can mislead them and they inline.
create function private.is_read(message_id bigint, posted_in xid8, read_up_to bigint, read_snapshot pg_snapshot)
returns boolean
language sql
immutable
return coalesce(message_id <= read_up_to and pg_visible_in_snapshot(posted_in, read_snapshot), false);
revoke execute on function private.is_read(bigint, xid8, bigint, pg_snapshot) from public;

create function private.next_digest_at(digest_at time, time_zone text, not_before timestamptz)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_zone text := time_zone;
  v_day date;
  v_slot timestamptz;
begin
  begin
    v_day := timezone(v_zone, not_before)::date;
  exception when invalid_parameter_value then
    -- A zone that this server does not know (any more) counts as UTC; it must not hold up a page of recipients.
    v_zone := 'UTC';
    v_day := timezone(v_zone, not_before)::date;
  end;
  v_slot := timezone(v_zone, v_day + digest_at);
  if v_slot < not_before then
    v_slot := timezone(v_zone, v_day + 1 + digest_at);
  end if;
  return v_slot;
end
$$;
comment on function private.next_digest_at(time, text, timestamptz) is
  'The next instant at or after not_before at which clocks in the zone show digest_at: once a local day. In a gap it moves with the clocks; of an hour that comes twice it is the second.';
revoke execute on function private.next_digest_at(time, text, timestamptz) from public;

create function private.due_at(delivery text, digest_at time, time_zone text, ready_at timestamptz)
returns timestamptz
language sql
stable
return case delivery
  when 'daily' then private.next_digest_at(digest_at, time_zone, ready_at)
  else ready_at
end;
comment on function private.due_at(text, time, text, timestamptz) is
  'When: what is ready (a burst that closes, a mention whose grace is over) is due at this time.';
revoke execute on function private.due_at(text, time, text, timestamptz) from public;

create function private.lane_of(delivery text, addressed boolean)
returns smallint
language sql
immutable
return (case when delivery = 'daily' then 2 when addressed then 0 else 1 end)::smallint;
comment on function private.lane_of(text, boolean) is 'Lane 0: mentions, 1: immediate, 2: digests.';
revoke execute on function private.lane_of(text, boolean) from public;

create function private.reason_not_to_tell(delivery text, level text, addressed boolean)
returns text
language sql
immutable
return case
  when delivery = 'off' then 'notifications_off'
  when level = 'none' then 'event_muted'
  when level = 'mentions' and not addressed then 'mentions_only'
end;
comment on function private.reason_not_to_tell(text, text, boolean) is
  'Whether: null, or the code of the reason. addressed: the message mentions the reader, or everyone.';
revoke execute on function private.reason_not_to_tell(text, text, boolean) from public;

create function private.is_mailable(email text)
returns boolean
language sql
immutable
return length(email) <= 254
  and email ~ '^[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]$'
  and email !~ '(^\.|\.\.|\.@)';
comment on function private.is_mailable(text) is 'Whether the provider would take this address; what it would refuse is skipped as address_invalid.';
revoke execute on function private.is_mailable(text) from public;

-- What a recipient wants of an event, defaults filled in. Inlined into the queries that join it laterally.
create function private.wishes_of(user_id uuid, event_id uuid)
returns table (delivery text, digest_at time, level text)
language sql
stable
rows 1
begin atomic
  select coalesce(p.delivery, 'immediate'), coalesce(p.digest_at, time '08:00'), coalesce(e.level, 'all')
  from (select) one
  left join public.notification_preferences p on p.user_id = wishes_of.user_id
  left join public.event_notification_preferences e
    on e.user_id = wishes_of.user_id and e.event_id = wishes_of.event_id;
end;
revoke execute on function private.wishes_of(uuid, uuid) from public;

-- due_at() for a person: looks up the time zone only where one is needed.
create function private.due_for(user_id uuid, delivery text, digest_at time, ready_at timestamptz)
returns timestamptz
language sql
stable
return case
  when delivery = 'daily' then private.due_at(
    delivery, digest_at,
    coalesce((select p.time_zone from private.recipient_people(array[due_for.user_id]) p), 'UTC'),
    ready_at)
  else private.due_at(delivery, digest_at, 'UTC', ready_at)
end;
revoke execute on function private.due_for(uuid, text, time, timestamptz) from public;

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
