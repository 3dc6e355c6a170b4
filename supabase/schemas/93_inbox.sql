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
