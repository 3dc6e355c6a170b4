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
