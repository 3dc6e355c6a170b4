-- The reference host, part four: where its tables call the engine. An app with its own tables has these in its adapter.

-- Owner's rights: whoever writes a message may not write notifications.
create function public.create_chat_notifications()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.note_messages(array_agg(p.id), array_agg(p.event_id), array_agg(p.user_id), array_agg(p.body))
  from posted p
  where p.deleted_at is null
  having count(*) > 0;
  return null;
end
$$;
comment on function public.create_chat_notifications() is 'Tells the engine of new messages, once a statement: private.note_messages().';
revoke execute on function public.create_chat_notifications() from public, anon, authenticated, service_role;

create trigger on_chat_message_created
  after insert on public.chat_messages
  referencing new table as posted
  for each statement execute function public.create_chat_notifications();

create trigger time_zones_reschedule
  after update of time_zone on public.profiles
  for each row
  when (old.time_zone is distinct from new.time_zone)
  execute function private.reschedule_after_change();

-- Owner's rights: whoever deletes an event need not know of this.
create function private.forget_deleted_events()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.forget_events(array_agg(g.id))
  from gone g;
  return null;
end
$$;
revoke execute on function private.forget_deleted_events() from public;
create trigger deleted_events_are_forgotten
  after delete on public.events
  referencing old table as gone
  for each statement execute function private.forget_deleted_events();

-- Owner's rights: whoever writes a message may not write to Realtime.
create function private.broadcast_chat_messages()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.broadcast_messages(tg_argv[0], array_agg(c.id), array_agg(c.event_id))
  from changed c;
  return null;
end
$$;
revoke execute on function private.broadcast_chat_messages() from public;
do $$
begin
  if private.realtime_is_here() then
    create trigger chat_messages_are_broadcast
      after insert on public.chat_messages
      referencing new table as changed
      for each statement execute function private.broadcast_chat_messages('message_posted');
    create trigger changed_chat_messages_are_broadcast
      after update on public.chat_messages
      referencing new table as changed
      for each statement execute function private.broadcast_chat_messages('message_changed');
  end if;
end
$$;
