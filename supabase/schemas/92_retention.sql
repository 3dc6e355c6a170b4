-- What is kept how long: contents of letters 14 days, notifications 30 days in reach of everything and 60 more in the
-- archive, the audit log two years. In small steps, each its own transaction, so that chat never waits for them.

create table private.archived_notifications (
  id bigint primary key,
  user_id uuid not null,
  event_id uuid not null,
  burst_id bigint,
  message_id bigint,
  lane smallint not null,
  status text not null,
  scheduled_for timestamptz not null,
  email_id uuid,
  reason text,
  waits jsonb,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint archived_notifications_are_settled check (status in ('sent', 'failed', 'skipped'))
);
comment on table private.archived_notifications is 'Notifications that were settled archive_after_days ago, until delete_after_days.';
create index archived_notifications_email_idx on private.archived_notifications (email_id) where email_id is not null;
comment on index private.archived_notifications_email_idx is 'A letter''s timeline.';
create index archived_notifications_burst_idx on private.archived_notifications (burst_id, user_id);
comment on index private.archived_notifications_burst_idx is 'A message''s receipt.';
create index archived_notifications_user_idx on private.archived_notifications (user_id);
comment on index private.archived_notifications_user_idx is 'A person''s data, for export and erasure.';
alter table private.archived_notifications enable row level security;

create table private.retention_progress (
  only_row boolean primary key default true,
  notifications_after bigint not null default 0,
  emails_after uuid not null default '00000000-0000-0000-0000-000000000000',
  contents_after timestamptz not null default '-infinity',
  rest_until timestamptz not null default '-infinity',
  constraint retention_progress_has_one_row check (only_row)
);
comment on table private.retention_progress is 'How far this round of retention has come; between rounds it rests for an hour.';
alter table private.retention_progress enable row level security;
insert into private.retention_progress default values;

-- The next page of the oldest notifications: those settled long enough go into the archive. By the primary key, which
-- is in the order of time; null: the page reached what is still to be kept.
create function private.archive_notifications(after bigint, page integer, older_than timestamptz, out moved integer, out last_id bigint)
language sql
volatile
set search_path = ''
as $$
  with page as materialized (
    select n.id, n.status, n.created_at, n.updated_at
    from public.notifications n
    where n.id > after
    order by n.id
    limit page
  ), gone as (
    delete from public.notifications n
    where n.id = any(array(
        select l.id
        from public.notifications l
        where l.id = any(array(
            select p.id
            from page p
            where p.status in ('sent', 'failed', 'skipped')
              and p.updated_at < older_than
          ))
        order by l.id
        for update skip locked
      ))
    returning *
  ), kept as (
    insert into private.archived_notifications
      (id, user_id, event_id, burst_id, message_id, lane, status, scheduled_for, email_id, reason, waits, created_at, updated_at)
    select g.id, g.user_id, g.event_id, g.burst_id, g.message_id, g.lane, g.status, g.scheduled_for, g.email_id, g.reason,
      g.waits, g.created_at, g.updated_at
    from gone g
    returning id
  )
  select (select count(*) from kept)::integer,
    case when count(*) = page and min(p.created_at) < older_than then max(p.id) end
  from page p;
$$;
revoke execute on function private.archive_notifications(bigint, integer, timestamptz) from public;

create function private.delete_letters(after uuid, page integer, older_than timestamptz, out deleted integer, out last_id uuid)
language sql
volatile
set search_path = ''
as $$
  with page as materialized (
    select e.id, e.status, e.created_at
    from public.emails e
    where e.id > after
    order by e.id
    limit page
  ), gone as (
    delete from public.emails e
    where e.id = any(array(
        select l.id
        from public.emails l
        where l.id = any(array(select p.id from page p where p.created_at < older_than and p.status not in ('sending', 'retrying')))
        order by l.id
        for update skip locked
      ))
    returning e.id
  )
  select (select count(*) from gone)::integer,
    case when count(*) = page and min(p.created_at) < older_than then max(p.id::text)::uuid end
  from page p;
$$;
revoke execute on function private.delete_letters(uuid, integer, timestamptz) from public;

-- The facts of settled dispatches hold messages' text, and so does a body that was kept.
create function private.erase_contents(after timestamptz, page integer, older_than timestamptz, out erased integer, out last_at timestamptz)
language sql
volatile
set search_path = ''
as $$
  with page as materialized (
    select d.id, d.updated_at
    from private.dispatches d
    where d.status in ('sent', 'failed')
      and d.updated_at > after
      and d.updated_at < older_than
    order by d.updated_at
    limit page
  ), gone as (
    update private.dispatches d
    set facts = '{}', body = null
    where d.id = any(array(
        select l.id
        from private.dispatches l
        where l.id = any(array(select p.id from page p))
          and (l.facts <> '{}' or l.body is not null)
        order by l.id
        for update skip locked
      ))
    returning d.id
  )
  select (select count(*) from gone)::integer, case when count(*) = page then max(p.updated_at) end
  from page p;
$$;
revoke execute on function private.erase_contents(timestamptz, integer, timestamptz) from public;

-- Small tables and the ends of indexes; each at most a page.
create function private.delete_remains(page integer, settings private.settings, as_of timestamptz)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_old constant timestamptz := as_of - make_interval(days => settings.delete_after_days);
  v_rows integer;
  v_counts jsonb := '{}';
  v_step record;
begin
  for v_step in
    select *
    from (values
      ('archived_notifications', 'delete from private.archived_notifications where id = any(array(
         select a.id from private.archived_notifications a where a.id <= (
           select max(f.id) from (select id from private.archived_notifications order by id limit $1) f) and a.updated_at < $2))', v_old),
      ('dispatches', 'delete from private.dispatches where id = any(array(
         select d.id from private.dispatches d where d.status in (''sent'', ''failed'') and d.updated_at < $2
           and not exists (select from public.emails e where e.dispatch_id = d.id) order by d.updated_at limit $1))', v_old),
      ('webhook_events', 'delete from private.webhook_events where svix_id = any(array(
         select w.svix_id from private.webhook_events w where w.received_at < $2 order by w.received_at limit $1))', v_old),
      ('burst_messages', 'with old as (select b.id from private.bursts b where b.settled_at < $2 and b.fanned_out_at is not null order by b.settled_at limit $1),
         told as (delete from private.burst_messages m where m.burst_id in (select id from old))
         delete from private.bursts b where b.id in (select id from old)', v_old),
      ('incidents', 'delete from private.incidents where id = any(array(
         select i.id from private.incidents i where i.happened_at < $2 order by i.happened_at limit $1))', v_old),
      ('breaker_changes', 'delete from private.breaker_changes where id = any(array(
         select b.id from private.breaker_changes b where b.at < $2 order by b.at limit $1))', v_old),
      ('rollups', 'delete from private.rollups where (width, at) in (
         select r.width, r.at from private.rollups r where r.width = ''minute'' and r.at < $2 order by r.at limit $1)', as_of - interval '3 days'),
      ('rollups', 'delete from private.rollups where (width, at) in (
         select r.width, r.at from private.rollups r where r.width = ''hour'' and r.at < $2 order by r.at limit $1)', as_of - interval '400 days'),
      ('delays', 'delete from private.delays where width = ''minute'' and at < $2', as_of - interval '3 days'),
      ('delays', 'delete from private.delays where width = ''hour'' and at < $2', as_of - interval '400 days'),
      ('event_days', 'delete from private.event_days where day < timezone(''UTC'', $2)::date', as_of - interval '400 days'),
      ('refusals', 'delete from private.refusals where day < timezone(''UTC'', $2)::date', as_of - interval '400 days'),
      ('alerts', 'delete from private.alerts where closed_at < $2', as_of - interval '400 days'),
      ('processors', 'delete from private.processors p where p.beat_at < $2 and exists (select from private.processors o where o.started_at < p.started_at)', as_of - interval '30 days'),
      ('audit_log', 'delete from private.audit_log where id = any(array(
         select l.id from private.audit_log l where l.at < $2 order by l.at limit $1))',
        least(as_of, clock_timestamp()) - make_interval(days => settings.keep_audit_days))
    ) steps (what, statement, older_than)
  loop
    execute v_step.statement using page, v_step.older_than;
    get diagnostics v_rows = row_count;
    if v_rows > 0 then
      v_counts := v_counts || jsonb_build_object(v_step.what, coalesce((v_counts ->> v_step.what)::integer, 0) + v_rows);
    end if;
  end loop;
  return v_counts;
end
$$;
revoke execute on function private.delete_remains(integer, private.settings, timestamptz) from public;

-- Owner's rights: processors may have it done, and decide nothing.
create function private.retain(page integer default 500, as_of timestamptz default now())
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
-- Waits for nobody: whoever holds a row works with it, and the next round comes.
set lock_timeout = '100ms'
as $$
declare
  v_progress private.retention_progress;
  v_settings private.settings;
  v_archive record;
  v_letters record;
  v_contents record;
  v_counts jsonb;
begin
  select *
  into v_progress
  from private.retention_progress
  for update skip locked;
  if not found or v_progress.rest_until > as_of then
    return null;
  end if;
  select * into v_settings from private.settings;
  select * into v_contents
  from private.erase_contents(v_progress.contents_after, page, as_of - make_interval(days => v_settings.keep_contents_days));
  select * into v_archive
  from private.archive_notifications(v_progress.notifications_after, page, as_of - make_interval(days => v_settings.archive_after_days));
  select * into v_letters
  from private.delete_letters(v_progress.emails_after, page, as_of - make_interval(days => v_settings.delete_after_days));
  v_counts := private.delete_remains(page, v_settings, as_of) || jsonb_build_object(
    'contents_erased', v_contents.erased, 'notifications_archived', v_archive.moved, 'letters', v_letters.deleted,
    'erasures_finished', private.finish_erasures(as_of));
  update private.retention_progress p
  set contents_after = coalesce(v_contents.last_at, p.contents_after),
    notifications_after = coalesce(v_archive.last_id, p.notifications_after),
    emails_after = coalesce(v_letters.last_id, p.emails_after);
  -- A whole round without anything left: from the beginning, after a rest.
  if v_contents.last_at is null and v_archive.last_id is null and v_letters.last_id is null
    and not exists (select from jsonb_each(v_counts) c where c.value::integer > 0)
  then
    update private.retention_progress p
    set contents_after = '-infinity', notifications_after = 0, emails_after = '00000000-0000-0000-0000-000000000000',
      rest_until = as_of + interval '1 hour';
  end if;
  return v_counts;
end
$$;
comment on function private.retain(integer, timestamptz) is
  'One step of retention: at most a page of each kind. Returns what it did; null: nothing to do for now.';
revoke execute on function private.retain(integer, timestamptz) from public;
grant execute on function private.retain(integer, timestamptz) to service_role, notifier;

create table private.maintenance_runs (
  id bigint generated always as identity primary key,
  kind text not null,
  dry_run boolean not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  report jsonb,
  problem text,
  constraint maintenance_runs_kind_is_known check (kind in ('daily', 'weekly', 'monthly', 'backup', 'recovery_drill'))
);
comment on table private.maintenance_runs is 'What npm run maintain did. Without finished_at it is under way, or was interrupted.';
alter table private.maintenance_runs enable row level security;
grant select on private.maintenance_runs to authenticated, service_role;
create policy "operators read maintenance runs" on private.maintenance_runs for select to authenticated
  using ((select private.is_operator()));
create view public.maintenance_runs
with (security_invoker = true) as
select r.id, r.kind, r.dry_run, r.started_at, r.finished_at, r.report, r.problem
from private.maintenance_runs r;
comment on view public.maintenance_runs is 'For operators: maintenance, and what it did.';
revoke all on public.maintenance_runs from anon, authenticated, service_role;
grant select on public.maintenance_runs to authenticated, service_role;

create view public.audit_log
with (security_invoker = true) as
select l.id, l.at, l.actor, l.action, l.details
from private.audit_log l;
comment on view public.audit_log is 'For operators: who did what. Entries about a person name them by a salted hash (details.person).';
revoke all on public.audit_log from anon, authenticated, service_role;
grant select on public.audit_log to authenticated, service_role;
