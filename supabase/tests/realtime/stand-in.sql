-- What we use of Supabase's Realtime, with its signatures: messages by topic, who listens to what, sending.
create schema realtime;
grant usage on schema realtime to authenticated, anon;
create table realtime.messages (
  id bigint generated always as identity primary key,
  topic text not null,
  extension text not null,
  event text,
  payload jsonb,
  private boolean not null default false
);
alter table realtime.messages enable row level security;
grant select, insert on realtime.messages to authenticated, anon;
create function realtime.topic() returns text language sql stable
  as $$ select nullif(current_setting('realtime.topic', true), '') $$;
create function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void language plpgsql as $$
begin
  if current_setting('realtime.broken', true) = 'yes' then
    raise exception 'no partition of relation "messages" found for row';
  end if;
  insert into realtime.messages (payload, event, topic, private, extension) values (payload, event, topic, private, 'broadcast');
end
$$;
