-- Claiming due recipients, and what their letters share.

create sequence private.claim_turns;
comment on sequence private.claim_turns is 'Every tenth claim begins with the last lane, so that digests move behind any number of mentions.';

-- Locks up to batch_size recipients who have something due, first lanes first. The lock is on the recipient's id, so
-- that two processors never compose for one person at once. Tries, never waits; pages on when others hold the head.
create function private.lock_due_recipients(batch_size integer, passed_over uuid[], as_of timestamptz)
returns uuid[]
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_lanes smallint[] := case when nextval('private.claim_turns') % 10 = 0 then '{2,1,0}' else '{0,1,2}' end;
  v_lane smallint;
  v_at timestamptz;
  v_id bigint;
  v_page_size integer;
  v_rows integer;
  v_found uuid[];
  v_fresh uuid[];
  v_room integer;
  v_tried uuid[] := passed_over;
  v_locked uuid[] := '{}';
begin
  foreach v_lane in array v_lanes loop
    v_at := '-infinity';
    v_id := 0;
    loop
      v_room := batch_size - cardinality(v_locked);
      if v_room = 0 then
        return v_locked;
      end if;
      v_page_size := greatest(v_room, 200);
      select count(*), max(p.scheduled_for), (array_agg(p.id order by p.scheduled_for desc, p.id desc))[1],
        array_agg(p.user_id order by p.scheduled_for, p.id)
      into v_rows, v_at, v_id, v_found
      from (
        select n.user_id, n.scheduled_for, n.id
        from public.notifications n
        where n.is_pending
          and n.lane = v_lane
          and n.scheduled_for <= as_of
          and (n.scheduled_for, n.id) > (v_at, v_id)
          -- A burst whose window has passed may wait for its settler: not before it knows its messages. An expression,
          -- as of few bursts the planner expects nothing to be left: it read and sorted all that is due (24 ms, not 0.4).
          and coalesce(n.burst_id, 0) <> all(array(
            select b.id
            from private.bursts b
            where b.settled_at is null
              and b.closes_at <= as_of
          ))
        order by n.scheduled_for, n.id
        limit v_page_size
      ) p;
      exit when v_rows = 0;
      select array_agg(f.user_id order by f.first)
      into v_fresh
      from (
        select u.user_id, min(u.position) as first
        from unnest(v_found) with ordinality u (user_id, position)
        -- Hashed, however the planner sees arrays: compared one by one, eight connections claimed 5,400 a second, now 7,500.
        where u.user_id not in (
          select t.user_id
          from unnest(v_tried) t (user_id)
        )
        group by u.user_id
      ) f;
      -- Lock one by one and only as many as there is room for: what is locked is not free for others until we commit.
      for i in 1 .. coalesce(cardinality(v_fresh), 0) loop
        exit when cardinality(v_locked) = batch_size;
        v_tried := v_tried || v_fresh[i];
        if pg_try_advisory_xact_lock(private.recipient_lock(v_fresh[i])) then
          v_locked := v_locked || v_fresh[i];
        end if;
      end loop;
      exit when v_rows < v_page_size;
    end loop;
  end loop;
  return v_locked;
end
$$;
revoke execute on function private.lock_due_recipients(integer, uuid[], timestamptz) from public;

-- Claims everything due for locked recipients. Must be a later statement than the locks: its snapshot then has what the
-- last holder of each lock did. With both in one statement a prototype composed 20,624 letters for 20,000 people.
create function private.claim_notifications(user_ids uuid[], as_of timestamptz)
returns bigint[]
language sql
volatile
set search_path = ''
as $$
  with letters as materialized (
    -- Materialized, or a plan that reads this side again for each row makes a new id for each notification.
    select u.user_id, private.uuid_v7() as email_id
    from unnest(user_ids) u (user_id)
  ), due as materialized (
    select n.id, u.email_id
    from letters u
    join public.notifications n on n.user_id = u.user_id
    where n.is_pending
      and n.scheduled_for <= as_of
      and coalesce(n.burst_id, 0) <> all(array(
        select b.id
        from private.bursts b
        where b.settled_at is null
          and b.closes_at <= as_of
      ))
    -- A row that somebody holds waits for the next letter instead of holding up this one.
    for update of n skip locked
  ), claimed as (
    update public.notifications n
    set status = 'processing', email_id = due.email_id, updated_at = as_of
    from due
    where n.id = due.id
    returning n.id
  )
  select array_agg(c.id)
  from claimed c;
$$;
revoke execute on function private.claim_notifications(uuid[], timestamptz) from public;

create function private.template_version()
returns integer
language sql
immutable
return 4;
comment on function private.template_version() is 'Version of the letters'' templates, frozen into each dispatch.';
revoke execute on function private.template_version() from public;

-- What one dispatch's letters share.
create function private.freeze_facts(event_ids uuid[], message_ids bigint[], token_key_id text default null)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'template_version', private.template_version(),
      'sender', jsonb_build_object(
        'from', s.sender_from, 'reply_to', s.sender_reply_to, 'replies_are_read', s.replies_are_read,
        'postal_address', s.postal_address, 'product_name', s.product_name),
      'token_key_id', freeze_facts.token_key_id,
      'urls', jsonb_build_object('app', s.app_url, 'functions', s.functions_url, 'list_domain', s.list_domain),
      'events', (
        select coalesce(jsonb_object_agg(
          e.event_id, jsonb_build_object('title', e.title, 'organization_name', e.organization_name)), '{}')
        from private.event_facts(event_ids) e
      ),
      'messages', (
        select coalesce(jsonb_object_agg(
          m.message_id, jsonb_build_object(
            'event_id', m.event_id, 'author_name', m.author_name, 'body', m.body,
            'posted_at', m.posted_at, 'edited', m.edited)), '{}')
        from private.message_facts(message_ids) m
      )
    )
    from private.settings s
  );
end
$$;
revoke execute on function private.freeze_facts(uuid[], bigint[], text) from public;

-- Owner's rights: processors may execute this and read nothing.
create function private.next_due_at(as_of timestamptz default now())
returns timestamptz
language sql
stable
security definer
set search_path = ''
as $$
  select least(
    (select min(greatest(b.closes_at, b.settle_retry_at)) from private.bursts b where b.settled_at is null),
    (select min(m.retry_at) from private.missed_mentions m),
    (select min(coalesce(b.fan_out_retry_at, as_of)) from private.bursts b where b.settled_at is not null and b.fanned_out_at is null),
    (select min(f.retry_at) from private.fan_out_failures f),
    (select min(d.next_attempt_at) from private.dispatches d where d.status in ('sending', 'retrying')),
    (select min(u.first_at) + interval '2 seconds' from (select u.posted_at as first_at from private.untold_messages u limit 1) u
      where not exists (select from private.bursts b where b.settled_at is null)),
    (select min(l.scheduled_for)
      from generate_series(0, 2) lanes (lane)
      cross join lateral (
        select n.scheduled_for
        from public.notifications n
        where n.is_pending
          and n.lane = lanes.lane
        order by n.scheduled_for, n.id
        limit 1
      ) l)
  );
$$;
comment on function private.next_due_at(timestamptz) is
  'When a processor that found nothing to do should look again, as far as is known now; null: nothing is waiting.';
revoke execute on function private.next_due_at(timestamptz) from public;
grant execute on function private.next_due_at(timestamptz) to service_role, notifier;
