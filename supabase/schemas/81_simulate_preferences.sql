-- What if: a person's last days with other settings.

-- News that wait in the replay for their letter. room: their event's place among the rooms.
create type private.replay_waiting as (
  room integer, due_at timestamptz, digest boolean, addressed boolean, mention boolean, stirred_at timestamptz,
  ready_at timestamptz, closes_at timestamptz, told integer, mentions integer, read_by timestamptz
);
-- What the replay goes through in order of time: 0 a visit, 1 news that are due, 2 a letter that stays, 3 the end.
create type private.replay_moment as (
  at timestamptz, place integer, room integer, news private.replay_waiting, due_at timestamptz, kind text, parts jsonb
);

create function private.letter_line(at timestamptz, kind text, events jsonb)
returns jsonb
language sql
immutable
return jsonb_build_object('at', at, 'kind', kind, 'events', coalesce(events, '[]'));
revoke execute on function private.letter_line(timestamptz, text, jsonb) from public;

-- The letters that were sent: what of each stays when some of its news are decided otherwise; null: nothing.
create function private.kept_letters(user_id uuid, changed bigint[], told integer[], begin_at timestamptz, as_of timestamptz)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
  with change as materialized (
    select c.id, c.told
    from unnest(changed, told) c (id, told)
  ), sent as materialized (
    select e
    from public.emails e
    where e.user_id = kept_letters.user_id
      and e.created_at > begin_at - interval '1 day'
      and e.sent_at > begin_at
      and e.sent_at <= as_of
      and e.status <> 'discarded'
  )
  select coalesce(
    jsonb_agg(
      jsonb_build_object('at', (s.e).sent_at, 'due', coalesce(about.due_at, (s.e).sent_at), 'kind', (s.e).kind, 'parts', coalesce(kept.parts, '[]'))
      order by (s.e).sent_at),
    '[]')
  from sent s
  left join lateral (
    select array_agg(n.event_id) filter (where c.id is null) as events, count(*) as news, count(c.id) as changed,
      min(n.scheduled_for) as due_at
    from public.notifications n
    left join change c on c.id = n.id
    where n.email_id = (s.e).id
  ) about on true
  left join lateral (
    select jsonb_agg(
        jsonb_build_object(
          'event_id', p.part -> 'event_id',
          'mentions', jsonb_array_length(p.part -> 'mentions'),
          'step', (s.e).back_off_steps[p.place],
          'count', greatest(1, (p.part ->> 'count')::integer - coalesce((
            select sum(c.told)::integer
            from public.notifications n
            join change c on c.id = n.id
            where n.email_id = (s.e).id
              and n.event_id = (p.part ->> 'event_id')::uuid
              and about.changed > 0
          ), 0)))
        order by p.place) as parts
    from jsonb_array_elements((s.e).parts) with ordinality p (part, place)
    where about.changed = 0
      or (p.part ->> 'event_id')::uuid = any(about.events)
  ) kept on true
  where about.changed is null
    or about.changed = 0
    or about.changed < about.news
  );
end
$$;
revoke execute on function private.kept_letters(uuid, bigint[], integer[], timestamptz, timestamptz) from public;

-- Everything in order of time. A letter that stays is joined by what is due after it was due itself and before it went:
-- a processor takes a moment. The reader's visits are known as far as read marks tell.
create function private.replay_moments(
  rooms private.replay_room[], items private.replay_item[], time_zone text, sent jsonb, kept jsonb, as_of timestamptz
)
returns setof private.replay_moment
language sql
stable
set search_path = ''
as $$
  with due as (
    select r.place::integer as room, i.event_id, i.addressed, i.mention, i.ready_at, i.closes_at, i.told, i.read_by, private.is_digest((r.wishes_new).delivery) as digest,
      case when not private.is_digest((r.wishes_new).delivery) then i.stirred_at end as stirred_at,
      private.due_at(r.wishes_new, time_zone, i.addressed, i.ready_at, null) as due_at, r.wishes_new
    from unnest(items) i
    join unnest(rooms) with ordinality r (event_id, title, since, slows_down, wishes_now, wishes_new, read_up_to, last_seen_at, place)
      on r.event_id = i.event_id
    where i.told > 0
  )
  select d.due_at, 1, d.room,
    row(d.room, d.due_at, d.digest, d.addressed, d.mention, d.stirred_at, min(d.ready_at), max(d.closes_at),
      sum(d.told)::integer, (count(*) filter (where d.mention))::integer, d.read_by)::private.replay_waiting, null::timestamptz, null, null::jsonb
  from due d
  where d.due_at <= as_of
    and private.reason_not_to_tell(d.wishes_new, d.addressed, d.due_at) is null
    and (d.read_by is null or d.read_by > d.due_at)
  group by d.room, d.due_at, d.digest, d.addressed, d.mention, d.stirred_at, d.read_by
  union all
  select v.at, 0, v.room, null, null, null, null
  from (
    select d.room, d.read_by
    from due d
    union
    select r.place::integer, v.at
    from unnest(rooms) with ordinality r (event_id, title, since, slows_down, wishes_now, wishes_new, read_up_to, last_seen_at, place)
    cross join lateral (
      select r.last_seen_at
      union all
      -- Where the back-off began anew soon after a letter there had been a visit; not in the last minute, or the
      -- letter would have waited.
      select b.at - interval '1 minute'
      from (
        select (l ->> 'at')::timestamptz as at, p ->> 'step' as step,
          lag((l ->> 'at')::timestamptz) over (order by l ->> 'at') as letter_before
        from jsonb_array_elements(sent) l
        cross join jsonb_array_elements(l -> 'parts') p
        where (p ->> 'event_id')::uuid = r.event_id
          and p ->> 'step' is not null
      ) b
      where b.step = '1'
        and b.letter_before > b.at - interval '12 hours'
    ) v (at)
  ) v (room, at)
  where v.at <= as_of
  union all
  select (k ->> 'at')::timestamptz, 2, null, null, (k ->> 'due')::timestamptz, k ->> 'kind', k -> 'parts'
  from jsonb_array_elements(kept) k
  union all
  select as_of, 3, null, null, null, null, null;
$$;
revoke execute on function private.replay_moments(private.replay_room[], private.replay_item[], text, jsonb, jsonb, timestamptz) from public;

create function private.replay(
  rooms private.replay_room[], items private.replay_item[], sent jsonb, kept jsonb, time_zone text, cap integer, as_of timestamptz
)
returns jsonb[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_letters jsonb[] := '{}';
  v_moment private.replay_moment;
  v_waiting private.replay_waiting[] := '{}';
  v_on_time private.replay_waiting[];
  -- Until its first is due nobody looks at it: walked at every moment, a lower cap took 10 s.
  v_parked private.replay_waiting[] := '{}';
  v_parked_until timestamptz;
  v_one private.replay_waiting;
  v_at timestamptz;
  v_sent timestamptz[] := '{}';
  v_seen timestamptz[] := array_fill(null::timestamptz, array[cardinality(rooms)]);
  v_last timestamptz[] := v_seen;
  v_step smallint[] := array_fill(null::smallint, array[cardinality(rooms)]);
  v_mention_rooms integer[] := '{}';
  v_mention_times timestamptz[] := '{}';
  v_wishes private.wishes;
  v_hold_until timestamptz;
  v_at_cap boolean;
  v_digest boolean;
  v_joins boolean;
  v_parts jsonb;
  v_part jsonb;
  v_room integer;
begin
  for v_moment in
    select m.*
    from private.replay_moments(rooms, items, time_zone, sent, kept, as_of) m
    order by m.at, m.place
  loop
    v_joins := false;
    loop
      v_at := least((select min(w.due_at) from unnest(v_waiting) w), v_parked_until);
      if v_at is null or v_at > v_moment.at or (v_moment.place < 2 and v_at = v_moment.at)
        or (v_moment.place = 2 and v_at >= v_moment.due_at)
      then
        exit when v_moment.place <> 2;
        v_joins := true;
        v_at := v_moment.at;
      end if;
      v_at_cap := coalesce(v_sent[cardinality(v_sent) - cap + 1] > v_at - interval '24 hours', false);
      if v_parked_until <= v_at then
        v_waiting := v_waiting || v_parked;
        v_parked := '{}';
        v_parked_until := null;
      end if;
      v_on_time := '{}';
      v_digest := v_joins and v_moment.kind = 'digest' or exists (select from unnest(v_waiting) w where w.digest and w.due_at <= v_at);
      foreach v_one in array v_waiting loop
        if v_one.due_at <= v_at and (v_one.read_by is null or v_one.read_by > v_at) then
          v_wishes := rooms[v_one.room].wishes_new;
          -- As judge_notifications() does.
          if v_one.digest then
            if v_at_cap and v_wishes.delivery = 'hourly' then
              v_one.due_at := private.next_digest_for(v_wishes, time_zone, v_at + interval '1 millisecond');
            end if;
          else
            v_hold_until := private.hold_until(
              v_one.addressed, v_at, coalesce(v_last[v_one.room] < v_one.stirred_at, false),
              v_seen[v_one.room], v_last[v_one.room], v_step[v_one.room]);
            v_one.due_at := private.due_at(v_wishes, time_zone, v_one.addressed, v_at, v_hold_until);
            if v_one.due_at > v_at then
              null;
            elsif v_at_cap and not v_digest then
              v_one.due_at := private.next_digest_for(v_wishes, time_zone, v_at);
              v_one.digest := true;
            elsif v_one.mention and 5 <= (
                select count(*)
                from unnest(v_mention_rooms, v_mention_times) t (room, at)
                where t.room = v_one.room
                  and t.at > v_at - interval '1 hour'
              )
            then
              v_one.due_at := greatest(v_one.closes_at, v_at + interval '1 second');
              v_one.mention := false;
              v_one.addressed := false;
            end if;
          end if;
          if v_one.due_at <= v_at then
            v_on_time := v_on_time || v_one;
            continue;
          end if;
        end if;
        if v_one.due_at > v_at then
          v_parked := v_parked || v_one;
          v_parked_until := least(v_parked_until, v_one.due_at);
        end if;
      end loop;
      v_waiting := '{}';
      if v_joins or cardinality(v_on_time) > 0 then
        select jsonb_agg(jsonb_build_object(
            'event_id', p.event_id, 'title', coalesce(r.title, p.title), 'count', p.told, 'mentions', p.mentions)
            order by p.mentions desc, p.told desc, p.event_id)
        into v_parts
        from (
          select n.event_id, min(n.title) as title, sum(n.told) as told, sum(n.mentions) as mentions
          from (
            select rooms[w.room].event_id, null::text as title, w.told, w.mentions
            from unnest(v_on_time) w
            union all
            select (k ->> 'event_id')::uuid, null, (k ->> 'count')::integer, (k ->> 'mentions')::integer
            from jsonb_array_elements(case when v_joins then v_moment.parts else '[]' end) k
          ) n
          group by n.event_id
        ) p
        left join unnest(rooms) r on r.event_id = p.event_id;
        v_digest := not exists (select from unnest(v_on_time) w where not w.digest) and (not v_joins or v_moment.kind = 'digest');
        v_letters := v_letters || private.letter_line(
          v_at,
          case
            when v_joins and cardinality(v_on_time) = 0 then v_moment.kind
            when v_digest then 'digest'
            when jsonb_array_length(v_parts) = 1 then 'conversation'
            else 'combined'
          end,
          v_parts);
        v_sent := v_sent || v_at;
        if not v_digest then
          foreach v_one in array v_on_time loop
            if v_one.addressed then
              -- One that tells mentions alone, once.
              if not exists (select from unnest(v_on_time) o where o.room = v_one.room and not o.addressed)
                and not exists (select from unnest(v_mention_rooms, v_mention_times) t (room, at) where t.room = v_one.room and t.at = v_at)
              then
                v_mention_rooms := v_mention_rooms || v_one.room;
                v_mention_times := v_mention_times || v_at;
              end if;
            elsif v_last[v_one.room] is distinct from v_at then
              v_step[v_one.room] := case
                when v_last[v_one.room] is null or v_last[v_one.room] < v_one.stirred_at or v_seen[v_one.room] >= v_last[v_one.room] then 1
                else least(v_step[v_one.room] + 1, 3)
              end;
              v_last[v_one.room] := v_at;
            end if;
          end loop;
          if v_joins then
            for v_part in select p from jsonb_array_elements(v_moment.parts) p where p ->> 'step' is not null loop
              v_room := (select r.place from unnest(rooms) with ordinality r (event_id, t, s, d, a, b, c, l, place)
                where r.event_id = (v_part ->> 'event_id')::uuid);
              if v_room is not null then
                v_step[v_room] := (v_part ->> 'step')::smallint;
                v_last[v_room] := v_at;
              end if;
            end loop;
          end if;
        end if;
      end if;
      exit when v_joins;
    end loop;
    if v_moment.place = 0 then
      v_seen[v_moment.room] := v_moment.at;
    elsif v_moment.place = 1 then
      v_waiting := v_waiting || v_moment.news;
    end if;
  end loop;
  return v_letters;
end
$$;
revoke execute on function private.replay(private.replay_room[], private.replay_item[], jsonb, jsonb, text, integer, timestamptz) from public;

-- Owner's rights: bursts and read marks are nobody's to read. Answers only for the caller.
create function private.simulate(proposed jsonb, days integer, as_of timestamptz default now())
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := (select auth.uid());
  v_event_ids uuid[] := array(select private.my_event_ids());
  v_begin_at timestamptz := as_of - make_interval(days => days);
  v_preferences public.notification_preferences := private.proposed_preferences(v_user_id, proposed);
  v_rooms private.replay_room[];
  v_items private.replay_item[];
  v_time_zone text;
  v_default_cap integer := (select s.letters_per_day from private.settings s);
  v_cap_now integer;
  v_cap_new integer := coalesce(v_preferences.letters_per_day, v_default_cap);
  v_capped_after timestamptz;
  v_sent jsonb;
  v_kept jsonb;
  v_list jsonb[];
begin
  if days is null or days not between 1 and 30 then
    raise exception using
      errcode = 'CN052',
      message = format('The last %s days cannot be tried.', days),
      hint = 'Ask for 1 to 30 days.';
  end if;
  v_rooms := array(
    select r
    from private.replay_rooms(
      v_user_id, v_preferences, private.proposed_event_preferences(v_user_id, proposed -> 'events', v_event_ids), v_event_ids) r);
  v_time_zone := private.known_zone((select p.time_zone from private.recipient_people(array[v_user_id]) p));
  v_cap_now := coalesce(
    (select p.letters_per_day from public.notification_preferences p where p.user_id = v_user_id), v_default_cap);
  v_sent := private.kept_letters(v_user_id, '{}', '{}', v_begin_at, as_of);
  if v_cap_now is distinct from v_cap_new then
    v_capped_after := (
      select min(l.at)
      from (
        select x.at, count(*) over (order by x.at range between interval '24 hours' preceding and current row) as letters
        from jsonb_to_recordset(v_sent) x (at timestamptz)
      ) l
      where l.letters >= least(v_cap_now, v_cap_new));
  end if;
  v_items := array(
    select i
    from private.replay_items(v_user_id, v_rooms, v_time_zone, v_capped_after, v_begin_at, as_of) i);
  v_kept := private.kept_letters(
    v_user_id,
    array(select i.notification_id from unnest(v_items) i where i.notification_id is not null),
    array(select i.told from unnest(v_items) i where i.notification_id is not null),
    v_begin_at, as_of);
  v_list := private.replay(v_rooms, v_items, v_sent, v_kept, v_time_zone, v_cap_new, as_of);
  return jsonb_build_object(
    'days', days,
    'now', jsonb_build_object('letters', jsonb_array_length(v_sent)),
    'proposed', jsonb_build_object('letters', cardinality(v_list), 'list', to_jsonb(v_list)));
end
$$;
revoke execute on function private.simulate(jsonb, integer, timestamptz) from public;
grant execute on function private.simulate(jsonb, integer, timestamptz) to authenticated;

create function public.simulate_preferences(proposed jsonb, days integer default 30)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select private.simulate(proposed, days);
$$;
comment on function public.simulate_preferences(jsonb, integer) is
  'What if: the letters the caller would have got in the last days (1 to 30) with other settings; writes nothing. proposed: columns of notification_preferences, and events: {"<id>": {"level", "muted_until"}}; what it does not name stays. The rule: what the proposed settings decide as the current ones do keeps what really happened to it, whatever the settings were then, unless back-off or another cap carries a change over to it; the rest is told anew by the same due_at(), hold_until() and reason_not_to_tell(), in order of time, with back-off, mention limit and daily cap, unless it is known to have been read by then. Visits are known as far as read marks and letters tell. So unchanged settings give exactly the letters that were sent. Returns {"days", "now": {"letters"}, "proposed": {"letters", "list": [{"at", "kind", "events": [{"event_id", "title", "count", "mentions"}]}]}}.';
revoke execute on function public.simulate_preferences(jsonb, integer) from public, anon, authenticated, service_role;
grant execute on function public.simulate_preferences(jsonb, integer) to authenticated;
