-- When: what a person wishes, and the pure function that says from it when something is due.

create type private.wishes as (
  delivery text,
  digest_at time,
  weekly_on smallint,
  quiet_from time,
  quiet_until time,
  quiet_except_mentions boolean,
  level text,
  muted_until timestamptz,
  content_mode text
);
comment on type private.wishes is 'What a recipient wants of an event, defaults filled in; content_mode null: what the organization says.';

create function private.known_zone(time_zone text)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
  perform timezone(time_zone, timestamptz 'epoch');
  return coalesce(time_zone, 'UTC');
exception when invalid_parameter_value then
  -- A zone that this server does not know (any more) counts as UTC; it must not hold up a page of recipients.
  return 'UTC';
end
$$;
revoke execute on function private.known_zone(text) from public;

create function private.next_full_hour(time_zone text, not_before timestamptz)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_at timestamptz := not_before;
  v_local timestamp;
begin
  -- Twice, for the zone whose clocks jump by half an hour (Lord Howe).
  for i in 1 .. 2 loop
    v_local := timezone(time_zone, v_at);
    exit when v_local = date_trunc('hour', v_local);
    v_at := v_at + (date_trunc('hour', v_local) + interval '1 hour' - v_local);
  end loop;
  return v_at;
end
$$;
revoke execute on function private.next_full_hour(text, timestamptz) from public;

create function private.next_digest_at(delivery text, digest_at time, weekly_on smallint, time_zone text, not_before timestamptz)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_zone text := private.known_zone(time_zone);
  v_day date := timezone(v_zone, not_before)::date;
  v_every integer := 1;
  v_slot timestamptz;
begin
  if delivery = 'hourly' then
    return private.next_full_hour(v_zone, not_before);
  elsif delivery = 'weekly' then
    v_every := 7;
    v_day := v_day + (weekly_on - extract(isodow from v_day)::integer + 7) % 7;
  end if;
  v_slot := timezone(v_zone, v_day + digest_at);
  if v_slot < not_before then
    v_slot := timezone(v_zone, v_day + v_every + digest_at);
  end if;
  return v_slot;
end
$$;
comment on function private.next_digest_at(text, time, smallint, text, timestamptz) is
  'The next instant at or after not_before at which clocks in the zone show digest_at: once a local day, or on that day of the week (1 is Monday); hourly: a full hour. In a gap it moves with the clocks; of an hour that comes twice it is the second.';
revoke execute on function private.next_digest_at(text, time, smallint, text, timestamptz) from public;

create function private.end_of_quiet(quiet_from time, quiet_until time, time_zone text, at timestamptz)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_zone text := private.known_zone(time_zone);
  v_clock time := timezone(v_zone, at)::time;
  v_begun boolean := v_clock >= quiet_from;
  v_over boolean := v_clock >= quiet_until;
begin
  if (v_begun and not v_over) or (quiet_from > quiet_until and (v_begun or not v_over)) then
    return private.next_digest_at('daily', quiet_until, null, v_zone, at);
  end if;
  return at;
end
$$;
comment on function private.end_of_quiet(time, time, text, timestamptz) is 'at, or the end of the quiet hours it falls into.';
revoke execute on function private.end_of_quiet(time, time, text, timestamptz) from public;

create function private.hold_until(
  addressed boolean, as_of timestamptz, after_silence boolean,
  last_seen_at timestamptz, last_letter_at timestamptz, back_off_step smallint
)
returns timestamptz
language sql
stable
return greatest(
  -- In the room right now: they may be reading it.
  case when last_seen_at > as_of - interval '1 minute' then last_seen_at + interval '2 minutes' end,
  case when not addressed and not after_silence and (last_seen_at is null or last_seen_at < last_letter_at)
    then last_letter_at + case back_off_step when 1 then interval '1 hour' when 2 then interval '6 hours' else interval '24 hours' end
  end);
comment on function private.hold_until(boolean, timestamptz, boolean, timestamptz, timestamptz, smallint) is
  'Until when an event''s next letter waits for its reader; null: it does not. While they are in the room; after a letter that brought them no visit an hour, then six, then 24; not when twelve silent hours followed that letter (after_silence), never for what addresses them.';
revoke execute on function private.hold_until(boolean, timestamptz, boolean, timestamptz, timestamptz, smallint) from public;

create function private.is_digest(delivery text)
returns boolean
language sql
immutable
return delivery in ('hourly', 'daily', 'weekly');
revoke execute on function private.is_digest(text) from public;

create function private.due_at(
  wishes private.wishes, time_zone text, addressed boolean, ready_at timestamptz, hold_until timestamptz
)
returns timestamptz
language sql
stable
return case
  when (wishes).quiet_from is null or (addressed and (wishes).quiet_except_mentions and not private.is_digest((wishes).delivery))
    then case when private.is_digest((wishes).delivery)
      then private.next_digest_at((wishes).delivery, (wishes).digest_at, (wishes).weekly_on, time_zone, ready_at)
      else greatest(ready_at, hold_until) end
  else private.end_of_quiet((wishes).quiet_from, (wishes).quiet_until, time_zone,
    case when private.is_digest((wishes).delivery)
      then private.next_digest_at((wishes).delivery, (wishes).digest_at, (wishes).weekly_on, time_zone, ready_at)
      else greatest(ready_at, hold_until) end)
end;
comment on function private.due_at(private.wishes, text, boolean, timestamptz, timestamptz) is
  'When: what is ready (a burst that closes, a mention whose grace is over) is due at this time. Digests at their next slot, others once nothing holds them; both after quiet hours.';
revoke execute on function private.due_at(private.wishes, text, boolean, timestamptz, timestamptz) from public;

create function private.cause_of_wait(
  wishes private.wishes, ready_at timestamptz, due_at timestamptz, hold_until timestamptz, last_seen_at timestamptz
)
returns text
language sql
stable
return case
  when due_at <= ready_at then null
  when private.is_digest((wishes).delivery) then 'digest'
  when due_at > coalesce(hold_until, ready_at) and (wishes).quiet_from is not null then 'quiet_hours'
  when hold_until = last_seen_at + interval '2 minutes' then 'in_the_room'
  when hold_until > ready_at then 'back_off'
end;
comment on function private.cause_of_wait(private.wishes, timestamptz, timestamptz, timestamptz, timestamptz) is
  'What made due_at() say due_at for what was ready at ready_at: digest, quiet_hours, in_the_room, back_off; null: it does not wait.';
revoke execute on function private.cause_of_wait(private.wishes, timestamptz, timestamptz, timestamptz, timestamptz) from public;

create function private.next_digest_for(wishes private.wishes, time_zone text, not_before timestamptz)
returns timestamptz
language sql
stable
return private.due_at(
  row(
    case when private.is_digest((wishes).delivery) then (wishes).delivery else 'daily' end,
    (wishes).digest_at, (wishes).weekly_on, (wishes).quiet_from, (wishes).quiet_until, (wishes).quiet_except_mentions,
    null, null, null)::private.wishes,
  time_zone, false, not_before, null);
comment on function private.next_digest_for(private.wishes, text, timestamptz) is
  'When a person''s next digest is; a daily one for those who want letters at once.';
revoke execute on function private.next_digest_for(private.wishes, text, timestamptz) from public;

create function private.lane_of(delivery text, addressed boolean)
returns smallint
language sql
immutable
return (case when delivery in ('hourly', 'daily', 'weekly') then 2 when addressed then 0 else 1 end)::smallint;
comment on function private.lane_of(text, boolean) is 'Lane 0: mentions, 1: immediate, 2: digests.';
revoke execute on function private.lane_of(text, boolean) from public;
