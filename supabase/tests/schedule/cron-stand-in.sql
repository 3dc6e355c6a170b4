-- pg_cron's tables and functions; jobs are kept and never run.

create schema cron;
create table cron.job (
  jobid bigint generated always as identity primary key, schedule text not null, command text not null,
  nodename text default 'localhost', nodeport integer default 5432, database text default current_database(),
  username text default current_user, active boolean not null default true, jobname text unique
);
create table cron.job_run_details (
  jobid bigint, runid bigint generated always as identity primary key, job_pid integer, database text, username text,
  command text, status text, return_message text, start_time timestamptz, end_time timestamptz
);
create function cron.schedule(job_name text, schedule text, command text)
returns bigint language sql as $$
  insert into cron.job as j (jobname, schedule, command) values (job_name, schedule, command)
  on conflict (jobname) do update set schedule = excluded.schedule, command = excluded.command
  returning jobid;
$$;
create function cron.unschedule(job_id bigint)
returns boolean language sql as $$
  with gone as (delete from cron.job where jobid = job_id returning 1) select exists (select from gone);
$$;
