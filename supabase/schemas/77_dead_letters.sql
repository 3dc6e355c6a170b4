-- Operators and dead letters: retried, always composed afresh, or discarded; one or many, audited.

create function private.list_letters(email_ids uuid[])
returns jsonb
language sql
immutable
return jsonb_build_object('email_ids', to_jsonb(email_ids));
revoke execute on function private.list_letters(uuid[]) from public;

-- In the order of their ids, so that two operators with the same long list do not wait for each other.
create function private.lock_failed_letters(email_ids uuid[])
returns uuid[]
language sql
volatile
set search_path = ''
as $$
  select array(
    select e.id
    from public.emails e
    where e.id = any(email_ids)
      and e.status = 'failed'
    order by e.id
    for update
  );
$$;
revoke execute on function private.lock_failed_letters(uuid[]) from public;

-- Owner's rights: operators may retry, not write.
create function private.retry_letters(email_ids uuid[], as_of timestamptz default now())
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_retried uuid[];
begin
  perform private.require_operator();
  v_retried := private.lock_failed_letters(email_ids);
  update public.emails e
  set status = 'discarded', reason = 'retried', updated_at = as_of
  where e.id = any(v_retried);
  update public.notifications n
  set status = 'pending', reason = null, email_id = null, scheduled_for = as_of, updated_at = as_of
  where n.email_id = any(v_retried)
    and n.status = 'failed';
  perform private.audit('retry_letters', private.list_letters(v_retried));
  perform private.wake_processors(as_of);
  return cardinality(v_retried);
end
$$;
revoke execute on function private.retry_letters(uuid[], timestamptz) from public;
grant execute on function private.retry_letters(uuid[], timestamptz) to authenticated, service_role;

-- Owner's rights: operators may discard, not write.
create function private.discard_letters(email_ids uuid[], as_of timestamptz default now())
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_discarded uuid[];
begin
  perform private.require_operator();
  v_discarded := private.lock_failed_letters(email_ids);
  update public.emails e
  set status = 'discarded', updated_at = as_of
  where e.id = any(v_discarded);
  perform private.audit('discard_letters', private.list_letters(v_discarded));
  return cardinality(v_discarded);
end
$$;
revoke execute on function private.discard_letters(uuid[], timestamptz) from public;
grant execute on function private.discard_letters(uuid[], timestamptz) to authenticated, service_role;

create function public.retry_emails(ids uuid[])
returns integer
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.retry_letters(ids);
$$;
comment on function public.retry_emails(uuid[]) is
  'For operators: failed letters are composed afresh with what is true now. Returns how many there were.';
revoke execute on function public.retry_emails(uuid[]) from public, anon, authenticated, service_role;
grant execute on function public.retry_emails(uuid[]) to authenticated, service_role;

create function public.retry_email(id uuid)
returns boolean
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.retry_letters(array[id]) = 1;
$$;
comment on function public.retry_email(uuid) is 'For operators: one failed letter is composed afresh. False: it is not a failed letter.';
revoke execute on function public.retry_email(uuid) from public, anon, authenticated, service_role;
grant execute on function public.retry_email(uuid) to authenticated, service_role;

create function public.discard_emails(ids uuid[])
returns integer
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.discard_letters(ids);
$$;
comment on function public.discard_emails(uuid[]) is 'For operators: failed letters that nobody will send. Returns how many there were.';
revoke execute on function public.discard_emails(uuid[]) from public, anon, authenticated, service_role;
grant execute on function public.discard_emails(uuid[]) to authenticated, service_role;

create function public.discard_email(id uuid)
returns boolean
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.discard_letters(array[id]) = 1;
$$;
comment on function public.discard_email(uuid) is 'For operators: one failed letter that nobody will send. False: it is not a failed letter.';
revoke execute on function public.discard_email(uuid) from public, anon, authenticated, service_role;
grant execute on function public.discard_email(uuid) to authenticated, service_role;
