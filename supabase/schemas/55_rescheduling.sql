-- A changed wish moves what is already waiting: who turns to immediate gets it now, who turns to digests in the next one.

create function private.reschedule_notifications(
  user_id uuid, as_of timestamptz default now(), visited_event_id uuid default null
)
returns integer
language plpgsql
volatile
set search_path = ''
set lock_timeout = '20ms'
as $$
declare
  v_moved integer;
begin
  with waiting as (
    select n.id, n.event_id, n.message_id, n.burst_id, n.message_id is not null or b.announcement as addressed, b.stirred_at,
      -- What was too late for a letter stays with the digests; whether there have been letters enough is judged anew.
      n.lane = 2 and coalesce(n.waits -> -1 ->> 'cause' = 'overdue', false) as overdue,
      -- What nobody processed for a day is a digest's, too, once a processor finds it: a visit does not make it fresh.
      n.lane < 2 and n.scheduled_for < as_of - interval '24 hours' as late,
      coalesce(b.closes_at, n.created_at + make_interval(secs => s.mention_grace_seconds)) as ready_at
    from public.notifications n
    cross join private.settings s
    left join private.bursts b on b.id = n.burst_id
    where n.user_id = reschedule_notifications.user_id
      and n.is_pending
      -- A visit ends what waited for it; what is for a digest stays there.
      and (visited_event_id is null or (n.event_id = visited_event_id and n.lane < 2))
    order by n.id
    -- What a processor holds right now it judges by the new wish itself.
    for update of n skip locked
  )
  update public.notifications n
  set lane = case when waiting.overdue then 2 else private.lane_of(w.delivery, waiting.message_id is not null) end,
    -- What is due already keeps its place in the lane.
    scheduled_for = case
      when due.at <= as_of or (waiting.late and not private.is_digest(w.delivery)) then least(n.scheduled_for, as_of)
      else due.at
    end,
    waits = case when waiting.overdue
      then private.add_wait(n.waits, 'overdue', as_of, n.scheduled_for, due.at) else n.waits end
  from waiting
  left join private.recipient_states s
    on s.user_id = reschedule_notifications.user_id and s.event_id = waiting.event_id
  left join lateral private.event_facts(array[waiting.event_id]) f on true
  cross join lateral private.wishes_of(
    reschedule_notifications.user_id, waiting.event_id, f.default_delivery, f.default_level) w
  cross join lateral (
    select case
      when waiting.overdue then private.next_digest_for(
        w,
        coalesce((select p.time_zone from private.recipient_people(array[reschedule_notifications.user_id]) p), 'UTC'),
        greatest(waiting.ready_at, as_of))
      else private.due_for(
        reschedule_notifications.user_id, w, waiting.addressed, greatest(waiting.ready_at, as_of),
        private.hold_until(
          waiting.addressed, greatest(waiting.ready_at, as_of), not f.slows_down or s.last_letter_at < waiting.stirred_at,
          s.last_seen_at, s.last_letter_at, s.back_off_step))
    end as at
  ) due
  where n.id = waiting.id;
  get diagnostics v_moved = row_count;
  perform private.wake_processors(as_of);
  return v_moved;
end
$$;
comment on function private.reschedule_notifications(uuid, timestamptz, uuid) is
  'Recomputes when a person''s pending notifications are due: their preferences or time zone changed, or they came by (visited_event_id: only what waited for that). The host calls it when their time zone changes.';
revoke execute on function private.reschedule_notifications(uuid, timestamptz, uuid) from public;

-- Owner's rights: people change preferences, not notifications.
create function private.reschedule_after_change()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.reschedule_notifications(new.user_id);
  return null;
exception when others then
  -- The change counts all the same: composing asks the preferences again.
  perform private.record_incident('reschedule', sqlstate, sqlerrm, user_id => new.user_id);
  return null;
end
$$;
revoke execute on function private.reschedule_after_change() from public;

create trigger preferences_reschedule
  after insert or update of delivery, digest_at, weekly_on, quiet_from, quiet_until, quiet_except_mentions on public.notification_preferences
  for each row execute function private.reschedule_after_change();
