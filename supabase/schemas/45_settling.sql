-- From the outbox into bursts: settling, and opening what nobody opened.

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
        insert into private.bursts (event_id, announcement, opened_at, stirred_at, closes_at)
        values (
          v_missing.event_id, v_missing.announcement, as_of, private.stirred_at(v_missing.event_id, v_missing.posted_at),
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
