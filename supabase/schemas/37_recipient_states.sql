-- Where a recipient stands in an event: what they have read, when they were there, what they were sent last.

-- Per recipient and event, for members as for participants. No foreign key: a letter is marked sent also when its
-- reader's account goes in that moment.
create table private.recipient_states (
  user_id uuid not null,
  event_id uuid not null,
  read_up_to bigint,
  read_snapshot pg_snapshot,
  last_seen_at timestamptz,
  last_letter_at timestamptz,
  back_off_step smallint,
  mention_letters_at timestamptz[],
  primary key (user_id, event_id),
  constraint recipient_states_read_mark_has_its_snapshot check ((read_up_to is null) = (read_snapshot is null)),
  constraint recipient_states_back_off_follows_a_letter check (
    (last_letter_at is null) = (back_off_step is null) and back_off_step between 1 and 3)
)
-- Every letter writes here, and touches no index.
with (fillfactor = 80);
comment on table private.recipient_states is
  'Read mark, last visit, last letters. A message is read when its id is at most read_up_to and it was visible in read_snapshot: one that commits later with a smaller id is unread. back_off_step: letters in a row without a visit, 3 means 3 or more. mention_letters_at: the latest five letters that told mentions alone.';
alter table private.recipient_states enable row level security;

-- Owner's rights: whoever deletes an account need not know of this.
create function private.forget_recipient_states()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from private.recipient_states s
  where s.user_id = old.id;
  return null;
end
$$;
revoke execute on function private.forget_recipient_states() from public;
create trigger recipient_states_go_with_the_account
  after delete on auth.users
  for each row execute function private.forget_recipient_states();

-- SQL-standard bodies: names are bound when the function is created, so no search_path can mislead them and they inline.
create function private.is_read(message_id bigint, posted_in xid8, read_up_to bigint, read_snapshot pg_snapshot)
returns boolean
language sql
immutable
return coalesce(message_id <= read_up_to and pg_visible_in_snapshot(posted_in, read_snapshot), false);
revoke execute on function private.is_read(bigint, xid8, bigint, pg_snapshot) from public;

-- Mentions tell at once five times an hour and event; the rest comes with the burst's letter.
create function private.is_mentioned_enough(mention_letters_at timestamptz[], as_of timestamptz)
returns boolean
language sql
stable
return coalesce(cardinality(mention_letters_at) >= 5 and mention_letters_at[1] > as_of - interval '1 hour', false);
revoke execute on function private.is_mentioned_enough(timestamptz[], timestamptz) from public;
