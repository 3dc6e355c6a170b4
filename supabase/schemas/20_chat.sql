-- The reference host, part three: the chat itself.

-- Unicode's white space by its code points: what \s means depends on the database's locale.
create function private.has_text(body text)
returns boolean
language sql
immutable
return body ~ '[^\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]';
revoke execute on function private.has_text(text) from public;
grant execute on function private.has_text(text) to authenticated, service_role;

create table public.chat_messages (
  id bigint generated always as identity primary key,
  event_id uuid not null references public.events (id) on delete cascade,
  user_id uuid default auth.uid() references auth.users (id) on delete set null,
  body text not null,
  created_at timestamptz not null default now(),
  edited_at timestamptz,
  deleted_at timestamptz,
  client_key uuid,
  constraint chat_messages_body_has_text check (private.has_text(body) or deleted_at is not null),
  constraint chat_messages_body_is_at_most_8000_characters check (length(body) <= 8000)
);
comment on table public.chat_messages is 'What was written. A deleted message keeps its row without its text; user_id is null when the account is gone. client_key: the sender''s own name for it, so that sending again after a lost answer writes nothing twice.';
create index chat_messages_event_idx on public.chat_messages (event_id, id desc);
comment on index public.chat_messages_event_idx is 'A room''s messages, newest first, page by page.';
create index chat_messages_user_idx on public.chat_messages (user_id, event_id, id desc);
comment on index public.chat_messages_user_idx is 'A person''s messages in an event, for digests; all of them, when their account is deleted.';

create unique index chat_messages_are_sent_once on public.chat_messages (user_id, client_key) where client_key is not null;
comment on index public.chat_messages_are_sent_once is 'One message per sender and client_key; costs nothing where no key is given.';

-- The named checks would refuse the same rows; this says in words what to do.
create function private.check_chat_message()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' then
    if new.deleted_at is not null then
      new.body := '';
    elsif new.body is distinct from old.body then
      new.edited_at := now();
    end if;
  end if;
  if new.deleted_at is null and not private.has_text(new.body) then
    raise exception using
      errcode = 'CN001',
      message = 'A message needs some text.',
      hint = 'Write something other than white space.';
  elsif length(new.body) > 8000 then
    raise exception using
      errcode = 'CN002',
      message = format('This message has %s characters; 8000 is the most.', length(new.body)),
      hint = 'Shorten it, or send it in parts.';
  end if;
  return new;
end
$$;
revoke execute on function private.check_chat_message() from public;
create trigger chat_messages_are_checked
  before insert or update of body, deleted_at on public.chat_messages
  for each row execute function private.check_chat_message();

-- Owner's rights: says whether the caller may write here, and if not, why; a policy alone could only say no.
create function private.may_post(event_id uuid)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if exists (
    select
    from public.event_participants p
    where p.event_id = may_post.event_id
      and p.user_id = (select auth.uid())
  ) or exists (
    select
    from public.events e
    join public.organization_members m using (organization_id)
    where e.id = may_post.event_id
      and m.user_id = (select auth.uid())
  ) then
    return true;
  end if;
  raise exception using
    errcode = 'CN003',
    message = 'You are not in this event, or it does not exist.',
    hint = 'Ask an organizer to add you, or check the event''s id.';
end
$$;
revoke execute on function private.may_post(uuid) from public;
grant execute on function private.may_post(uuid) to authenticated;

alter table public.chat_messages enable row level security;
revoke all on public.chat_messages from anon, authenticated, service_role;
revoke all on sequence public.chat_messages_id_seq from anon, authenticated, service_role;
grant select on public.chat_messages to authenticated;
grant insert (event_id, user_id, body, client_key), update (body, deleted_at) on public.chat_messages to authenticated;
grant select, insert, update, delete on public.chat_messages to service_role;
create policy "people read the chats of their events"
  on public.chat_messages for select to authenticated
  using (event_id in (select private.my_event_ids()));
create policy "people write in their events as themselves"
  on public.chat_messages for insert to authenticated
  with check (user_id = (select auth.uid()) and private.may_post(event_id));
-- Only what is not deleted, or an author could bring back what an organizer removed; only where they still are.
create policy "authors edit and delete their messages, organizers delete any"
  on public.chat_messages for update to authenticated
  using (
    deleted_at is null
    and (
      (user_id = (select auth.uid()) and event_id in (select private.my_event_ids()))
      or event_id in (select private.my_run_event_ids())
    )
  )
  with check (
    user_id = (select auth.uid())
    or (event_id in (select private.my_run_event_ids()) and deleted_at is not null)
  );
