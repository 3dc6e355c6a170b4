-- From a burst to recipients: notifications, the trigger on the chat, and fan-out.

create table public.notifications (
  id bigint generated always as identity primary key,
  user_id uuid not null,
  event_id uuid not null,
  burst_id bigint,
  message_id bigint,
  lane smallint not null,
  status text not null default 'pending',
  scheduled_for timestamptz not null,
  email_id uuid,
  reason text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint notifications_status_is_known check (status in ('pending', 'processing', 'sent', 'failed', 'skipped')),
  constraint notifications_lane_is_known check (lane between 0 and 2),
  constraint notifications_tell_a_burst_or_a_message check (num_nonnulls(burst_id, message_id) = 1),
  constraint notifications_in_a_letter_have_its_email check (email_id is not null or status not in ('processing', 'sent')),
  constraint notifications_not_told_have_a_reason check (reason is not null or status not in ('skipped', 'failed'))
)
-- Room on the page for the move from processing to sent, which touches no index.
with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
comment on table public.notifications is
  'This recipient is owed news of a burst (burst_id) or of one message that mentions them (message_id). States: docs/lifecycle.md. updated_at changes with the status and with nothing else. No foreign keys: 7 µs a row each.';
create unique index notifications_one_per_burst_idx on public.notifications (burst_id, user_id) where burst_id is not null;
comment on index public.notifications_one_per_burst_idx is 'Each recipient once a burst; fan-out relies on it.';
create unique index notifications_one_per_mention_idx on public.notifications (message_id, user_id) where message_id is not null;
comment on index public.notifications_one_per_mention_idx is 'Each recipient once a mention; composing asks who was mentioned in a burst''s messages.';
create index notifications_due_idx on public.notifications (lane, scheduled_for, id) where status = 'pending';
comment on index public.notifications_due_idx is 'get_pending_notifications(): the next due recipients of a lane.';
create index notifications_pending_of_recipient_idx on public.notifications (user_id) where status = 'pending';
comment on index public.notifications_pending_of_recipient_idx is 'get_pending_notifications(): everything due for the recipients it locked.';
create index notifications_email_idx on public.notifications (email_id) where email_id is not null;
comment on index public.notifications_email_idx is 'Marking: a letter''s notifications.';
create index notifications_held_idx on public.notifications (event_id) where status = 'pending' and scheduled_for = 'infinity';
comment on index public.notifications_held_idx is 'resume_delivery(): what a pause set aside.';

alter table public.notifications enable row level security;
revoke all on public.notifications from anon, authenticated, service_role;
grant select on public.notifications to authenticated, service_role;
create policy "recipients read their own notifications, operators all"
  on public.notifications for select to authenticated
  using (user_id = (select auth.uid()) or (select private.is_operator()));

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

-- Notifies some recipients of a burst: those given, or the next page after one. Returns how many recipients it
-- visited and the last of them. Whoever wants none of it gets no row.
create function private.notify_recipients(
  burst_id bigint, event_id uuid, announcement boolean, ready_at timestamptz, after uuid, page_size integer,
  only_users uuid[] default null, out visited integer, out last_user uuid
)
language sql
volatile
set search_path = ''
as $$
  with page as materialized (
    select r.user_id
    from private.event_recipients(notify_recipients.event_id, after, page_size) r
    where only_users is null
    union all
    select u
    from unnest(only_users) u
  ), wanted as (
    insert into public.notifications (user_id, event_id, burst_id, lane, scheduled_for)
    select
      page.user_id, notify_recipients.event_id, notify_recipients.burst_id,
      private.lane_of(w.delivery, false),
      private.due_for(page.user_id, w.delivery, w.digest_at, ready_at)
    from page
    cross join lateral private.wishes_of(page.user_id, notify_recipients.event_id) w
    where private.reason_not_to_tell(w.delivery, w.level, announcement) is null
    order by page.user_id
    on conflict do nothing
  )
  select count(*)::integer, max(page.user_id::text)::uuid
  from page;
$$;
revoke execute on function private.notify_recipients(bigint, uuid, boolean, timestamptz, uuid, integer, uuid[]) from public;

create function private.mentioned_handles(body text)
returns text[]
language sql
immutable
return (
  select array_agg(distinct lower(m[1]))
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
      private.due_for(r.user_id, w.delivery, w.digest_at, v_ready_at)
    from unnest(message_ids, event_ids, author_ids, bodies) m (message_id, event_id, author_id, body)
    cross join lateral (
      select h.user_id
      from private.recipients_by_handle(m.event_id, private.mentioned_handles(m.body)) h
      where h.user_id is distinct from m.author_id
      order by h.user_id
      limit 50
    ) r
    cross join lateral private.wishes_of(r.user_id, m.event_id) w
    where private.reason_not_to_tell(w.delivery, w.level, true) is null
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

-- Runs with the owner's rights: whoever writes a message may not write notifications.
create function public.create_chat_notifications()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_ids bigint[];
  v_events uuid[];
  v_authors uuid[];
  v_bodies text[];
  v_announcements boolean[];
begin
  -- Part of the message, same fate: outside of any exception block.
  with untold as (
    insert into private.untold_messages (event_id, announcement, message_id, author_id)
    select p.event_id,
      case when position('@everyone' in p.body) > 0
        then 'everyone' = any(private.mentioned_handles(p.body)) and private.may_announce(p.event_id, p.user_id)
        else false
      end,
      p.id, p.user_id
    from posted p
    where p.deleted_at is null
    returning event_id, announcement
  )
  select array_agg(u.event_id), array_agg(u.announcement)
  into v_events, v_announcements
  from untold u;

  -- A transaction with an older snapshot cannot see whether a burst is open; the next settling opens one.
  if current_setting('transaction_isolation') = 'read committed' then
    begin
      perform private.notice_messages(v_events, v_announcements);
    exception when others then
      perform private.record_incident('open', sqlstate, sqlerrm, v_events[1]);
    end;
  end if;

  select array_agg(p.id), array_agg(p.event_id), array_agg(p.user_id), array_agg(p.body)
  into v_ids, v_events, v_authors, v_bodies
  from posted p
  where position('@' in p.body) > 0
    and p.deleted_at is null;
  if v_ids is not null then
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
  return null;
end
$$;
comment on function public.create_chat_notifications() is
  'Notes new messages: an outbox row each, a burst where the event has none, notifications for whom they mention. Costs the same at 10 and at 100,000 recipients.';
revoke execute on function public.create_chat_notifications() from public, anon, authenticated, service_role;

create trigger on_chat_message_created
  after insert on public.chat_messages
  referencing new table as posted
  for each statement execute function public.create_chat_notifications();

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
