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
