-- Receipts: what became of a message for one reader and why, from what the engine records and, where that says
-- nothing, from the same two functions that decide.

-- Who was there, and what was written.
create function private.explain_origin(message_id bigint, user_id uuid, event_id uuid, as_of timestamptz)
returns setof private.receipt_step
language sql
stable
set search_path = ''
as $$
  select coalesce(a.since, as_of), 0, case when a.since is null then 'not_in_event' else 'in_event' end,
    case when a.since is null then jsonb_build_object('event_id', explain_origin.event_id)
      else jsonb_build_object('event_id', a.event_id, 'title', f.title, 'since', a.since,
        'as', case when a.as_participant then 'participant' else 'member' end) end
  from (select) one
  left join private.event_access(array[explain_origin.event_id], array[explain_origin.user_id]) a on true
  left join private.event_facts(array[explain_origin.event_id]) f on true
  union all
  select coalesce(m.posted_at, b.posted_at), 1, 'written', jsonb_build_object(
    'written_at', coalesce(m.posted_at, b.posted_at), 'author_name', m.author_name, 'edited', coalesce(m.edited, false))
  from (select) one
  left join private.message_facts(array[explain_origin.message_id]) m on true
  left join private.burst_messages b on b.message_id = explain_origin.message_id
  union all
  select as_of, 0, 'message_gone', '{}'
  where not exists (select from private.live_message_ids(array[explain_origin.message_id]));
$$;
revoke execute on function private.explain_origin(bigint, uuid, uuid, timestamptz) from public;

-- A message of the outbox, and the open burst that will tell it, if it has been opened.
create function private.waiting_to_be_told(message_id bigint, event_id uuid)
returns table (announcement boolean, posted_at timestamptz, burst_id bigint, closes_at timestamptz)
language sql
stable
set search_path = ''
as $$
  select u.announcement, u.posted_at, o.id, o.closes_at
  from private.untold_messages u
  left join lateral (
    select b.id, b.closes_at
    from private.bursts b
    where b.event_id = u.event_id
      and b.announcement = u.announcement
      and b.settled_at is null
    order by b.id
    limit 1
  ) o on true
  where u.event_id = waiting_to_be_told.event_id
    and u.announcement in (false, true)
    and u.message_id = waiting_to_be_told.message_id;
$$;
revoke execute on function private.waiting_to_be_told(bigint, uuid) from public;

-- How it was collected, and why its burst owes this reader nothing, if so.
create function private.explain_batching(message_id bigint, user_id uuid, event_id uuid, notified boolean, as_of timestamptz)
returns setof private.receipt_step
language sql
stable
set search_path = ''
as $$
  with told as materialized (
    select b.id, b.announcement, b.closes_at, b.settled_at, b.message_count, b.fanned_out_at, m.posted_at
    from private.burst_messages m
    join private.bursts b on b.id = m.burst_id
    where m.message_id = explain_batching.message_id
  ), untold as materialized (
    select o.*
    from private.waiting_to_be_told(explain_batching.message_id, explain_batching.event_id) o
  )
  select t.posted_at, 2, case when t.announcement then 'announced' else 'batched' end,
    jsonb_build_object('until', t.closes_at, 'settled', true, 'messages', t.message_count)
  from told t
  union all
  select u.posted_at, 2, case when u.announcement then 'announced' when u.closes_at is null then 'not_batched_yet' else 'batched' end,
    jsonb_build_object('until', u.closes_at, 'settled', false)
  from untold u
  union all
  select coalesce(t.fanned_out_at, as_of), 3, case when why.reason is null then 'being_notified' else 'not_notified' end,
    jsonb_strip_nulls(jsonb_build_object('reason', why.reason))
  from told t
  left join private.event_access(array[explain_batching.event_id], array[explain_batching.user_id]) a on true
  left join private.event_facts(array[explain_batching.event_id]) f on true
  cross join lateral private.wishes_of(
    explain_batching.user_id, explain_batching.event_id, f.default_delivery, f.default_level) w
  cross join lateral (
    select case
      when t.fanned_out_at is null or exists (
        select
        from private.fan_out_failures x
        where x.burst_id = t.id
          and x.user_id = explain_batching.user_id
      ) then null
      when a.since is null then 'left_event'
      when a.since > t.fanned_out_at then 'before_joining'
      -- As the settings are now; if they would let it through, they were others then.
      else coalesce(private.reason_not_to_tell(w, t.announcement, 'infinity'), 'settings_then')
    end as reason
  ) why
  where not notified
  union all
  select as_of, 3, 'not_recorded', '{}'
  where not exists (select from told)
    and not exists (select from untold)
    and not notified;
$$;
revoke execute on function private.explain_batching(bigint, uuid, uuid, boolean, timestamptz) from public;

-- What held a notification between when it was ready and now. The first wait was never written down, as it would cost
-- every row: it shows in when the row was due.
create function private.explain_waits(notice public.notifications, as_of timestamptz)
returns setof private.receipt_step
language sql
stable
set search_path = ''
as $$
  with noticed as materialized (
    select coalesce(b.closes_at, (notice).created_at + make_interval(secs => s.mention_grace_seconds)) as ready_at,
      coalesce(((notice).waits -> 0 ->> 'due')::timestamptz, (notice).scheduled_for) as first_due_at,
      (notice).waits is null and (notice).lane = 2 as in_digest
    from private.settings s
    left join private.bursts b on b.id = (notice).burst_id
  )
  select (notice).created_at, 3, 'mentioned', jsonb_build_object('until', n.ready_at)
  from noticed n
  where (notice).message_id is not null
  union all
  select greatest(n.ready_at, (notice).created_at), 4, 'waited', jsonb_build_object(
    'until', n.first_due_at,
    'cause', case
      when n.in_digest or private.is_digest(w.delivery) then 'digest'
      when exists (
        select
        from public.emails e
        where e.user_id = (notice).user_id
          and e.created_at between n.first_due_at - interval '25 hours' and n.first_due_at
          and e.sent_at = any(array[
            n.first_due_at - interval '1 hour', n.first_due_at - interval '6 hours', n.first_due_at - interval '24 hours'])
      ) then 'back_off'
      when n.first_due_at <= n.ready_at + interval '2 minutes' then 'in_the_room'
      when timezone(private.known_zone(p.time_zone), n.first_due_at)::time = w.quiet_until then 'quiet_hours'
      else 'held'
    end)
  from noticed n
  left join private.event_facts(array[(notice).event_id]) f on true
  left join private.recipient_people(array[(notice).user_id]) p on true
  cross join lateral private.wishes_of((notice).user_id, (notice).event_id, f.default_delivery, f.default_level) w
  where n.first_due_at > n.ready_at
    and isfinite(n.first_due_at)
  union all
  select (x.wait ->> 'at')::timestamptz, 5, 'waited', jsonb_build_object(
    'cause', x.wait ->> 'cause',
    'until', case when x.wait ->> 'until' <> 'infinity' then x.wait -> 'until' else coalesce(x.next -> 'due', to_jsonb((notice).scheduled_for)) end)
  from (
    select w.wait, lead(w.wait) over (order by w.number) as next
    from jsonb_array_elements((notice).waits) with ordinality w (wait, number)
  ) x
  -- What still waits for somebody to resume says so below.
  where x.wait ->> 'until' <> 'infinity'
    or x.next is not null
    or isfinite((notice).scheduled_for);
$$;
revoke execute on function private.explain_waits(public.notifications, timestamptz) from public;

-- Where a message stands in a composed letter: shown, counted, or left out and why.
create function private.place_in_letter(message_id bigint, notice public.notifications, email public.emails)
returns private.receipt_step
language sql
stable
set search_path = ''
as $$
  with part as materialized (
    select (p ->> 'count')::integer as count, p -> 'shown' as shown
    from jsonb_array_elements((email).parts) p
    where (p ->> 'event_id')::uuid = (notice).event_id
  ), eligible as materialized (
    -- What this letter could tell of the event, by what is known now.
    select m.message_id, m.author_id = (notice).user_id as own, x.sender_id is not null as blocked,
      m.posted_at < a.since as before_joining, t.message_id is not null as mentioned, l.message_id is null as deleted
    from public.notifications n
    join private.burst_messages m on m.burst_id = n.burst_id
    left join private.event_access(array[(notice).event_id], array[(notice).user_id]) a on true
    left join public.blocked_senders x on x.user_id = (notice).user_id and x.sender_id = m.author_id
    left join public.notifications t on t.message_id = m.message_id and t.user_id = (notice).user_id and t.status in ('pending', 'processing', 'sent')
    left join private.live_message_ids(array[m.message_id]) l on true
    where n.email_id = (email).id
      and n.event_id = (notice).event_id
  ), verdict as (
    select case
      when (select p.shown ? place_in_letter.message_id::text from part p) then null
      when (notice).message_id is not null or not exists (select from part) then ''
      when e.own then 'own_messages'
      when e.blocked then 'sender_blocked'
      when e.before_joining then 'before_joining'
      when e.mentioned then 'told_by_mention'
      when e.deleted then 'deleted'
      -- Letters count from the newest on; what is not among so many had been read.
      when (select p.count from part p) > (
        select count(*)
        from eligible o
        where o.message_id > place_in_letter.message_id
          and not coalesce(o.own or o.blocked or o.before_joining or o.mentioned, false)
      ) then ''
      else 'read'
    end as reason
    from (select) one
    left join eligible e on e.message_id = place_in_letter.message_id
  )
  select row(
    (email).created_at, 7,
    case when v.reason is null then 'shown' when v.reason = '' then 'counted' else 'left_out' end,
    case when v.reason <> '' then jsonb_build_object('reason', v.reason) else '{}' end)::private.receipt_step
  from verdict v;
$$;
revoke execute on function private.place_in_letter(bigint, public.notifications, public.emails) from public;

-- From composing to the mailbox.
create function private.explain_letter(message_id bigint, notice public.notifications, as_of timestamptz)
returns setof private.receipt_step
language plpgsql
stable
set search_path = ''
as $$
declare
  v_email public.emails;
  v_dispatch private.dispatches;
begin
  select * into v_email from public.emails e where e.id = (notice).email_id;
  if not found then
    return query select (notice).updated_at, 6, 'letter_gone', jsonb_build_object('status', (notice).status);
    return;
  end if;
  select * into v_dispatch from private.dispatches d where d.id = v_email.dispatch_id;
  return query
  select v_email.created_at, 6, 'composed', jsonb_build_object(
    'email_id', v_email.id, 'kind', v_email.kind, 'digest', v_email.digest, 'events', jsonb_array_length(v_email.parts))
  union all
  select p.*
  from private.place_in_letter(explain_letter.message_id, notice, v_email) p
  union all
  select coalesce(v_email.sent_at, case when v_email.status in ('failed', 'discarded') then v_email.updated_at else as_of end), 8,
    case
      when v_email.sent_at is not null then case when v_dispatch.unconfirmed_at is null then 'sent' else 'sent_unconfirmed' end
      else v_email.status
    end,
    jsonb_strip_nulls(jsonb_build_object(
      'attempts', v_dispatch.attempt,
      'until', case when v_email.status = 'retrying' then v_dispatch.next_attempt_at end,
      'reason', case when v_email.sent_at is null then v_email.reason end))
  union all
  select w.occurred_at, 9,
    case w.type
      when 'email.delivery_delayed' then 'delayed'
      when 'email.failed' then 'given_up'
      else substr(w.type, 7)
    end,
    jsonb_strip_nulls(jsonb_build_object('detail', w.detail))
  from private.webhook_events w
  where w.email_id = v_email.id
    and w.type in (
      'email.delivered', 'email.delivery_delayed', 'email.bounced', 'email.complained', 'email.failed', 'email.suppressed')
    and w.result in ('applied', 'outdated');
end
$$;
revoke execute on function private.explain_letter(bigint, public.notifications, timestamptz) from public;
