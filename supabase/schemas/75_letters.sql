-- Letters made of news: one each recipient, up to 100 in a dispatch, whose facts they share.

create function private.digest_weight(mentions integer, writes_there boolean, messages bigint)
returns double precision
language sql
immutable
return 100 * least(coalesce(mentions, 0), 5) + case when writes_there then 40 else 0 end + 10 * log(2.0, 1 + messages);
comment on function private.digest_weight(integer, boolean, bigint) is
  'What comes first in a digest: mentions (100 each, five at most), events the reader wrote in during the last 30 days (40), then volume (10 for each doubling); of equals the newest.';
revoke execute on function private.digest_weight(integer, boolean, bigint) from public;

-- What claimed notifications tell becomes letters; what has nothing to tell is skipped, what must wait is put off.
create function private.write_letters(notification_ids bigint[], as_of timestamptz, token_key_id text)
returns uuid[]
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_dispatch_ids uuid[];
begin
  -- One statement: of news in an array the planner expects ten, and compares all with all (190 of 290 ms for 500 people).
  with news as materialized (
    select n.*
    from private.gather_news(notification_ids, as_of) n
  ), told as materialized (
    select n.*
    from news n
    where n.count > 0
  ), readers as materialized (
    select distinct on (t.user_id) t.user_id, t.email_id, t.address, t.display_name, t.locale, t.time_zone,
      bool_and(t.lane = 2) over (partition by t.user_id) as digest,
      case when private.is_digest(t.delivery) then t.delivery else 'daily' end as rhythm
    from told t
  ), by_event as materialized (
    select t.user_id, t.event_id,
      sum(t.count) as count,
      bool_or(t.as_participant) as as_participant,
      min(t.next_step) as next_step,
      min(t.content_mode) as content_mode,
      coalesce(array_agg(t.mention order by t.mention) filter (where t.mention is not null), '{}') as mentions,
      case when count(*) = 1 then min(t.newest) end as newest,
      case when count(*) > 1 then string_agg(array_to_string(t.newest, ','), ',') end as mixed
    from told t
    group by t.user_id, t.event_id
  ), newest_first as (
    select e.user_id, e.event_id, e.count, e.as_participant, e.next_step, e.content_mode, e.mentions,
      coalesce(e.newest, array(select m.id from unnest(string_to_array(e.mixed, ',')::bigint[]) m (id) order by m.id desc limit 10)) as newest
    from by_event e
    offset 0
  ), ranked as materialized (
    select e.*, p.digest,
      row_number() over (
        partition by e.user_id
        order by case when p.digest then private.digest_weight(cardinality(e.mentions), w.written_at is not null, e.count) end desc nulls last,
          e.newest[1] desc
      ) as rank
    from newest_first e
    join readers p on p.user_id = e.user_id
    left join (
      select a.*
      from (
        select array_agg(d.event_id) as event_ids, array_agg(d.user_id) as user_ids
        from by_event d
        join readers r on r.user_id = d.user_id and r.digest
      ) digests
      cross join lateral private.last_written(digests.event_ids, digests.user_ids, as_of - interval '30 days') a
    ) w on w.event_id = e.event_id and w.user_id = e.user_id
  ), places as materialized (
    -- Readers of one event share a dispatch and so its facts.
    select f.user_id, row_number() over (order by f.first_event, f.user_id) - 1 as position
    from (
      select r.user_id, (array_agg(r.event_id order by r.rank))[1] as first_event
      from ranked r
      group by r.user_id
    ) f
  ), shown as materialized (
    -- A digest gives an overview: ten events with five messages each; other letters twenty with ten.
    select r.user_id, r.event_id, r.count, r.as_participant, r.mentions, r.rank, r.next_step, r.content_mode,
      l.position / 100 as number,
      r.rank <= case when r.digest then 10 else 20 end as fits,
      r.newest[: case when r.digest then 5 else 10 end] as newest
    from ranked r
    join places l on l.user_id = r.user_id
  ), parts as materialized (
    -- Written once for all who are told the same: 16 µs each.
    select d.*,
      jsonb_build_object(
        'event_id', d.event_id,
        'count', d.count,
        'shown', to_jsonb(array(select m.id::text from unnest(d.newest) m (id) order by m.id)),
        'mentions', to_jsonb(array(select m.id::text from unnest(d.mentions) m (id) where m.id = any(d.newest) order by m.id)),
        'reason', case when d.mentions <> '{}' then 'mention' when d.as_participant then 'participant' else 'member' end
      ) as part
    from (select distinct s.event_id, s.count, s.newest, s.mentions, s.as_participant from shown s where s.fits) d
  ), bodies as (
    select s.user_id,
      count(*) as event_count,
      jsonb_agg(p.part order by s.rank) filter (where s.fits) as parts,
      jsonb_build_object(
        'events', count(*) filter (where not s.fits),
        'messages', coalesce(sum(s.count) filter (where not s.fits), 0)
      ) as more,
      array_agg(s.next_step order by s.rank) filter (where s.fits) as back_off_steps,
      case
        when bool_or(s.content_mode = 'none') then 'none'
        when bool_or(s.content_mode = 'redacted') then 'redacted'
        else 'full'
      end as content_mode
    from shown s
    left join parts p on p.event_id = s.event_id and p.count = s.count and p.newest = s.newest and p.mentions = s.mentions
      and p.as_participant = s.as_participant
    group by s.user_id
  ), letters as materialized (
    select p.user_id, p.email_id, p.address, p.display_name, p.locale, p.time_zone, b.content_mode, b.parts, b.more,
      case when p.digest then 'digest' when b.event_count = 1 then 'conversation' else 'combined' end as kind,
      case when p.digest then p.rhythm end as digest,
      case when not p.digest then b.back_off_steps end as back_off_steps,
      l.position
    from readers p
    join bodies b on b.user_id = p.user_id
    join places l on l.user_id = p.user_id
  ), dispatch_ids as materialized (
    select d.number, private.uuid_v7(as_of) as id
    from generate_series(0, (select max(l.position) / 100 from letters l)) d (number)
  ), contents as (
    select d.number, array_agg(distinct d.event_id) as event_ids, array_agg(distinct m) as message_ids
    from (select distinct s.number, s.event_id, s.newest from shown s where s.fits) d
    cross join unnest(d.newest) m
    group by d.number
  ), written_dispatches as (
    insert into private.dispatches (id, next_attempt_at, letter_count, facts, created_at, updated_at)
    select d.id, private.lease_until(as_of),
      (select count(*) from letters l where l.position / 100 = d.number),
      private.freeze_facts(c.event_ids, c.message_ids, token_key_id), as_of, as_of
    from dispatch_ids d
    join contents c using (number)
    returning id
  ), written_letters as (
    insert into public.emails (id, user_id, dispatch_id, position, kind, digest, address, display_name, locale, time_zone,
      content_mode, parts, more, back_off_steps, created_at, updated_at)
    select l.email_id, l.user_id, d.id, l.position % 100, l.kind, l.digest, l.address, l.display_name, l.locale, l.time_zone,
      l.content_mode, l.parts, l.more, l.back_off_steps, as_of, as_of
    from letters l
    join dispatch_ids d on d.number = l.position / 100
  ), skipped as (
    update public.notifications n
    set status = 'skipped', reason = s.reason, email_id = null, updated_at = as_of
    from news s
    where s.reason is not null
      and n.id = s.notification_id
  ), put_off as (
    update public.notifications n
    set status = 'pending',
      lane = s.wait_lane,
      scheduled_for = s.wait_until,
      email_id = null,
      waits = private.add_wait(n.waits, s.wait_cause, as_of, n.scheduled_for, s.wait_until)
    from news s
    where s.wait_until is not null
      and n.id = s.notification_id
  )
  select coalesce(array_agg(w.id), '{}')
  into v_dispatch_ids
  from written_dispatches w;
  return v_dispatch_ids;
end
$$;
revoke execute on function private.write_letters(bigint[], timestamptz, text) from public;

-- Owner's rights: processors may execute this and read nothing.
create function public.get_pending_notifications(
  batch_size integer default 100, as_of timestamptz default now(), token_key_id text default null
)
returns table (dispatch_id uuid, attempt integer, facts jsonb, letters json, body text)
language plpgsql
volatile
security definer
set search_path = ''
-- By indexes, whatever it calls: some hundred recipients of a table of any size. A plan that was made and kept while a
-- table was small, or that expects more recipients, reads all of it in each claim (30,000 letters: 0.4 s, not 0.05).
set enable_seqscan = 'off'
-- Where a table of one row must be read the planner counts a forbidden scan as a price, which would begin compiling.
set jit = 'off'
as $$
declare
  v_user_ids uuid[];
  v_claimed bigint[];
  v_dispatch_ids uuid[];
  v_passed_over uuid[] := '{}';
  -- A probe goes with another dispatch than the one that failed last: it may be that one's fault.
  v_suspect uuid := (select b.last_failed_dispatch from private.breakers b where b.name = 'provider' and b.state = 'half_open');
begin
  perform private.require_read_committed();
  if batch_size is null or batch_size not between 1 and 1000 then
    raise exception using
      errcode = 'CN012',
      message = format('A batch holds 1 to 1000 recipients, not %s.', batch_size),
      hint = 'Ask for 100, the most one provider call takes, or a few hundred.';
  end if;

  v_dispatch_ids := private.retake_dispatches(batch_size, v_suspect, as_of);
  -- Until something can be sent or nothing is due: a claim may find that all of it was read meanwhile.
  while cardinality(v_dispatch_ids) = 0 loop
    v_user_ids := private.lock_due_recipients(batch_size, v_passed_over, as_of);
    exit when cardinality(v_user_ids) = 0;
    v_claimed := private.claim_notifications(v_user_ids, as_of);
    if v_claimed is null then
      -- Another connection holds all their rows: whoever comes behind them must not wait.
      v_passed_over := v_passed_over || v_user_ids;
      continue;
    end if;
    v_dispatch_ids := private.write_letters(v_claimed, as_of, token_key_id);
  end loop;
  if cardinality(v_dispatch_ids) = 0 and v_suspect is not null then
    v_dispatch_ids := private.retake_dispatches(batch_size, null, as_of);
  end if;
  return query
  select d.dispatch_id, d.attempt, d.facts, d.letters, d.body
  from private.dispatches_to_send(v_dispatch_ids) d;
end
$$;
comment on function public.get_pending_notifications(integer, timestamptz, text) is
  'Step 4 of a pass: claims up to batch_size recipients who have something due, composes one letter each and freezes them into dispatches of up to 100, which the caller holds for the lease. Each row: the dispatch, its attempt, what its letters share, the letters, and the body to send again after an ambiguous attempt. No row: nothing is due. token_key_id: the key with which the claimer signs the letters'' unsubscribe links; null: they have none.';
revoke execute on function public.get_pending_notifications(integer, timestamptz, text) from public, anon, authenticated, service_role;
grant execute on function public.get_pending_notifications(integer, timestamptz, text) to service_role, notifier;
