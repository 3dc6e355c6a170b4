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
  'A run of messages in one event within the batch window. Open until settled_at, then fanned out until fanned_out_at; fan_out_after is the last recipient visited.';
-- Not unique: an opener that sits idle in its transaction would make every other opener wait for it. Two open bursts
-- of one event are rare and settle as one.
create index bursts_open_idx on private.bursts (event_id, announcement) where settled_at is null;
comment on index private.bursts_open_idx is 'create_chat_notifications(): has this event an open burst?';
create index bursts_closing_idx on private.bursts (closes_at, id) where settled_at is null;
comment on index private.bursts_closing_idx is 'settle_bursts(): whose window has passed?';
create index bursts_fanning_out_idx on private.bursts (id) where settled_at is not null and fanned_out_at is null;
comment on index private.bursts_fanning_out_idx is 'continue_fan_out(): which still have recipients to visit?';
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
set search_path = ''
as $$
  select make_interval(secs => coalesce(
    (select f.batch_window_seconds from private.event_facts(array[batch_window.event_id]) f),
    (select s.batch_window_seconds from private.settings s)
  ));
$$;
comment on function private.batch_window(uuid) is 'The event''s window, else its organization''s, else the deployment''s.';
revoke execute on function private.batch_window(uuid) from public;

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
  v_closes_at timestamptz := clock_timestamp()
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
  insert into private.bursts (event_id, announcement, closes_at)
  values (event_id, announcement, v_closes_at)
  returning id into v_burst_id;
  perform private.notify_recipients(v_burst_id, event_id, announcement, v_closes_at, null, 200);
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
  v_event_id uuid;
  v_announcement boolean;
begin
  lock table private.bursts in access share mode nowait;
  for v_event_id, v_announcement in
    select distinct asked.event_id, asked.announcement
    from unnest(event_ids, announcements) asked (event_id, announcement)
    where not exists (
      select
      from private.bursts b
      where b.event_id = asked.event_id
        and b.announcement = asked.announcement
        and b.settled_at is null
    )
    -- An import of many rooms in one statement opens a few; settling opens the others.
    limit 10
  loop
    perform private.open_burst(v_event_id, v_announcement);
  end loop;
end
$$;
revoke execute on function private.notice_messages(uuid[], boolean[]) from public;

create function private.growing_pause(attempts integer)
returns interval
language sql
immutable
return least(interval '1 hour', interval '30 seconds' * 2 ^ least(attempts - 1, 10));
comment on function private.growing_pause(integer) is '30 s, doubling with each failed attempt to at most an hour.';
revoke execute on function private.growing_pause(integer) from public;

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
        insert into private.bursts (event_id, announcement, opened_at, closes_at)
        values (
          v_missing.event_id, v_missing.announcement, as_of,
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
