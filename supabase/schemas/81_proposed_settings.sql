-- Settings that somebody thinks about: checked by the same rules as those they would save, and saved nowhere.

-- The first of the table's own checks that a row would break; null: none.
create function private.broken_check(proposed anyelement)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_check record;
  v_holds boolean;
begin
  for v_check in
    select c.conname, pg_get_expr(c.conbin, c.conrelid) as expression
    from pg_catalog.pg_constraint c
    join pg_catalog.pg_type t on t.typrelid = c.conrelid
    where t.oid = pg_typeof(proposed)
      and c.contype = 'c'
    union all
    select a.attname || '_is_given', format('%I is not null', a.attname)
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_type t on t.typrelid = a.attrelid
    where t.oid = pg_typeof(proposed)
      and a.attnotnull
      and a.attnum > 0
    order by 1
  loop
    -- From the catalog, of our own tables: nothing of the caller's is executed.
    execute format('select %s from (select ($1).*) proposed', v_check.expression) using proposed into v_holds;
    if not v_holds then
      return v_check.conname;
    end if;
  end loop;
  return null;
end
$$;
revoke execute on function private.broken_check(anyelement) from public;

create function private.refuse_proposal(problem text)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  raise exception using
    errcode = 'CN051',
    message = format('These settings cannot be tried: %s.', problem),
    hint = 'Send columns of notification_preferences, and events: {"<id>": {"level": …, "muted_until": …}}.';
end
$$;
revoke execute on function private.refuse_proposal(text) from public;

-- The columns of a row that a person may set, as an object's keys.
create function private.check_keys(proposed jsonb, allowed text[])
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_unknown text;
begin
  if jsonb_typeof(proposed) is distinct from 'object' then
    perform private.refuse_proposal('not an object');
  end if;
  select min(k)
  into v_unknown
  from jsonb_object_keys(proposed) k
  where k <> all(allowed);
  if v_unknown is not null then
    perform private.refuse_proposal(format('there is no setting %s', left(v_unknown, 50)));
  end if;
end
$$;
revoke execute on function private.check_keys(jsonb, text[]) from public;

create function private.proposed_preferences(user_id uuid, proposed jsonb)
returns public.notification_preferences
language plpgsql
stable
set search_path = ''
as $$
declare
  v_proposed public.notification_preferences;
  v_broken text;
begin
  perform private.check_keys(proposed, array['events', 'delivery', 'level', 'digest_at', 'weekly_on', 'quiet_from', 'quiet_until',
    'quiet_except_mentions', 'content_mode', 'letters_per_day']);
  select *
  into v_proposed
  from public.notification_preferences p
  where p.user_id = proposed_preferences.user_id;
  if not found then
    v_proposed := jsonb_populate_record(null::public.notification_preferences, jsonb_build_object(
      'user_id', user_id, 'digest_at', '08:00', 'weekly_on', 1, 'quiet_except_mentions', false, 'updated_at', now()));
  end if;
  begin
    v_proposed := jsonb_populate_record(v_proposed, proposed - 'events');
  exception when data_exception then
    perform private.refuse_proposal(sqlerrm);
  end;
  v_broken := private.broken_check(v_proposed);
  if v_broken is not null then
    perform private.refuse_proposal(v_broken);
  end if;
  return v_proposed;
end
$$;
revoke execute on function private.proposed_preferences(uuid, jsonb) from public;

create function private.proposed_event_preferences(user_id uuid, proposed jsonb, event_ids uuid[])
returns public.event_notification_preferences[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_all public.event_notification_preferences[] := '{}';
  v_proposed public.event_notification_preferences;
  v_event_id uuid;
  v_key text;
  v_settings jsonb;
  v_broken text;
begin
  if proposed is null then
    return v_all;
  elsif jsonb_typeof(proposed) <> 'object' then
    perform private.refuse_proposal('events is not an object');
  end if;
  for v_key, v_settings in
    select e.key, e.value
    from jsonb_each(proposed) e
  loop
    perform private.check_keys(v_settings, array['level', 'muted_until']);
    begin
      v_event_id := v_key;
      if v_event_id <> all(event_ids) then
        raise exception using
          errcode = 'CN003',
          message = 'You are not in this event, or it does not exist.',
          hint = 'Ask an organizer to add you, or check the event''s id.';
      end if;
      select *
      into v_proposed
      from public.event_notification_preferences p
      where p.user_id = proposed_event_preferences.user_id
        and p.event_id = v_event_id;
      v_proposed := jsonb_populate_record(v_proposed, v_settings || jsonb_build_object(
        'user_id', user_id, 'event_id', v_event_id, 'updated_at', now()));
    exception when data_exception then
      perform private.refuse_proposal(sqlerrm);
    end;
    v_broken := private.broken_check(v_proposed);
    if v_broken is not null then
      perform private.refuse_proposal(v_broken);
    end if;
    v_all := v_all || v_proposed;
  end loop;
  return v_all;
end
$$;
revoke execute on function private.proposed_event_preferences(uuid, jsonb, uuid[]) from public;
