-- Whether: the pure function that says whether something may be told, and where its arguments come from.

create function private.reason_not_to_tell(wishes private.wishes, addressed boolean, as_of timestamptz)
returns text
language sql
immutable
return case
  when (wishes).delivery = 'off' then 'notifications_off'
  when (wishes).level = 'none' then 'event_muted'
  when (wishes).muted_until > as_of then 'event_muted_for_now'
  when (wishes).level = 'mentions' and not addressed then 'mentions_only'
end;
comment on function private.reason_not_to_tell(private.wishes, boolean, timestamptz) is
  'Whether: null, or the code of the reason. addressed: the message mentions the reader, or everyone. as_of infinity: what will not change by itself.';
revoke execute on function private.reason_not_to_tell(private.wishes, boolean, timestamptz) from public;

create function private.stricter_content_mode(one text, other text)
returns text
language sql
immutable
return case
  when one = 'none' or other = 'none' then 'none'
  when one = 'redacted' or other = 'redacted' then 'redacted'
  else 'full'
end;
comment on function private.stricter_content_mode(text, text) is 'Of what the organization allows and what the recipient wants (null: as much as is allowed).';
revoke execute on function private.stricter_content_mode(text, text) from public;

create function private.is_mailable(email text)
returns boolean
language sql
immutable
-- Lengths are compared, not counted by the expression: with {1,64} and {0,61} its automaton did not fit the cache.
return length(email) <= 254
  and position('@' in email) <= 65
  and email not like '.%'
  and email not like '%..%'
  and email not like '%.@%'
  and email ~ '^[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]+@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]$'
  and (length(email) <= 63 or split_part(email, '@', 2) !~ '[^.]{64}');
comment on function private.is_mailable(text) is 'Whether the provider would take this address; what it would refuse is skipped as address_invalid.';
revoke execute on function private.is_mailable(text) from public;

-- What a recipient wants of an event, defaults filled in; p and e: their preferences, null where there are none.
-- Whoever joins these tables pays 2 µs a row; wishes_of() looks both up for each row, which is 5.
create function private.stated_wishes(
  p public.notification_preferences, e public.event_notification_preferences, default_delivery text, default_level text
)
returns setof private.wishes
language sql
stable
rows 1
begin atomic
  select
    coalesce((p).delivery, default_delivery, 'immediate'), coalesce((p).digest_at, time '08:00'), coalesce((p).weekly_on, 1::smallint),
    (p).quiet_from, (p).quiet_until, coalesce((p).quiet_except_mentions, false),
    coalesce((e).level, (p).level, default_level, 'all'), (e).muted_until, (p).content_mode;
end;
revoke execute on function private.stated_wishes(
  public.notification_preferences, public.event_notification_preferences, text, text) from public;

-- The same, looked up. Inlined into the queries that join it laterally.
create function private.wishes_of(user_id uuid, event_id uuid, default_delivery text, default_level text)
returns setof private.wishes
language sql
stable
rows 1
begin atomic
  select w.delivery, w.digest_at, w.weekly_on, w.quiet_from, w.quiet_until, w.quiet_except_mentions, w.level, w.muted_until,
    w.content_mode
  from (select) one
  left join public.notification_preferences p on p.user_id = wishes_of.user_id
  left join public.event_notification_preferences e
    on e.user_id = wishes_of.user_id and e.event_id = wishes_of.event_id
  cross join lateral private.stated_wishes(p, e, wishes_of.default_delivery, wishes_of.default_level) w;
end;
revoke execute on function private.wishes_of(uuid, uuid, text, text) from public;

-- due_at() for a person: looks up the time zone only where one is needed.
create function private.due_for(
  user_id uuid, wishes private.wishes, addressed boolean, ready_at timestamptz, hold_until timestamptz
)
returns timestamptz
language sql
stable
return case
  when (wishes).delivery in ('immediate', 'off') and (wishes).quiet_from is null then greatest(ready_at, hold_until)
  else private.due_at(
    wishes,
    coalesce((select p.time_zone from private.recipient_people(array[due_for.user_id]) p), 'UTC'),
    addressed, ready_at, hold_until)
end;
revoke execute on function private.due_for(uuid, private.wishes, boolean, timestamptz, timestamptz) from public;
