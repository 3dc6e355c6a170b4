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
