-- What the specification says, word by word: one row for each recipient and message, written by the trigger, and its indexes.
create table users (id uuid primary key default gen_random_uuid(), email text not null);
create table events (id uuid primary key default gen_random_uuid(), title text not null);
create table event_participants (
  event_id uuid references events (id), user_id uuid references users (id), primary key (event_id, user_id));
create table notification_preferences (user_id uuid primary key references users (id), delivery text not null default 'immediate');
create table chat_messages (
  id uuid primary key default gen_random_uuid(), event_id uuid not null references events (id),
  user_id uuid references users (id), body text not null, created_at timestamptz not null default now());
create table notifications (
  id uuid primary key default gen_random_uuid(), user_id uuid not null references users (id),
  event_id uuid not null references events (id), message_id uuid not null references chat_messages (id),
  status text not null default 'pending', scheduled_for timestamptz not null default now(),
  created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create index idx_notifications_status_created on notifications (status, created_at);
create index idx_notifications_user_id on notifications (user_id);
create index idx_notifications_event_id on notifications (event_id);
create index idx_chat_messages_event_created on chat_messages (event_id, created_at desc);
create function create_chat_notifications() returns trigger language plpgsql as $$
begin
  insert into notifications (user_id, event_id, message_id, scheduled_for)
  select p.user_id, new.event_id, new.id,
    case when coalesce(n.delivery, 'immediate') = 'daily' then date_trunc('day', now()) + interval '1 day 8 hours' else now() end
  from event_participants p
  left join notification_preferences n on n.user_id = p.user_id
  where p.event_id = new.event_id and p.user_id is distinct from new.user_id and coalesce(n.delivery, 'immediate') <> 'off';
  return new;
end $$;
create trigger on_chat_message_created after insert on chat_messages for each row execute function create_chat_notifications();
