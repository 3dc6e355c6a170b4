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
