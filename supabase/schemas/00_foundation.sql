-- What every other file stands on: schemas, roles, settings, ids and locks.

create schema if not exists private;
comment on schema private is 'The notification engine''s own tables and functions. Not exposed over the API.';
revoke all on schema private from public;
grant usage on schema private to authenticated, service_role;

-- The role with which edge functions and workers connect: it may execute the service functions and nothing else.
-- It cannot log in until the deployment gives it a password.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'notifier') then
    create role notifier nologin noinherit;
  end if;
  -- Edge functions are given the owner's address by the platform and switch to this role.
  execute format('grant notifier to %I', current_user);
end
$$;
grant usage on schema public, private to notifier;

create table private.settings (
  only_row boolean primary key default true,
  batch_window_seconds integer not null default 120,
  mention_grace_seconds integer not null default 30,
  lease_seconds integer not null default 120,
  letters_per_day integer default 20,
  sender_from text not null default 'Chat Notifications <chat@notify.example.com>',
  sender_reply_to text,
  replies_are_read boolean not null default false,
  postal_address text not null default 'Chat Notifications, 1 Example Street, 10115 Berlin, Germany',
  product_name text not null default 'Chat Notifications',
  app_url text not null default 'http://localhost:3000',
  functions_url text not null default 'http://localhost:3000/functions/v1',
  allow_plaintext_links boolean not null default false,
  list_domain text not null default 'notify.example.com',
  delivery_on_for text,
  redirect_all_to text,
  allow_list text[],
  requests_per_second double precision default 10,
  emails_per_second double precision default 100,
  daily_quota integer,
  monthly_quota integer,
  silent_after_seconds integer not null default 600,
  keep_contents_days integer not null default 14,
  archive_after_days integer not null default 30,
  delete_after_days integer not null default 90,
  keep_audit_days integer not null default 730,
  address_salt bytea not null default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
  updated_at timestamptz not null default now(),
  constraint settings_has_one_row check (only_row),
  constraint settings_batch_window_is_at_most_a_day check (batch_window_seconds between 0 and 86400),
  constraint settings_mention_grace_is_at_most_an_hour check (mention_grace_seconds between 0 and 3600),
  constraint settings_lease_is_sensible check (lease_seconds between 10 and 3600),
  constraint settings_letters_per_day_are_some check (letters_per_day >= 1),
  constraint settings_rates_are_positive check (requests_per_second > 0 and emails_per_second > 0),
  constraint settings_quotas_are_positive check (daily_quota > 0 and monthly_quota > 0),
  constraint settings_keep_in_order check (
    keep_contents_days between 2 and delete_after_days and archive_after_days between 8 and delete_after_days
    and delete_after_days <= 3650 and keep_audit_days between 30 and 3650),
  constraint settings_silence_is_sensible check (silent_after_seconds between 30 and 86400),
  constraint settings_urls_have_no_trailing_slash check (app_url !~ '/$' and functions_url !~ '/$'),
  -- To this very machine plain http is fine.
  constraint settings_links_are_encrypted check (
    allow_plaintext_links
    or (app_url ~ '^(https://|http://(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?(/|$))'
      and functions_url ~ '^(https://|http://(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?(/|$))')),
  constraint settings_sender_is_one_line check (concat(sender_from, sender_reply_to, product_name, list_domain) !~ '[\r\n]')
);
comment on table private.settings is
  'One row: what an operator may set for the whole deployment. Times in seconds; rates and letters_per_day (to one recipient in 24 hours, the rest goes into digests) null: no limit. delivery_on_for: the deployment whose processors may send (a copy has another URL). redirect_all_to, allow_list: staging. daily_quota, monthly_quota: what the provider''s plan allows, null if it has no such limit; they alert and forecast, they stop nothing. silent_after_seconds: without a processor''s word for so long it counts as dead. keep_…, archive_…, delete_…: days, see retain().';
alter table private.settings enable row level security;
grant select, update on private.settings to service_role;
insert into private.settings default values;

-- Time-ordered ids: new rows land on the same index page. Random ones made the claim touch a page per letter.
create function private.uuid_v7(at timestamptz default clock_timestamp())
returns uuid
language sql
volatile
return encode(
  set_bit(set_bit(
    overlay(uuid_send(gen_random_uuid())
      placing substring(int8send(floor(extract(epoch from at) * 1000)::bigint) from 3) from 1 for 6),
    52, 1), 53, 1),
  'hex')::uuid;
comment on function private.uuid_v7(timestamptz) is 'RFC 9562 version 7: 48 bits of Unix milliseconds, then random bits.';
revoke execute on function private.uuid_v7(timestamptz) from public;

-- Advisory locks by subject. The seed keeps the kinds apart; a collision of two ids only makes one wait its turn.
create function private.recipient_lock(user_id uuid)
returns bigint
language sql
immutable
return uuid_hash_extended(user_id, 1);
revoke execute on function private.recipient_lock(uuid) from public;

create function private.opening_lock(event_id uuid)
returns bigint
language sql
immutable
return uuid_hash_extended(event_id, 2);
revoke execute on function private.opening_lock(uuid) from public;

create function private.settling_lock(event_id uuid)
returns bigint
language sql
immutable
return uuid_hash_extended(event_id, 3);
revoke execute on function private.settling_lock(uuid) from public;

-- Faults the engine survived and an operator should see: inserted, never updated, so that recording waits for nobody.
create table private.incidents (
  id bigint generated always as identity primary key,
  happened_at timestamptz not null default clock_timestamp(),
  step text not null,
  event_id uuid,
  burst_id bigint,
  user_id uuid,
  code text not null,
  message text not null,
  constraint incidents_step_is_known check (step in ('open', 'mention', 'settle', 'fan_out', 'reschedule', 'broadcast', 'clock'))
);
comment on table private.incidents is 'Faults that were caught: which step, SQLSTATE and Postgres'' message. Never message text or addresses.';
create index incidents_happened_at_idx on private.incidents (happened_at desc);
comment on index private.incidents_happened_at_idx is 'The operators'' list, newest first.';
alter table private.incidents enable row level security;

create function private.record_incident(
  step text, code text, message text,
  event_id uuid default null, burst_id bigint default null, user_id uuid default null
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  insert into private.incidents (step, code, message, event_id, burst_id, user_id)
  values (step, code, left(message, 500), event_id, burst_id, user_id);
exception when others then
  -- Recording must never make the fault worse: the server's log still has it.
  raise warning 'incident not recorded: % % (%)', step, code, sqlstate;
end
$$;
revoke execute on function private.record_incident(text, text, text, uuid, bigint, uuid) from public;

-- Who did what, beyond the recipient's own reading and writing.
create table private.audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  actor uuid,
  action text not null,
  details jsonb not null default '{}'
);
comment on table private.audit_log is 'What operators and the system did: ids and codes, never message text or addresses. actor: null for the system.';
alter table private.audit_log enable row level security;

create function private.audit(action text, details jsonb default '{}')
returns void
language sql
volatile
set search_path = ''
as $$
  insert into private.audit_log (actor, action, details)
  values ((select auth.uid()), action, details);
$$;
revoke execute on function private.audit(text, jsonb) from public;

create function private.growing_pause(attempts integer)
returns interval
language sql
immutable
return least(interval '1 hour', interval '30 seconds' * 2 ^ least(attempts - 1, 10));
comment on function private.growing_pause(integer) is '30 s, doubling with each failed attempt to at most an hour.';
revoke execute on function private.growing_pause(integer) from public;

-- Every exactly-once argument here assumes that each statement sees what committed before it.
create function private.require_read_committed()
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception using
      errcode = 'CN010',
      message = format('The processor must run in READ COMMITTED, not %s.', current_setting('transaction_isolation')),
      hint = 'Remove default_transaction_isolation from the role or the connection.';
  end if;
end
$$;
revoke execute on function private.require_read_committed() from public;
