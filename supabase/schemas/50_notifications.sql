-- From a burst to recipients: who is owed what.

create table public.notifications (
  id bigint generated always as identity primary key,
  user_id uuid not null,
  event_id uuid not null,
  burst_id bigint,
  message_id bigint,
  lane smallint not null,
  status text not null default 'pending',
  -- Indexes ask this instead of status: a column that is in an index's condition makes each of its changes a change of
  -- every index, the move from processing to sent too.
  is_pending boolean not null generated always as (status = 'pending') stored,
  scheduled_for timestamptz not null,
  email_id uuid,
  reason text,
  waits jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint notifications_status_is_known check (status in ('pending', 'processing', 'sent', 'failed', 'skipped')),
  constraint notifications_lane_is_known check (lane between 0 and 2),
  constraint notifications_tell_a_burst_or_a_message check (num_nonnulls(burst_id, message_id) = 1),
  constraint notifications_in_a_letter_have_its_email check (email_id is not null or status not in ('processing', 'sent')),
  constraint notifications_not_told_have_a_reason check (reason is not null or status not in ('skipped', 'failed'))
)
-- Room on the page for the move from processing to sent, which touches no index: a dispatch moves whole pages at once.
with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
comment on table public.notifications is
  'This recipient is owed news of a burst (burst_id) or of one message that mentions them (message_id). States: docs/lifecycle.md. updated_at changes with the status and with nothing else. waits: each time it was put off, for receipts: cause, at (since when), due (until then it was due at), until. No foreign keys: 7 µs a row each.';
create unique index notifications_one_per_burst_idx on public.notifications (burst_id, user_id) where burst_id is not null;
comment on index public.notifications_one_per_burst_idx is 'Each recipient once a burst; fan-out relies on it.';
create unique index notifications_one_per_mention_idx on public.notifications (message_id, user_id) where message_id is not null;
comment on index public.notifications_one_per_mention_idx is 'Each recipient once a mention; composing asks who was mentioned in a burst''s messages.';
create index notifications_due_idx on public.notifications (lane, scheduled_for, id) where is_pending;
comment on index public.notifications_due_idx is 'get_pending_notifications(): the next due recipients of a lane.';
create index notifications_pending_of_recipient_idx on public.notifications (user_id) where is_pending;
comment on index public.notifications_pending_of_recipient_idx is 'get_pending_notifications(): everything due for the recipients it locked.';
create index notifications_email_idx on public.notifications (email_id) where email_id is not null;
comment on index public.notifications_email_idx is 'Marking: a letter''s notifications.';
create index notifications_held_idx on public.notifications (event_id) where is_pending and scheduled_for = 'infinity';
comment on index public.notifications_held_idx is 'resume_delivery(): what a pause set aside.';

-- Written when a row is put off, never else: what held it, for its receipt. The same cause again only lasts longer.
create function private.add_wait(waits jsonb, cause text, at timestamptz, due timestamptz, until timestamptz)
returns jsonb
language sql
immutable
return case
  when waits -> -1 ->> 'cause' = cause then jsonb_set(waits, '{-1,until}', to_jsonb(until))
  -- Bounded, however long somebody stays in a room or a provider refuses.
  when jsonb_array_length(waits) >= 20 then waits
  else coalesce(waits, '[]') || jsonb_build_object('cause', cause, 'at', at, 'due', due, 'until', until)
end;
revoke execute on function private.add_wait(jsonb, text, timestamptz, timestamptz, timestamptz) from public;

alter table public.notifications enable row level security;
revoke all on public.notifications from anon, authenticated, service_role;
revoke all on sequence public.notifications_id_seq from anon, authenticated, service_role;
grant select on public.notifications to authenticated, service_role;
create policy "recipients read their own notifications, operators all"
  on public.notifications for select to authenticated
  using (user_id = (select auth.uid()) or (select private.is_operator()));

-- Notifies some recipients of a burst: those given, or the next page after one. Returns how many recipients it
-- visited and the last of them. Whoever wants none of it gets no row.
create function private.notify_recipients(
  burst_id bigint, event_id uuid, announcement boolean, ready_at timestamptz, after uuid, page_size integer,
  only_users uuid[] default null, out visited integer, out last_user uuid
)
language plpgsql
volatile
set search_path = ''
-- Planned once a connection, not in every message that opens a burst.
set plan_cache_mode = 'force_generic_plan'
as $$
begin
  with page as materialized (
    select r.user_id
    from private.event_recipients(notify_recipients.event_id, notify_recipients.after, page_size) r
    where only_users is null
    union all
    select u
    from unnest(only_users) u
  ), event as materialized (
    select f.default_delivery, f.default_level, f.slows_down, b.stirred_at
    from private.event_facts(array[notify_recipients.event_id]) f
    left join private.bursts b on b.id = notify_recipients.burst_id
    -- One, which the planner does not know otherwise.
    limit 1
  ), wanted as (
    insert into public.notifications (user_id, event_id, burst_id, lane, scheduled_for)
    select
      page.user_id, notify_recipients.event_id, notify_recipients.burst_id,
      private.lane_of(w.delivery, false),
      -- Nearly everybody's; a function with a query in it is called for each row.
      case when w.delivery = 'immediate' and w.quiet_from is null then greatest(ready_at, hold.until)
        else private.due_for(page.user_id, w, announcement, ready_at, hold.until) end
    from page
    cross join event
    left join private.recipient_states s on s.user_id = page.user_id and s.event_id = notify_recipients.event_id
    left join public.notification_preferences p on p.user_id = page.user_id
    left join public.event_notification_preferences e on e.user_id = page.user_id and e.event_id = notify_recipients.event_id
    cross join lateral private.stated_wishes(p, e, event.default_delivery, event.default_level) w
    cross join lateral (
      select private.hold_until(
        announcement, ready_at, not event.slows_down or s.last_letter_at < event.stirred_at,
        s.last_seen_at, s.last_letter_at, s.back_off_step) as until
    ) hold
    where private.reason_not_to_tell(w, announcement, 'infinity') is null
      -- The first page's were written by the message that opened the burst. `on conflict` takes 5 µs a row more, and its
      -- only use would be two writers of one burst, which its lock keeps apart.
      and not exists (
        select
        from public.notifications n
        where n.burst_id = notify_recipients.burst_id
          and n.user_id = page.user_id
          and n.user_id > coalesce(notify_recipients.after, '00000000-0000-0000-0000-000000000000')
      )
    order by page.user_id
  )
  select count(*)::integer, max(page.user_id::text)::uuid
  into visited, last_user
  from page;
end
$$;
revoke execute on function private.notify_recipients(bigint, uuid, boolean, timestamptz, uuid, integer, uuid[]) from public;
