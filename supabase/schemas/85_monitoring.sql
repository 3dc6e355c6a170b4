-- What operators look at.

-- As the specification writes it. Never granted to browser roles: run verbatim it has no security_invoker.
create view public.notification_stats as
select
  date(created_at) as date,
  status,
  count(*) as count,
  avg(extract(epoch from (updated_at - created_at))) as avg_processing_time_seconds
from public.notifications
where created_at >= now() - interval '30 days'
group by date(created_at), status
order by date desc, status;
comment on view public.notification_stats is 'Notifications of the last 30 days by day and status.';
revoke all on public.notification_stats from anon, authenticated, service_role;
grant select on public.notification_stats to service_role;

grant select on private.incidents to authenticated, service_role;
create policy "operators read incidents"
  on private.incidents for select to authenticated
  using ((select private.is_operator()));

create view public.incidents
with (security_invoker = true) as
select id, happened_at, step, event_id, burst_id, user_id, code, message
from private.incidents;
comment on view public.incidents is 'Faults the engine caught: for operators.';
revoke all on public.incidents from anon, authenticated, service_role;
grant select on public.incidents to authenticated, service_role;

-- What became of dispatches, not what their letters say: facts and body stay closed.
grant select (id, status, attempt, letter_count, outcome, last_error, next_attempt_at, first_attempt_at, ambiguous_at,
    unconfirmed_at, created_at, updated_at)
  on private.dispatches to authenticated, service_role;
create policy "operators read what became of dispatches"
  on private.dispatches for select to authenticated
  using ((select private.is_operator()));

create view public.dead_letters
with (security_invoker = true) as
select e.id, e.user_id, e.kind, e.reason,
  case when d.status = 'failed' then d.outcome else 'failed_after_sending' end as code,
  d.attempt as attempts,
  d.last_error,
  d.first_attempt_at,
  e.failed_at,
  exists (select from private.webhook_events w where w.email_id = e.id) as known_to_provider
from public.emails e
join private.dispatches d on d.id = e.dispatch_id
where e.failed_at is not null;
comment on view public.dead_letters is
  'For operators: letters that nobody will send unless somebody decides (retry_email, discard_email). code: rejected, outcome_unknown, before_restore, failed_after_sending. last_error: the last answer''s name. known_to_provider: a webhook spoke of it, so it was accepted whatever we heard.';
revoke all on public.dead_letters from anon, authenticated, service_role;
grant select on public.dead_letters to authenticated, service_role;

create view public.unconfirmed_dispatches
with (security_invoker = true) as
select d.id, d.letter_count, d.attempt as attempts, d.last_error, d.first_attempt_at, d.unconfirmed_at
from private.dispatches d
where d.unconfirmed_at is not null;
comment on view public.unconfirmed_dispatches is
  'For operators: dispatches marked sent by the provider''s word about their key alone. Webhooks and, for an hour, the provider''s list confirm them; what stays here longer wants a look at the provider''s log.';
revoke all on public.unconfirmed_dispatches from anon, authenticated, service_role;
grant select on public.unconfirmed_dispatches to authenticated, service_role;
