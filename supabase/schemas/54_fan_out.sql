-- From a settled burst to all its recipients, page by page.

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
