-- What the provider answered, written down: the outcome table.

-- What a dispatch's letters mean for the next ones about their events.
create function private.note_letters(dispatch_id uuid, as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  insert into private.recipient_states as s (user_id, event_id, last_letter_at, back_off_step, mention_letters_at)
  select e.user_id, (part.news ->> 'event_id')::uuid,
    case when step.number is not null then as_of end,
    step.number,
    case when step.number is null and part.news ->> 'reason' = 'mention' then array[as_of] end
  from public.emails e
  cross join lateral unnest(e.back_off_steps) with ordinality step (number, place)
  cross join lateral jsonb_array_element(e.parts, step.place::integer - 1) part (news)
  where e.dispatch_id = note_letters.dispatch_id
    and e.status = 'sent'
  -- Whose account is gone loses this again at the end of the transaction (settled_dispatches_forget).
  order by e.user_id, (part.news ->> 'event_id')::uuid
  on conflict on constraint recipient_states_pkey do update
  set last_letter_at = coalesce(excluded.last_letter_at, s.last_letter_at),
    back_off_step = coalesce(excluded.back_off_step, s.back_off_step),
    mention_letters_at = case
      when cardinality(s.mention_letters_at) >= 5 and excluded.mention_letters_at is not null
        then s.mention_letters_at[2:5] || excluded.mention_letters_at
      else s.mention_letters_at || excluded.mention_letters_at
    end;
end
$$;
revoke execute on function private.note_letters(uuid, timestamptz) from public;

-- Owner's rights: processors may execute this and write nothing else.
create function public.mark_notification_sent(
  dispatch_id uuid, attempt integer, provider_ids text[] default '{}', as_of timestamptz default now()
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- A success always counts, also from a worker whose lease was taken over: the provider has the letters.
  update private.dispatches d
  set status = 'sent', outcome = 'accepted', first_attempt_at = coalesce(d.first_attempt_at, as_of), updated_at = as_of
  where d.id = mark_notification_sent.dispatch_id
    and d.attempt >= mark_notification_sent.attempt
    and d.status in ('sending', 'retrying');
  if not found then
    -- A later attempt may have learned of it by its key alone; now its ids are known.
    perform private.confirm_dispatch(dispatch_id, provider_ids, as_of);
    return false;
  end if;
  update public.emails e
  set status = 'sent', sent_at = as_of, updated_at = as_of, provider_id = provider_ids[e.position + 1]
  where e.dispatch_id = mark_notification_sent.dispatch_id
    and e.status in ('sending', 'retrying');
  update public.notifications n
  set status = 'sent', updated_at = as_of
  where n.email_id = any(array(
      select e.id
      from public.emails e
      where e.dispatch_id = mark_notification_sent.dispatch_id
    ))
    and n.status = 'processing';
  perform private.note_letters(dispatch_id, as_of);
  perform private.note_success(as_of);
  return true;
end
$$;
comment on function public.mark_notification_sent(uuid, integer, text[], timestamptz) is
  'The provider accepted a dispatch: provider_ids in the order of its letters. False: it was settled before.';
revoke execute on function public.mark_notification_sent(uuid, integer, text[], timestamptz) from public, anon, authenticated, service_role;
grant execute on function public.mark_notification_sent(uuid, integer, text[], timestamptz) to service_role, notifier;

-- What a failed attempt says about the provider, whoever's letters they were.
create function private.note_outcome(dispatch_id uuid, outcome text, reason text, retry_after_ms integer, as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  case outcome
    when 'ambiguous' then
      perform private.note_failure('provider', dispatch_id, reason, null, as_of);
    when 'unauthorized' then
      perform private.note_failure('authorization', dispatch_id, reason, null, as_of);
    when 'quota_exceeded' then
      perform private.note_failure('quota', dispatch_id, reason, private.quota_reset_at(reason, as_of), as_of);
    when 'rate_limited' then
      perform private.observe_rate_limit(null, coalesce(retry_after_ms, 1000), as_of);
    when 'rejected' then
      -- It answered, and knew us: only a letter is bad.
      perform private.note_success(as_of);
    else
      null;
  end case;
end
$$;
revoke execute on function private.note_outcome(uuid, text, text, integer, timestamptz) from public;

-- Owner's rights: processors may execute this and write nothing else.
create function public.mark_notification_failed(
  dispatch_id uuid, attempt integer, outcome text, reason text,
  letter_index integer default null, retry_after_ms integer default null, body text default null,
  jitter double precision default random(), as_of timestamptz default now()
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_dispatch private.dispatches;
begin
  if outcome is null
    or outcome not in (
      'ambiguous', 'in_progress', 'refused', 'rate_limited', 'quota_exceeded', 'unauthorized', 'rejected', 'unconfirmed')
  then
    raise exception using
      errcode = 'CN011',
      message = format('No such outcome: %s.', outcome),
      hint = 'One of ambiguous, in_progress, refused, rate_limited, quota_exceeded, unauthorized, rejected, unconfirmed.';
  end if;
  select *
  into v_dispatch
  from private.dispatches d
  where d.id = mark_notification_failed.dispatch_id
    and d.attempt = mark_notification_failed.attempt
    and d.status = 'sending'
  for update;
  if not found then
    return false;
  end if;
  perform private.note_outcome(dispatch_id, outcome, reason, retry_after_ms, as_of);

  if outcome = 'unconfirmed' then
    -- The key was taken with other bytes: an earlier attempt was accepted. A webhook or the provider's list confirms it.
    perform public.mark_notification_sent(dispatch_id, attempt, '{}', as_of);
    update private.dispatches d
    set outcome = 'unconfirmed', last_error = reason, unconfirmed_at = as_of
    where d.id = v_dispatch.id;
  elsif private.is_too_late(v_dispatch.first_attempt_at, as_of)
    and (outcome in ('ambiguous', 'in_progress') or v_dispatch.ambiguous_at is not null)
  then
    perform private.give_up_dispatch(v_dispatch, reason, as_of);
  elsif outcome in ('ambiguous', 'in_progress')
    -- After an ambiguous attempt a refusal says nothing of the earlier request: the same letters stay.
    or v_dispatch.ambiguous_at is not null
    -- A short pause is waited out; composing afresh would cost more.
    or (outcome = 'rate_limited' and coalesce(retry_after_ms, 1000) <= 10000)
  then
    perform private.retry_dispatch(v_dispatch, outcome, reason, retry_after_ms, body, jitter, as_of);
  elsif outcome = 'rejected' then
    perform private.split_dispatch(v_dispatch, letter_index, reason, as_of);
  else
    perform private.dissolve_dispatch(dispatch_id, as_of, as_of + make_interval(secs => coalesce(retry_after_ms, 0) / 1000.0));
  end if;
  return true;
end
$$;
comment on function public.mark_notification_failed(uuid, integer, text, text, integer, integer, text, double precision, timestamptz) is
  'A dispatch was not accepted, or nobody knows. outcome: ambiguous (no answer, 5xx), in_progress (409, the first request still runs), refused (nothing accepted), of that rate_limited and quota_exceeded (429), unauthorized (401, 403); rejected (4xx: a letter is bad, letter_index if named), unconfirmed (409, the key was taken with other bytes). body: the request, kept while its outcome is unknown (ambiguous, in_progress). jitter: 0 to 1.';
revoke execute on function public.mark_notification_failed(uuid, integer, text, text, integer, integer, text, double precision, timestamptz)
  from public, anon, authenticated;
grant execute on function public.mark_notification_failed(uuid, integer, text, text, integer, integer, text, double precision, timestamptz)
  to service_role, notifier;
