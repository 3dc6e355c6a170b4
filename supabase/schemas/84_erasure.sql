-- Forgetting a person: with forget_me() or when their account is deleted. What they wrote, where they can be reached and
-- what they were sent goes; how much there was stays. A letter in flight keeps its bytes until its outcome is known.

create table private.erasures (
  id bigint generated always as identity primary key,
  person text not null,
  asked_by text not null,
  asked_at timestamptz not null,
  email_ids uuid[] not null,
  message_ids bigint[] not null,
  finished_at timestamptz,
  constraint erasures_asked_by_is_known check (asked_by in ('self', 'account_deleted')),
  constraint erasures_finished_hold_nothing check (finished_at is null or email_ids = '{}' and message_ids = '{}')
);
comment on table private.erasures is
  'Who was forgotten (a salted hash), and until it is finished which letters and messages may still be in flight.';
create index erasures_unfinished_idx on private.erasures (asked_at) where finished_at is null;
comment on index private.erasures_unfinished_idx is 'Settling a dispatch: is anybody''s erasure waiting?';
alter table private.erasures enable row level security;

-- Dispatches that may hold any of these messages' text.
create function private.dispatches_telling(message_ids bigint[])
returns uuid[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_burst_ids bigint[] := array(select distinct b.burst_id from private.burst_messages b where b.message_id = any(message_ids));
begin
  return array(
    select e.dispatch_id
    from public.emails e
    where e.id in (
      select n.email_id
      from public.notifications n
      where n.burst_id = any(v_burst_ids)
      union
      select n.email_id
      from public.notifications n
      where n.message_id = any(dispatches_telling.message_ids)
      union
      select n.email_id
      from private.archived_notifications n
      where n.burst_id = any(v_burst_ids) or n.message_id = any(dispatches_telling.message_ids)
    )
    union
    -- Composed afresh, given up or skipped since: no notification leads to them any more.
    select e.dispatch_id
    from public.emails e
    where e.is_discarded
    union
    select e.dispatch_id
    from public.emails e
    where e.failed_at is not null
    union
    select d.id
    from private.dispatches d
    where d.status in ('sending', 'retrying')
  );
end
$$;
revoke execute on function private.dispatches_telling(bigint[]) from public;

-- Erases letters and messages from those dispatches whose outcome is known.
create function private.erase_from_dispatches(dispatch_ids uuid[], email_ids uuid[], message_ids bigint[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_keys text[] := message_ids::text[];
  v_settled uuid[];
begin
  -- The lock order everywhere: dispatches, then letters; ids ascending.
  v_settled := array(
    select d.id
    from private.dispatches d
    where d.id = any(dispatch_ids)
      and d.status in ('sent', 'failed')
    order by d.id
    for update
  );
  update private.dispatches d
  set body = null,
    facts = case
      when d.facts -> 'messages' ?| v_keys then jsonb_set(d.facts, '{messages}', (
        select jsonb_object_agg(m.key, case when m.key = any(v_keys) then m.value || '{"body": "", "author_name": null}' else m.value end)
        from jsonb_each(d.facts -> 'messages') m
      ))
      else d.facts
    end
  where d.id = any(v_settled)
    and (d.body is not null or d.facts -> 'messages' ?| v_keys);
  delete from private.webhook_events w
  where w.email_id in (
    select e.id
    from public.emails e
    where e.id = any(email_ids)
      and e.dispatch_id = any(v_settled)
  );
  -- Where its reader stood, if marking it sent has written that down once more.
  delete from private.recipient_states s
  where s.user_id in (
    select e.user_id
    from public.emails e
    where e.id = any(email_ids)
      and e.dispatch_id = any(v_settled)
  );
  update public.emails e
  set user_id = gen_random_uuid(), address = '', display_name = null, locale = 'en', time_zone = 'UTC', parts = '[]', provider_id = null
  where e.id = any(email_ids)
    and e.dispatch_id = any(v_settled);
end
$$;
revoke execute on function private.erase_from_dispatches(uuid[], uuid[], bigint[]) from public;

-- Owner's rights: whoever settles a dispatch at the end of its transaction, for those who are waiting to be forgotten.
create function private.erase_settled_dispatch()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_erasure record;
begin
  for v_erasure in
    select e.email_ids, e.message_ids
    from private.erasures e
    where e.finished_at is null
  loop
    perform private.erase_from_dispatches(array[new.id], v_erasure.email_ids, v_erasure.message_ids);
  end loop;
  return null;
end
$$;
revoke execute on function private.erase_settled_dispatch() from public;
-- Deferred: by the end of the transaction the letters have their outcome, too.
create constraint trigger settled_dispatches_forget
  after update of status on private.dispatches
  deferrable initially deferred
  for each row
  when (old.status in ('sending', 'retrying') and new.status in ('sent', 'failed'))
  execute function private.erase_settled_dispatch();

-- What the sign-in service keeps without a foreign key. Its tables differ from version to version and may not be ours.
create function private.erase_account_traces(user_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_statement text;
begin
  foreach v_statement in array array[
    'delete from auth.refresh_tokens t where t.user_id::text = $1',
    'delete from auth.flow_state f where f.user_id::text = $1',
    'delete from auth.audit_log_entries l where position($1 in l.payload::text) > 0'
  ] loop
    begin
      execute v_statement using erase_account_traces.user_id::text;
    exception when undefined_table or undefined_column or insufficient_privilege then
      null;
    end;
  end loop;
end
$$;
revoke execute on function private.erase_account_traces(uuid) from public;

-- What they did stays in the audit log, by a hash.
create function private.erase_actor(user_id uuid)
returns void
language sql
volatile
set search_path = ''
as $$
  update private.audit_log l
  set actor = null, details = l.details || jsonb_build_object('person', private.person_hash(erase_actor.user_id))
  where l.actor = erase_actor.user_id;
$$;
revoke execute on function private.erase_actor(uuid) from public;

create function private.erase_columns(user_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_column record;
begin
  for v_column in
    select *
    from private.personal_columns() p
    where p.on_erasure in ('replaced', 'cleared', 'deleted')
    order by p.relation
  loop
    execute format(
      case v_column.on_erasure
        when 'replaced' then 'update %1$s set %2$I = gen_random_uuid() where %2$I = $1'
        when 'cleared' then 'update %1$s set %2$I = null where %2$I = $1'
        else 'delete from %1$s where %2$I = $1'
      end, v_column.relation, v_column.column_name)
    using erase_columns.user_id;
  end loop;
  perform private.erase_actor(user_id);
end
$$;
revoke execute on function private.erase_columns(uuid) from public;

create function private.erase_person(user_id uuid, asked_by text, as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_addresses text[];
  v_email_ids uuid[];
  v_message_ids bigint[];
  v_dispatch_ids uuid[];
begin
  -- Nobody composes for them any more; the next statements see what was composed.
  perform pg_advisory_xact_lock(private.recipient_lock(user_id));
  v_addresses := private.addresses_of(user_id);
  v_message_ids := private.erase_messages_of(user_id, as_of);
  select coalesce(array_agg(e.id), '{}'), coalesce(array_agg(e.dispatch_id), '{}')
  into v_email_ids, v_dispatch_ids
  from public.emails e
  where e.user_id = erase_person.user_id;
  insert into private.erasures (person, asked_by, asked_at, email_ids, message_ids)
  values (private.person_hash(user_id), asked_by, as_of, v_email_ids, v_message_ids);
  perform private.erase_from_dispatches(
    v_dispatch_ids || private.dispatches_telling(v_message_ids), v_email_ids, v_message_ids);
  perform private.erase_columns(user_id);
  -- The score before the suppression, as everywhere. That the address must not be mailed outlives its owner, as a hash.
  delete from private.bounce_scores b
  where b.address_hash = any(array(select private.address_hash(a) from unnest(v_addresses) a));
  update private.suppressions s
  set address = null
  where s.address_hash = any(array(select private.address_hash(a) from unnest(v_addresses) a));
  perform private.erase_account_traces(user_id);
  insert into private.audit_log (at, action, details)
  values (as_of, 'forget_person', jsonb_build_object(
    'person', private.person_hash(user_id), 'asked_by', asked_by,
    'letters', cardinality(v_email_ids), 'messages', cardinality(v_message_ids)));
end
$$;
revoke execute on function private.erase_person(uuid, text, timestamptz) from public;

-- Owner's rights: accounts are deleted by the sign-in service, which may not write our tables.
create function private.forget_deleted_person()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.erase_person(old.id, case when old.id = (select auth.uid()) then 'self' else 'account_deleted' end, now());
  return old;
end
$$;
revoke execute on function private.forget_deleted_person() from public;
create trigger deleted_people_are_forgotten
  before delete on auth.users
  for each row execute function private.forget_deleted_person();

-- Owner's rights: people may delete their own account, and no other.
create function private.forget_caller()
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_found boolean;
begin
  delete from auth.users u
  where u.id = (select auth.uid());
  v_found := found;
  -- Of what went with the account, they were the actor once more.
  perform private.erase_actor((select auth.uid()));
  return v_found;
end
$$;
revoke execute on function private.forget_caller() from public;
grant execute on function private.forget_caller() to authenticated;

create function public.forget_me()
returns boolean
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.forget_caller();
$$;
comment on function public.forget_me() is
  'Deletes the caller''s account and everything that is known of them. For good. False: it was deleted before.';
revoke execute on function public.forget_me() from public, anon, service_role;
grant execute on function public.forget_me() to authenticated;

-- Owner's rights: for the schedule. A letter that was being composed while its author was forgotten is found here.
create function private.finish_erasures(as_of timestamptz default now())
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_erasure private.erasures;
  v_dispatch_ids uuid[];
  v_finished integer := 0;
begin
  for v_erasure in
    select *
    from private.erasures e
    where e.finished_at is null
      -- No dispatch that was composed before then is undecided any longer than 23 hours and a lease.
      and e.asked_at <= as_of - interval '24 hours'
    order by e.asked_at
    for update skip locked
  loop
    v_dispatch_ids := array(select e.dispatch_id from public.emails e where e.id = any(v_erasure.email_ids))
      || private.dispatches_telling(v_erasure.message_ids);
    perform private.erase_from_dispatches(v_dispatch_ids, v_erasure.email_ids, v_erasure.message_ids);
    -- Nobody has run a processor since: it waits.
    continue when exists (
      select
      from private.dispatches d
      where d.id = any(v_dispatch_ids)
        and d.status in ('sending', 'retrying')
        and d.created_at <= v_erasure.asked_at + interval '1 hour'
    );
    update private.erasures e
    set finished_at = as_of, email_ids = '{}', message_ids = '{}'
    where e.id = v_erasure.id;
    v_finished := v_finished + 1;
  end loop;
  return v_finished;
end
$$;
comment on function private.finish_erasures(timestamptz) is
  'Once a day or oftener: looks a last time, a day later, for what was in flight when somebody was forgotten. Returns how many erasures are finished now.';
revoke execute on function private.finish_erasures(timestamptz) from public;
grant execute on function private.finish_erasures(timestamptz) to service_role, notifier;
