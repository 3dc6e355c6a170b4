-- The receipt as people and operators ask for it.

-- One notification's story: the one of the burst, or the one of the mention.
create function private.explain_notice(message_id bigint, notice public.notifications, as_of timestamptz)
returns setof private.receipt_step
language plpgsql
stable
set search_path = ''
as $$
declare
  v_stopped text;
begin
  return query select w.* from private.explain_waits(notice, as_of) w;
  if (notice).email_id is not null then
    return query select l.* from private.explain_letter(explain_notice.message_id, notice, as_of) l;
  elsif (notice).status in ('skipped', 'failed') then
    return query select (notice).updated_at, 6, (notice).status, jsonb_build_object('reason', (notice).reason);
  elsif not isfinite((notice).scheduled_for) then
    return query select as_of, 6, 'paused', '{}'::jsonb;
  elsif (notice).scheduled_for > as_of then
    return query select as_of, 6, 'waiting', jsonb_build_object('until', (notice).scheduled_for);
  else
    return query select as_of, 6, 'due', '{}'::jsonb;
    select case
      when s.delivery_on_for is null then 'delivery_off'
      when exists (select from private.pauses p where p.scope = 'everything') then 'paused'
      else (select b.name from private.breakers b where b.state = 'open' order by b.name limit 1)
    end
    into v_stopped
    from private.settings s;
    if v_stopped is not null then
      return query select as_of, 7, 'stopped', jsonb_build_object('reason', v_stopped);
    end if;
  end if;
end
$$;
revoke execute on function private.explain_notice(bigint, public.notifications, timestamptz) from public;

-- Owner's rights: people read none of this directly. Answers about the caller, or about anybody to operators.
create function private.explain(message_id bigint, user_id uuid, as_of timestamptz default now())
returns table (step integer, at timestamptz, code text, facts jsonb, sentence text)
language plpgsql
stable
security definer
rows 20
set search_path = ''
as $$
declare
  v_user_id uuid := coalesce(explain.user_id, (select auth.uid()));
  v_burst_id bigint;
  v_event_id uuid;
  v_notices public.notifications[];
  v_time_zone text;
begin
  if v_user_id is distinct from (select auth.uid()) then
    perform private.require_operator();
  end if;
  select m.burst_id, b.event_id
  into v_burst_id, v_event_id
  from private.burst_messages m
  join private.bursts b on b.id = m.burst_id
  where m.message_id = explain.message_id;
  v_event_id := coalesce(v_event_id, (select m.event_id from private.message_facts(array[explain.message_id]) m));
  v_burst_id := coalesce(v_burst_id, (select o.burst_id from private.waiting_to_be_told(explain.message_id, v_event_id) o));
  select array_agg(n.notice)
  into v_notices
  from (
    select n as notice
    from public.notifications n
    where n.user_id = v_user_id
      and (n.message_id = explain.message_id or n.burst_id = v_burst_id)
    union all
    select row(a.id, a.user_id, a.event_id, a.burst_id, a.message_id, a.lane, a.status, false, a.scheduled_for, a.email_id,
      a.reason, a.waits, a.created_at, a.updated_at)::public.notifications
    from private.archived_notifications a
    where a.user_id = v_user_id
      and (a.burst_id = v_burst_id or (a.burst_id is null and a.message_id = explain.message_id))
  ) n;
  v_event_id := coalesce(v_event_id, v_notices[1].event_id);
  -- One answer for what does not exist and for what is not theirs to see.
  if v_user_id is null or v_event_id is null or (
    v_notices is null
    and not private.is_operator()
    and v_user_id = (select auth.uid())
    and not exists (select from private.event_access(array[v_event_id], array[v_user_id]))
  ) then
    raise exception using
      errcode = 'CN050',
      message = 'There is no receipt of this message for this person.',
      hint = 'Ask about a message of an event they are in, or were told about.';
  end if;
  v_time_zone := coalesce((select p.time_zone from private.recipient_people(array[v_user_id]) p), 'UTC');
  return query
  select (row_number() over (order by s.at, s.place, s.code))::integer, s.at, s.code, s.facts,
    private.receipt_sentence(s.code, s.facts, v_time_zone)
  from (
    -- A mention's and a burst's notification may share their letter: said once.
    select o.* from private.explain_origin(explain.message_id, v_user_id, v_event_id, as_of) o
    union
    select b.* from private.explain_batching(explain.message_id, v_user_id, v_event_id, v_notices is not null, as_of) b
    union
    select x.* from unnest(v_notices) n cross join lateral private.explain_notice(explain.message_id, n, as_of) x
  ) s
  order by 1;
end
$$;
revoke execute on function private.explain(bigint, uuid, timestamptz) from public;
grant execute on function private.explain(bigint, uuid, timestamptz) to authenticated, service_role;

create function public.explain_notification(message_id bigint, user_id uuid default null)
returns table (step integer, at timestamptz, code text, facts jsonb, sentence text)
language sql
stable
security invoker
rows 20
set search_path = ''
as $$
  select * from private.explain(message_id, user_id);
$$;
comment on function public.explain_notification(bigint, uuid) is
  'The receipt of a message: what became of it for the caller, or for user_id if an operator asks, step by step. code and facts are for a reader''s own language (docs/receipts.md lists them), sentence says it in English by their clock.';
revoke execute on function public.explain_notification(bigint, uuid) from public, anon, authenticated, service_role;
grant execute on function public.explain_notification(bigint, uuid) to authenticated, service_role;
