-- What operators read as it stands, with their own rights: row-level security of the tables decides.

create view public.suppressions
with (security_invoker = true) as
select encode(s.address_hash, 'hex') as id, s.address, s.reason, s.suppressed_at, s.lifted_at
from private.suppressions s;
comment on view public.suppressions is 'For operators: addresses that are not mailed, until lifted_at. address is null after an erasure.';
revoke all on public.suppressions from anon, authenticated, service_role;
grant select on public.suppressions to authenticated, service_role;

create view public.webhook_events
with (security_invoker = true) as
select w.svix_id as id, w.type, w.email_id, w.occurred_at, w.received_at, w.detail, w.result
from private.webhook_events w;
comment on view public.webhook_events is 'For operators: what the provider reported.';
revoke all on public.webhook_events from anon, authenticated, service_role;
grant select on public.webhook_events to authenticated, service_role;

create view public.pauses
with (security_invoker = true) as
select p.scope, nullif(p.id, '00000000-0000-0000-0000-000000000000') as id, p.paused_at, p.paused_by
from private.pauses p;
comment on view public.pauses is 'For operators: what is paused: everything, an organization or an event (id).';
revoke all on public.pauses from anon, authenticated, service_role;
grant select on public.pauses to authenticated, service_role;

create view public.breakers
with (security_invoker = true) as
select b.name, b.state, b.failures, b.open_until, b.reason, b.changed_at
from private.breakers b;
comment on view public.breakers is 'For operators: circuit breakers: closed, open until, half_open.';
revoke all on public.breakers from anon, authenticated, service_role;
grant select on public.breakers to authenticated, service_role;

create view public.breaker_changes
with (security_invoker = true) as
select c.id, c.at, c.name, c.state, c.reason
from private.breaker_changes c;
comment on view public.breaker_changes is 'For operators: what breakers did, and why.';
revoke all on public.breaker_changes from anon, authenticated, service_role;
grant select on public.breaker_changes to authenticated, service_role;

create view public.processors
with (security_invoker = true) as
select p.id, p.kind, p.version, p.started_at, p.beat_at
from private.processors p;
comment on view public.processors is 'For operators: who processes, and their last word.';
revoke all on public.processors from anon, authenticated, service_role;
grant select on public.processors to authenticated, service_role;

create view public.outages
with (security_invoker = true) as
select o.from_at, o.until_at
from private.outages o;
comment on view public.outages is 'For operators: times without a word from any processor.';
revoke all on public.outages from anon, authenticated, service_role;
grant select on public.outages to authenticated, service_role;

create view public.alert_rules
with (security_invoker = true) as
select r.name, r.title, r.unit, r.opens_above, r.closes_below, r.min_samples, r.calm, r.enabled, r.silenced_until
from private.alert_rules r;
comment on view public.alert_rules is 'For operators: when alerts open and close.';
revoke all on public.alert_rules from anon, authenticated, service_role;
grant select on public.alert_rules to authenticated, service_role;
