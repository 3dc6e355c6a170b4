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

-- Owner's rights: whoever writes a message may not write to Realtime.
create function private.broadcast_messages()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set lock_timeout = '200ms'
as $$
declare
  v_event_id uuid;
  v_message_id bigint;
  v_messages bigint;
begin
  for v_event_id, v_message_id, v_messages in
    select c.event_id, max(c.id), count(*)
    from changed c
    group by c.event_id
    order by c.event_id
  loop
    perform realtime.send(
      jsonb_build_object('event_id', v_event_id, 'message_id', v_message_id, 'messages', v_messages),
      tg_argv[0], 'event:' || v_event_id, true);
  end loop;
  return null;
exception when others then
  -- A message must never fail because nobody could be told live: clients read again when they come back.
  perform private.record_incident('broadcast', sqlstate, sqlerrm, v_event_id);
  return null;
end
$$;
revoke execute on function private.broadcast_messages() from public;

-- Triggers only where somebody hears them: without Realtime they would cost every message some 20 µs for nothing.
-- Who may listen: the people of the event. Nobody may send: what is broadcast comes from the database alone.
do $$
begin
  if to_regprocedure('realtime.send(jsonb, text, text, boolean)') is null or to_regprocedure('realtime.topic()') is null then
    raise notice 'No Realtime here: nothing is broadcast, clients look for themselves.';
    return;
  end if;
  create trigger chat_messages_are_broadcast
    after insert on public.chat_messages
    referencing new table as changed
    for each statement execute function private.broadcast_messages('message_posted');
  create trigger changed_chat_messages_are_broadcast
    after update on public.chat_messages
    referencing new table as changed
    for each statement execute function private.broadcast_messages('message_changed');
  create policy "people listen to their events"
    on realtime.messages for select to authenticated
    using (
      extension = 'broadcast'
      and (select private.event_of_topic(realtime.topic())) in (select private.my_event_ids())
    );
end
$$;
