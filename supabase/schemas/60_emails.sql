-- From notifications to letters: e-mails, dispatches, and the outcome of sending.

create table private.dispatches (
  id uuid primary key,
  status text not null default 'sending',
  attempt integer not null default 1,
  next_attempt_at timestamptz not null,
  letter_count integer not null,
  facts jsonb not null,
  body_sha256 bytea,
  first_attempt_at timestamptz,
  ambiguous_at timestamptz,
  body text,
  unconfirmed_at timestamptz,
  outcome text,
  last_error text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint dispatches_status_is_known check (status in ('sending', 'retrying', 'sent', 'failed')),
  constraint dispatches_hold_a_batch check (letter_count between 1 and 100),
  constraint dispatches_sent_were_attempted check (status <> 'sent' or first_attempt_at is not null),
  constraint dispatches_body_hash_is_sha256 check (octet_length(body_sha256) = 32)
);
comment on table private.dispatches is
  'Up to 100 e-mails sent in one provider call under one idempotency key, the id. next_attempt_at: the end of the lease while sending, the time of the retry while retrying. facts: what its letters share, frozen. first_attempt_at: of those whose letters may have been accepted. body: the request as sent, kept once an attempt was ambiguous. unconfirmed_at: sent by the provider''s word about its key alone. updated_at changes with the status: the rollups count by it.';
create index dispatches_next_attempt_idx on private.dispatches (next_attempt_at) where status in ('sending', 'retrying');
comment on index private.dispatches_next_attempt_idx is 'get_pending_notifications(): retries that are due and leases that ran out.';
create index dispatches_unconfirmed_idx on private.dispatches (unconfirmed_at) where unconfirmed_at is not null;
comment on index private.dispatches_unconfirmed_idx is 'What a webhook or the provider''s list has still to confirm.';
alter table private.dispatches enable row level security;

create table public.emails (
  id uuid primary key,
  user_id uuid not null,
  dispatch_id uuid not null,
  position smallint not null,
  kind text not null,
  status text not null default 'sending',
  address text not null,
  display_name text,
  locale text not null,
  time_zone text not null,
  content_mode text not null default 'redacted',
  digest text,
  parts jsonb not null,
  back_off_steps smallint[],
  more jsonb not null,
  provider_id text,
  reason text,
  created_at timestamptz not null,
  sent_at timestamptz,
  updated_at timestamptz not null,
  -- Not status and updated_at in the index's condition: each move of a letter would be a change of every index.
  failed_at timestamptz generated always as (case when status = 'failed' then updated_at end) stored,
  is_discarded boolean not null generated always as (status = 'discarded') stored,
  constraint emails_kind_is_known check (kind in ('conversation', 'combined', 'digest')),
  constraint emails_digest_is_a_rhythm check (digest in ('hourly', 'daily', 'weekly') and (kind = 'digest') or digest is null),
  constraint emails_content_mode_is_known check (content_mode in ('full', 'redacted', 'none')),
  constraint emails_status_is_known check (status in (
    'sending', 'retrying', 'sent', 'delivered', 'delayed', 'bounced', 'complained', 'failed', 'suppressed', 'discarded')),
  constraint emails_sent_have_a_time check (sent_at is not null or status not in ('sent', 'delivered', 'delayed', 'bounced', 'complained', 'suppressed')),
  constraint emails_failed_have_a_reason check (reason is not null or status not in ('failed', 'discarded'))
)
-- Room on the page for sent and for what the provider reports later, which touch no index.
with (fillfactor = 50);
comment on table public.emails is
  'One composed letter to one recipient. failed_at: since when it is a dead letter. parts: its events, each with count, shown message ids and mentions; more: what did not fit. back_off_steps: for each part the step that its event''s back-off takes with this letter; null: none, only mentions. States: docs/lifecycle.md.';
create index emails_dispatch_idx on public.emails (dispatch_id);
comment on index public.emails_dispatch_idx is 'A dispatch''s letters, for sending and marking.';
create index emails_failed_idx on public.emails (failed_at desc) where failed_at is not null;
comment on index public.emails_failed_idx is 'The dead letters, newest first.';
create index emails_discarded_idx on public.emails (dispatch_id) where is_discarded;
comment on index public.emails_discarded_idx is 'Erasure: letters that no notification leads to any more.';
create index emails_user_idx on public.emails (user_id, created_at desc);
comment on index public.emails_user_idx is 'A person''s letters, newest first.';
alter table public.emails enable row level security;
revoke all on public.emails from anon, authenticated, service_role;
grant select on public.emails to authenticated, service_role;
create policy "recipients read their own e-mails, operators all"
  on public.emails for select to authenticated
  using (user_id = (select auth.uid()) or (select private.is_operator()));
