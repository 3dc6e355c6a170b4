-- The host adapter of an app with rooms, room_members, people and posts, all with bigint keys.
-- A room is an event under a uuid that is made from its number and leads back to it. A person is a recipient under the
-- id of their account: whoever has none cannot be written to. Posts have bigint ids already.

create function private.event_of_room(room_id bigint)
returns uuid
language sql
immutable
return format('726f6f6d-%s-8000-8000-%s', substr(lpad(to_hex(room_id), 16, '0'), 1, 4), substr(lpad(to_hex(room_id), 16, '0'), 5))::uuid;
comment on function private.event_of_room(bigint) is 'A version 8 uuid: "room" in ASCII, then the number''s 16 hexadecimal digits around version and variant.';
revoke execute on function private.event_of_room(bigint) from public;

create function private.room_of_event(event_id uuid)
returns bigint
language sql
immutable
return case
  when event_id::text like '726f6f6d-____-8000-8000-%'
  then ('x' || substr(event_id::text, 10, 4) || substr(event_id::text, 25, 12))::bit(64)::bigint
end;
comment on function private.room_of_event(uuid) is 'Its inverse; null for every other uuid.';
revoke execute on function private.room_of_event(uuid) from public;

create function private.event_recipients(event_id uuid, after uuid, page_size integer)
returns table (user_id uuid)
language sql
stable
set search_path = ''
as $$
  select p.account
  from public.room_members m
  join public.people p on p.id = m.person_id
  where m.room_id = private.room_of_event(event_recipients.event_id)
    and p.account > coalesce(after, '00000000-0000-0000-0000-000000000000')
  order by p.account
  limit page_size;
$$;
revoke execute on function private.event_recipients(uuid, uuid, integer) from public;

create function private.event_access(event_ids uuid[], user_ids uuid[])
returns table (event_id uuid, user_id uuid, since timestamptz, as_participant boolean)
language sql
stable
set search_path = ''
as $$
  select asked.event_id, asked.user_id, m.since, true
  from unnest(event_access.event_ids, event_access.user_ids) asked (event_id, user_id)
  join public.people p on p.account = asked.user_id
  join public.room_members m on m.room_id = private.room_of_event(asked.event_id) and m.person_id = p.id;
$$;
revoke execute on function private.event_access(uuid[], uuid[]) from public;

create function private.recipient_people(user_ids uuid[])
returns table (user_id uuid, email text, display_name text, locale text, time_zone text, account_problem text)
language sql
stable
set search_path = ''
as $$
  select u.id, u.email::text, coalesce(p.full_name, p.nick), coalesce(p.language, 'en'), coalesce(p.zone, 'UTC'),
    case
      when u.banned_until > now() then 'account_banned'
      when u.email is null or u.email = '' then 'address_missing'
      when u.email_confirmed_at is null then 'address_unverified'
    end
  from auth.users u
  join public.people p on p.account = u.id
  where u.id = any(recipient_people.user_ids);
$$;
revoke execute on function private.recipient_people(uuid[]) from public;

create function private.people_by_address(address text)
returns table (user_id uuid)
language sql
stable
set search_path = ''
as $$
  select u.id from auth.users u where u.email = lower(address);
$$;
revoke execute on function private.people_by_address(text) from public;

create function private.recipients_by_handle(event_id uuid, handles text[])
returns table (user_id uuid)
language sql
stable
set search_path = ''
as $$
  select p.account
  from public.people p
  join public.room_members m on m.person_id = p.id
  where lower(p.nick) = any(handles)
    and m.room_id = private.room_of_event(recipients_by_handle.event_id)
    and p.account is not null;
$$;
revoke execute on function private.recipients_by_handle(uuid, text[]) from public;

create function private.may_announce(event_id uuid, user_id uuid)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select
    from public.room_members m
    join public.people p on p.id = m.person_id
    where m.room_id = private.room_of_event(may_announce.event_id)
      and p.account = may_announce.user_id
      and m.is_host
  );
$$;
revoke execute on function private.may_announce(uuid, uuid) from public;

-- This app has no organizations: each room is its own.
create function private.organization_event_ids(organization_id uuid)
returns table (event_id uuid)
language sql
stable
set search_path = ''
as $$
  select organization_event_ids.organization_id;
$$;
revoke execute on function private.organization_event_ids(uuid) from public;

create function private.event_facts(event_ids uuid[])
returns table (
  event_id uuid, title text, organization_id uuid, organization_name text, batch_window_seconds integer,
  default_delivery text, default_level text, content_mode text, consent_required boolean,
  slows_down boolean
)
language sql
stable
set search_path = ''
as $$
  select asked.event_id, r.title, asked.event_id, 'Rooms', null::integer, 'immediate', 'all', 'full', false, false
  from unnest(event_facts.event_ids) asked (event_id)
  join public.rooms r on r.id = private.room_of_event(asked.event_id);
$$;
revoke execute on function private.event_facts(uuid[]) from public;

create function private.live_message_ids(message_ids bigint[])
returns table (message_id bigint)
language sql
stable
set search_path = ''
as $$
  select p.id from public.posts p where p.id = any(live_message_ids.message_ids) and not p.removed;
$$;
revoke execute on function private.live_message_ids(bigint[]) from public;

create function private.message_facts(message_ids bigint[])
returns table (message_id bigint, event_id uuid, author_name text, body text, posted_at timestamptz, edited boolean)
language sql
stable
set search_path = ''
as $$
  select p.id, private.event_of_room(p.room_id), coalesce(a.full_name, a.nick), p.content, p.posted_at, p.edited_at is not null
  from public.posts p
  left join public.people a on a.id = p.person_id
  where p.id = any(message_facts.message_ids);
$$;
revoke execute on function private.message_facts(bigint[]) from public;

create function private.last_written(event_ids uuid[], user_ids uuid[], since timestamptz)
returns table (event_id uuid, user_id uuid, written_at timestamptz)
language sql
stable
set search_path = ''
as $$
  select asked.event_id, asked.user_id, max(p.posted_at)
  from unnest(last_written.event_ids, last_written.user_ids) asked (event_id, user_id)
  join public.people a on a.account = asked.user_id
  join public.posts p on p.room_id = private.room_of_event(asked.event_id) and p.person_id = a.id and p.posted_at > since
  group by asked.event_id, asked.user_id;
$$;
revoke execute on function private.last_written(uuid[], uuid[], timestamptz) from public;

create function private.erase_messages_of(user_id uuid, as_of timestamptz)
returns bigint[]
language sql
volatile
set search_path = ''
as $$
  with erased as (
    update public.posts p
    set content = '', removed = true, edited_at = as_of, person_id = null
    from public.people a
    where a.account = erase_messages_of.user_id
      and p.person_id = a.id
    returning p.id
  )
  select coalesce(array_agg(e.id), '{}') from erased e;
$$;
revoke execute on function private.erase_messages_of(uuid, timestamptz) from public;

-- Owner's rights: policies ask it about rows their own policies would hide. Answers only for the caller.
create function private.my_event_ids()
returns setof uuid
language sql
stable
security definer
rows 50
set search_path = ''
as $$
  select private.event_of_room(m.room_id)
  from public.room_members m
  join public.people p on p.id = m.person_id
  where p.account = (select auth.uid());
$$;
revoke execute on function private.my_event_ids() from public;
grant execute on function private.my_event_ids() to authenticated;

-- Owner's rights for the same reason.
create function private.shares_a_room(other_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
    from public.people them
    join public.room_members theirs on theirs.person_id = them.id
    join public.room_members mine on mine.room_id = theirs.room_id
    join public.people me on me.id = mine.person_id
    where them.account = other_id
      and me.account = (select auth.uid())
  );
$$;
revoke execute on function private.shares_a_room(uuid) from public;
grant execute on function private.shares_a_room(uuid) to authenticated;

-- Triggers, after the engine:

-- Owner's rights: whoever posts may not write notifications.
create function private.note_posts()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.note_messages(array_agg(n.id), array_agg(private.event_of_room(n.room_id)), array_agg(p.account), array_agg(n.content))
  from posted n
  left join public.people p on p.id = n.person_id
  where not n.removed
  having count(*) > 0;
  return null;
end
$$;
revoke execute on function private.note_posts() from public;
create trigger posts_are_told
  after insert on public.posts
  referencing new table as posted
  for each statement execute function private.note_posts();

-- Owner's rights: whoever deletes a room need not know of this.
create function private.forget_deleted_rooms()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.forget_events(array_agg(private.event_of_room(g.id)))
  from gone g;
  return null;
end
$$;
revoke execute on function private.forget_deleted_rooms() from public;
create trigger deleted_rooms_are_forgotten
  after delete on public.rooms
  referencing old table as gone
  for each statement execute function private.forget_deleted_rooms();

-- Owner's rights: people change their time zone, not their notifications.
create function private.follow_zone()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.account is not null then
    perform private.reschedule_notifications(new.account);
  end if;
  return null;
end
$$;
revoke execute on function private.follow_zone() from public;
create trigger zones_reschedule
  after update of zone on public.people
  for each row
  when (old.zone is distinct from new.zone)
  execute function private.follow_zone();
