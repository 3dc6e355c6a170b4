-- The schedule on Supabase: pg_cron calls the edge function through pg_net with address and key from Vault. Without
-- these extensions nothing here does anything, and show_schedule() says so; workers need none of it.

create table private.schedule_state (
  only_row boolean primary key default true,
  last_request_id bigint,
  previous_request_id bigint,
  requested_at timestamptz,
  constraint schedule_state_has_one_row check (only_row)
);
comment on table private.schedule_state is 'The last two calls of the edge function: pg_net knows the answers by these ids, for six hours.';
alter table private.schedule_state enable row level security;
insert into private.schedule_state default values;

create function private.vault_secret(name text)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
  if to_regclass('vault.decrypted_secrets') is null then
    return null;
  end if;
  return (select s.decrypted_secret from vault.decrypted_secrets s where s.name = vault_secret.name);
end
$$;
revoke execute on function private.vault_secret(text) from public;

create function private.keep_vault_secret(name text, value text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_id uuid;
begin
  if to_regclass('vault.secrets') is null then
    return;
  end if;
  select s.id
  into v_id
  from vault.secrets s
  where s.name = keep_vault_secret.name;
  if v_id is null then
    perform vault.create_secret(value, name, 'Chat Notifications'' schedule');
  else
    perform vault.update_secret(v_id, value);
  end if;
end
$$;
revoke execute on function private.keep_vault_secret(text, text) from public;

create function private.cron_knows_seconds()
returns boolean
language sql
stable
set search_path = ''
as $$
  select coalesce(
    (select string_to_array(substring(e.extversion from '^[0-9.]+'), '.')::integer[] >= array[1, 5]
      from pg_catalog.pg_extension e
      where e.extname = 'pg_cron'),
    false);
$$;
comment on function private.cron_knows_seconds() is 'pg_cron runs jobs every so many seconds since 1.5.';
revoke execute on function private.cron_knows_seconds() from public;

-- What cron runs: wakes the edge function. pg_net forgets requests in a crash and never repeats one; the next tick does.
-- Owner's rights: whoever runs the job may make this one call and cannot read the key.
create function private.call_cron_function()
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_url text := private.vault_secret('chat_notifications_url');
  v_key text := private.vault_secret('chat_notifications_key');
  v_id bigint;
begin
  if v_url is null or v_key is null then
    raise exception using
      errcode = 'CN092',
      message = 'The schedule has no address or no key to call the edge function with.',
      hint = 'Call private.schedule_notifications(project_url, secret_key) once with both.';
  end if;
  v_id := net.http_post(
    url := v_url || '/functions/v1/process-notifications-cron',
    body := '{}'::jsonb,
    headers := jsonb_build_object('apikey', v_key, 'Content-Type', 'application/json'),
    -- For the log's sake only: the function goes on when nobody listens. Longer would hold up others' requests.
    timeout_milliseconds := 5000);
  update private.schedule_state
  set previous_request_id = last_request_id, last_request_id = v_id, requested_at = now();
  return v_id;
end
$$;
comment on function private.call_cron_function() is 'Calls process-notifications-cron; returns pg_net''s number of the request.';
revoke execute on function private.call_cron_function() from public;

-- The jobs, as data. Counting, alerts and retention are not among them: each tick ends with a turn of them, as a
-- worker's passes do. Vacuum cannot run in a function, so that it is a command of its own.
create function private.schedule_jobs()
returns table (job text, schedule text, command text)
language sql
stable
set search_path = ''
as $$
  select 'process-chat-notifications',
    case when private.cron_knows_seconds() then '30 seconds' else '* * * * *' end,
    'select private.call_cron_function()'
  union all
  -- Queues are emptied as fast as they fill: little is alive and much is dead.
  select 'chat-notifications-vacuum-queues', '*/10 * * * *',
    'vacuum private.untold_messages, private.bursts, private.dispatches, private.fan_out_failures, private.missed_mentions'
  union all
  select 'chat-notifications-vacuum', '23 3 * * *',
    'vacuum (analyze) public.notifications, public.emails, private.recipient_states'
      || case when to_regclass('public.chat_messages') is not null then ', public.chat_messages' else '' end
  union all
  -- pg_cron keeps every run for ever.
  select 'chat-notifications-cron-history', '43 3 * * *',
    'delete from cron.job_run_details where end_time < now() - interval ''7 days''';
$$;
comment on function private.schedule_jobs() is 'What schedule_notifications() schedules. Times are UTC.';
revoke execute on function private.schedule_jobs() from public;

create function private.require_secret_key(secret_key text)
returns void
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_part text := split_part(secret_key, '.', 2);
begin
  -- A key that every browser has would let anybody start a tick, and is refused there anyway.
  if secret_key ~ '^sb_secret_\S+$'
    or (secret_key ~ '^[\w-]+\.[\w-]+\.[\w-]+$'
      and convert_from(decode(rpad(translate(v_part, '-_', '+/'), ((length(v_part) + 3) / 4) * 4, '='), 'base64'), 'UTF8')
        ~ '"role"\s*:\s*"service_role"')
  then
    return;
  end if;
  raise exception using
    errcode = 'CN091',
    message = 'This is not a secret key.',
    hint = 'Use a key that begins with sb_secret_ (Project settings, API keys), or the service_role key.';
end
$$;
revoke execute on function private.require_secret_key(text) from public;

create function private.schedule_notifications(project_url text default null, secret_key text default null)
returns table (job text, schedule text, problem text)
language plpgsql
volatile
set search_path = ''
as $$
begin
  if project_url is not null then
    if project_url !~ '^https://[^/\s]+/*$' and project_url !~ '^http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?/*$' then
      raise exception using
        errcode = 'CN090',
        message = 'The project''s address must look like https://<project>.supabase.co.',
        hint = 'Use the project URL as it is, over https and without a path.';
    end if;
    perform private.keep_vault_secret('chat_notifications_url', rtrim(project_url, '/'));
  end if;
  if secret_key is not null then
    perform private.require_secret_key(secret_key);
    perform private.keep_vault_secret('chat_notifications_key', secret_key);
  end if;
  if to_regprocedure('cron.schedule(text,text,text)') is not null then
    perform cron.unschedule(c.jobid)
    from cron.job c
    where (c.jobname like 'chat-notifications-%' and c.jobname <> all(array(select j.job from private.schedule_jobs() j)))
      -- Without vault and net the tick could only fail.
      or (c.jobname = 'process-chat-notifications' and private.schedule_problem() is not null);
    perform cron.schedule(j.job, j.schedule, j.command)
    from private.schedule_jobs() j
    where j.job <> 'process-chat-notifications' or private.schedule_problem() is null;
  end if;
  return query
  select s.job, s.schedule, s.problem
  from private.show_schedule() s;
end
$$;
comment on function private.schedule_notifications(text, text) is
  'For the owner: schedules the tick and the upkeep, replacing jobs of the same names; again changes nothing. Address and secret key are kept in Vault; without them those kept before are used. Returns what show_schedule() says.';
revoke execute on function private.schedule_notifications(text, text) from public;

-- What keeps the tick from running at all; null: nothing.
create function private.schedule_problem()
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when to_regprocedure('cron.schedule(text,text,text)') is null
      then 'pg_cron is not there: create extension pg_cron, or run the worker.'
    when to_regclass('net._http_response') is null
      then 'pg_net is not there: create extension pg_net, or run the worker.'
    when to_regclass('vault.decrypted_secrets') is null
      then 'Vault is not there: create extension supabase_vault, or run the worker.'
    when private.vault_secret('chat_notifications_url') is null or private.vault_secret('chat_notifications_key') is null
      then 'Address or key is missing: call private.schedule_notifications(project_url, secret_key).'
  end;
$$;
revoke execute on function private.schedule_problem() from public;

-- What the edge function answered last. A tick that works longer than pg_net listens counts as no answer, not as a fault.
create function private.last_tick_answer()
returns table (status integer, message text)
language plpgsql
stable
set search_path = ''
as $$
begin
  if to_regclass('net._http_response') is null then
    return;
  end if;
  return query
  select r.status_code, left(r.content, 500)
  from private.schedule_state s
  join net._http_response r on r.id in (s.last_request_id, s.previous_request_id)
  where r.status_code is not null
  order by r.id desc
  limit 1;
end
$$;
revoke execute on function private.last_tick_answer() from public;

-- Owner's rights: pg_cron shows jobs to their owner only.
create function private.show_schedule()
returns table (
  job text, schedule text, active boolean, last_run_at timestamptz, last_run_status text, problem text
)
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_problem text := private.schedule_problem();
begin
  if to_regclass('cron.job_run_details') is null then
    return query
    select 'process-chat-notifications', null::text, false, null::timestamptz, null::text, v_problem;
    return;
  end if;
  return query
  select j.job, c.schedule, coalesce(c.active, false), r.start_time, r.status,
    case
      when j.job = 'process-chat-notifications' and v_problem is not null then v_problem
      when c.jobid is null then 'It is not scheduled: call private.schedule_notifications().'
      when c.command <> j.command then 'It runs another command than ours: call private.schedule_notifications().'
      when c.schedule <> j.schedule then 'It runs at other times than ours. If nobody wants that: private.schedule_notifications().'
      when not c.active then 'It is switched off: select cron.alter_job(' || c.jobid || ', active := true).'
      when r.status = 'failed' then 'Its last run failed: ' || r.return_message
      when j.job = 'process-chat-notifications' and a.status <> 200 then 'The edge function answered ' || a.status || ': ' || a.message
    end
  from private.schedule_jobs() j
  left join cron.job c on c.jobname = j.job
  left join lateral (
    select d.start_time, d.status, d.return_message
    from cron.job_run_details d
    where d.jobid = c.jobid
      and d.end_time is not null
    order by d.runid desc
    limit 1
  ) r on true
  left join private.last_tick_answer() a on true
  order by j.job = 'process-chat-notifications' desc, j.job;
end
$$;
comment on function private.show_schedule() is
  'Each job, when it runs, how its last run went, and what is wrong with it (null: nothing). Also for servers without pg_cron.';
revoke execute on function private.show_schedule() from public;
grant execute on function private.show_schedule() to service_role;

create function private.unschedule_notifications()
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  if to_regclass('cron.job') is not null then
    perform cron.unschedule(c.jobid)
    from cron.job c
    where c.jobname in (select j.job from private.schedule_jobs() j);
  end if;
  if to_regclass('vault.secrets') is not null then
    delete from vault.secrets s
    where s.name in ('chat_notifications_url', 'chat_notifications_key');
  end if;
end
$$;
comment on function private.unschedule_notifications() is 'For the owner: takes the jobs, and address and key in Vault, away.';
revoke execute on function private.unschedule_notifications() from public;

-- Owner's rights: operators may see the schedule, not pg_cron's tables.
create function public.operator_schedule()
returns table (job text, schedule text, active boolean, last_run_at timestamptz, last_run_status text, problem text)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  return query
  select s.job, s.schedule, s.active, s.last_run_at, s.last_run_status, s.problem
  from private.show_schedule() s;
end
$$;
comment on function public.operator_schedule() is
  'For operators: each scheduled job, how its last run went, and what is wrong with it (null: nothing).';
revoke execute on function public.operator_schedule() from public, anon, authenticated, service_role;
grant execute on function public.operator_schedule() to authenticated, service_role;
