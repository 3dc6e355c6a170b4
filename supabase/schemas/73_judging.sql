-- The truth at this moment about claimed notifications: whose they are, what they may tell, or why not, or until when
-- they wait.

create type private.waiting as (until timestamptz, lane smallint, cause text);
create type private.judgement as (
  id bigint,
  user_id uuid,
  event_id uuid,
  burst_id bigint,
  message_id bigint,
  email_id uuid,
  lane smallint,
  -- Why it is not told; or until when it waits, in which lane, and why.
  reason text,
  wait_until timestamptz,
  wait_lane smallint,
  wait_cause text,
  since timestamptz,
  as_participant boolean,
  read_up_to bigint,
  read_snapshot pg_snapshot,
  -- The step of the event's back-off that a letter would take; null: none.
  next_step smallint,
  address text,
  display_name text,
  locale text,
  time_zone text,
  content_mode text,
  delivery text
);

-- Who may be mailed at all, whatever it is about.
create function private.judge_recipients(user_ids uuid[], as_of timestamptz)
returns table (
  user_id uuid, address text, display_name text, locale text, time_zone text,
  account_problem text, is_suppressed boolean, is_allowed boolean, has_consented boolean, is_at_cap boolean
)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  -- plpgsql, to be planned once a connection.
  return query
  select p.user_id, coalesce(o.redirect_all_to, p.email), p.display_name, p.locale, p.time_zone,
    case when p.account_problem is null and not private.is_mailable(p.email) then 'address_invalid' else p.account_problem end,
    exists (
      select
      from private.suppressions x
      where x.address_hash = sha256(o.address_salt || convert_to(lower(p.email), 'UTF8'))
        and x.lifted_at is null
    ),
    -- Staging lists addresses or whole domains.
    o.allow_list is null or lower(p.email) = any(o.allow_list) or split_part(lower(p.email), '@', 2) = any(o.allow_list),
    exists (
      select
      from public.notification_consents c
      where c.user_id = p.user_id
        and c.withdrawn_at is null
    ),
    cap.letters <= (
      select count(*)
      from (
        select
        from public.emails e
        where e.user_id = p.user_id
          and e.created_at > as_of - interval '24 hours'
        limit cap.letters
      ) recent
    )
  from private.recipient_people(user_ids) p
  cross join private.settings o
  cross join lateral (
    select coalesce(
      (select n.letters_per_day from public.notification_preferences n where n.user_id = p.user_id), o.letters_per_day)
  ) cap (letters);
end
$$;
revoke execute on function private.judge_recipients(uuid[], timestamptz) from public;

create function private.judge_notifications(notification_ids bigint[], as_of timestamptz)
returns setof private.judgement
language plpgsql
stable
set search_path = ''
as $$
begin
  -- plpgsql, to be planned once a connection.
  return query
  with claimed as materialized (
    select n.*
    from public.notifications n
    where n.id = any(notification_ids)
  ), access as materialized (
    select a.*
    from (
      select array_agg(d.event_id) as event_ids, array_agg(d.user_id) as user_ids
      from (select distinct c.event_id, c.user_id from claimed c) d
    ) pairs
    cross join lateral private.event_access(pairs.event_ids, pairs.user_ids) a
  ), people as materialized (
    select p.*
    from private.judge_recipients(array(select distinct c.user_id from claimed c), as_of) p
  ), events as materialized (
    select f.*
    from private.event_facts(array(select distinct c.event_id from claimed c)) f
  ), bursts as materialized (
    select b.id, b.announcement, b.stirred_at
    from private.bursts b
    where b.id = any(array(select distinct c.burst_id from claimed c where c.burst_id is not null))
  ), paused as materialized (
    select p as event_id
    from private.paused_event_ids() p
  ), with_digest as materialized (
    select distinct c.user_id
    from claimed c
    where c.lane = 2
  ), truth as (
    select c.id, c.user_id, c.event_id, c.burst_id, c.message_id, c.email_id, c.lane, c.scheduled_for, c.created_at,
      p.address, p.display_name, p.locale, p.time_zone, p.is_at_cap, w, f.content_mode as event_content_mode,
      a.since, a.as_participant, s.read_up_to, s.read_snapshot, s.last_seen_at, s.last_letter_at, s.back_off_step,
      s.mention_letters_at, f.slows_down,
      coalesce(
        not f.slows_down or s.last_letter_at < coalesce(b.stirred_at, (
          select e.stirred_at
          from private.bursts e
          where c.message_id is not null
            and e.event_id = c.event_id
          order by e.closes_at desc
          limit 1
        )),
        false) as after_silence,
      -- In lane 1 a mention too many has become one message of the burst.
      coalesce(b.announcement, c.lane <> 1) as addressed,
      case
        when p.user_id is null then 'account_gone'
        when p.account_problem in ('account_gone', 'account_banned', 'account_anonymous', 'address_missing', 'address_invalid')
          then p.account_problem
        when p.is_suppressed then 'address_suppressed'
        when not p.is_allowed then 'not_allowed_here'
        when a.since is null then 'left_event'
        when c.burst_id is not null and b.id is null then 'nothing_new'
        when f.consent_required and not p.has_consented then 'no_consent'
        when p.account_problem is not null then p.account_problem
        when (c.lane = 2 or private.is_digest(w.delivery)) and w.delivery <> 'off' and private.refuses_digests(c.user_id)
          then 'digests_refused'
        else private.reason_not_to_tell(w, c.message_id is not null or b.announcement, as_of)
      end as reason
    from claimed c
    left join people p on p.user_id = c.user_id
    left join access a on a.event_id = c.event_id and a.user_id = c.user_id
    left join events f on f.event_id = c.event_id
    left join bursts b on b.id = c.burst_id
    -- One by one: planned while the table was empty, a join would read all of it.
    left join lateral (
      select r.read_up_to, r.read_snapshot, r.last_seen_at, r.last_letter_at, r.back_off_step, r.mention_letters_at
      from private.recipient_states r
      where r.user_id = c.user_id
        and r.event_id = c.event_id
      offset 0
    ) s on true
    left join public.notification_preferences np on np.user_id = c.user_id
    left join public.event_notification_preferences ep on ep.user_id = c.user_id and ep.event_id = c.event_id
    cross join lateral private.stated_wishes(np, ep, f.default_delivery, f.default_level) w
    -- Each fact once a row: what reads them below is inlined, and none is a query any more.
    offset 0
  )
  select t.id, t.user_id, t.event_id, t.burst_id, t.message_id, t.email_id, t.lane,
    -- What waits is judged when it is told.
    case when (wait.ing).until > as_of then null else t.reason end,
    case when (wait.ing).until > as_of then (wait.ing).until end,
    case when (wait.ing).until > as_of then (wait.ing).lane end,
    case when (wait.ing).until > as_of
      then coalesce((wait.ing).cause, private.cause_of_wait(t.w, as_of, (wait.ing).until, hold.until, t.last_seen_at)) end,
    t.since, t.as_participant, t.read_up_to, t.read_snapshot,
    case
      when t.addressed then null
      when t.after_silence or t.last_letter_at is null or t.last_seen_at >= t.last_letter_at then 1
      else least(t.back_off_step + 1, 3)
    end::smallint,
    t.address, t.display_name, t.locale, t.time_zone,
    private.stricter_content_mode(t.event_content_mode, (t.w).content_mode),
    (t.w).delivery
  from truth t
  cross join lateral (
    select private.hold_until(t.addressed, as_of, t.after_silence, t.last_seen_at, t.last_letter_at, t.back_off_step) as until
    offset 0
  ) hold
  cross join lateral (
    select case
      when t.lane < 2 and not private.is_digest((t.w).delivery) and (t.message_id <= t.read_up_to) is not true
        then private.due_at(t.w, t.time_zone, t.addressed, as_of, hold.until)
    end as at
    offset 0
  ) due
  cross join lateral (
    select case
      -- Not now, by the reader's own wishes: whether, and how many letters they had, is asked when it would be told.
      when due.at > as_of and t.scheduled_for >= as_of - interval '24 hours' then row(due.at, t.lane, null)::private.waiting
      when t.reason is not null then null
      -- Held back until somebody resumes: out of the way of others.
      when t.event_id in (select p.event_id from paused p) then row('infinity', t.lane, 'paused')::private.waiting
      -- What exceeds a day's letters goes into a digest; if those come every hour, into the next for which there is room.
      when t.lane = 2 and (t.w).delivery = 'hourly' and t.is_at_cap
        then row(private.next_digest_for(t.w, t.time_zone, as_of + interval '1 millisecond'), 2, 'letters_enough')::private.waiting
      when t.lane = 2 or t.message_id <= t.read_up_to then null
      -- Digests were chosen since, it has been due for a day, or there were letters enough today.
      when private.is_digest((t.w).delivery)
        then row(private.next_digest_for(t.w, t.time_zone, as_of), 2, 'digest')::private.waiting
      when t.scheduled_for < as_of - interval '24 hours'
        then row(private.next_digest_for(t.w, t.time_zone, as_of), 2, 'overdue')::private.waiting
      when t.is_at_cap and t.user_id not in (select d.user_id from with_digest d)
        then row(private.next_digest_for(t.w, t.time_zone, as_of), 2, 'letters_enough')::private.waiting
      -- Mentioned often enough for now: the burst that is open tells it, or it waits until the hour is over.
      when t.lane = 0 and private.is_mentioned_enough(t.mention_letters_at, as_of)
        then row(
          private.due_at(
            t.w, t.time_zone, false,
            coalesce(
              (select greatest(o.closes_at, as_of + interval '1 second') from private.bursts o
                where o.event_id = t.event_id and not o.announcement and o.settled_at is null
                order by o.closes_at
                limit 1),
              -- An event that does not slow down lets nobody wait for the hour.
              case when t.slows_down then t.mention_letters_at[1] + interval '1 hour' else as_of + interval '1 second' end),
            private.hold_until(false, as_of, t.after_silence, t.last_seen_at, t.last_letter_at, t.back_off_step)),
          1, 'mentions_enough')::private.waiting
    end as ing
    -- Evaluated once a row, not once a column.
    offset 0
  ) wait;
end
$$;
revoke execute on function private.judge_notifications(bigint[], timestamptz) from public;
