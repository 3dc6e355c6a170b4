-- Live updates where Supabase's Realtime is: one broadcast per event and statement to the event's private topic, never
-- one per recipient. It says that there is something to read, not what; clients read it under row-level security.

-- The event whose topic this is; null for every other topic, so that policies compare ids instead of casting text.
create function private.event_of_topic(topic text)
returns uuid
language sql
immutable
return case
  when topic ~ '^event:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then substr(topic, 7)::uuid
end;
revoke execute on function private.event_of_topic(text) from public;
grant execute on function private.event_of_topic(text) to authenticated;

-- One broadcast an event: arrays of one length, a message each. Never raises.
create function private.broadcast_messages(kind text, message_ids bigint[], event_ids uuid[])
returns void
language plpgsql
volatile
set search_path = ''
set lock_timeout = '200ms'
as $$
declare
  v_event_id uuid;
  v_message_id bigint;
  v_messages bigint;
begin
  for v_event_id, v_message_id, v_messages in
    select m.event_id, max(m.id), count(*)
    from unnest(message_ids, event_ids) m (id, event_id)
    group by m.event_id
    order by m.event_id
  loop
    perform realtime.send(
      jsonb_build_object('event_id', v_event_id, 'message_id', v_message_id, 'messages', v_messages),
      kind, 'event:' || v_event_id, true);
  end loop;
exception when others then
  -- A message must never fail because nobody could be told live: clients read again when they come back.
  perform private.record_incident('broadcast', sqlstate, sqlerrm, v_event_id);
end
$$;
revoke execute on function private.broadcast_messages(text, bigint[], uuid[]) from public;

-- Triggers are for where somebody hears them: without Realtime they would cost every message some 20 µs for nothing.
create function private.realtime_is_here()
returns boolean
language sql
stable
return to_regprocedure('realtime.send(jsonb, text, text, boolean)') is not null and to_regprocedure('realtime.topic()') is not null;
revoke execute on function private.realtime_is_here() from public;

-- Who may listen: the people of the event. Nobody may send: what is broadcast comes from the database alone.
do $$
begin
  if not private.realtime_is_here() then
    raise notice 'No Realtime here: nothing is broadcast, clients look for themselves.';
    return;
  end if;
  create policy "people listen to their events"
    on realtime.messages for select to authenticated
    using (
      extension = 'broadcast'
      and (select private.event_of_topic(realtime.topic())) in (select private.my_event_ids())
    );
end
$$;
