-- Operators ask for a test letter, which goes the whole way to their own mailbox. Audited.

-- Owner's rights: operators may ask for it, not write it. Goes through the same sending as every other letter.
create function private.write_test_letter(as_of timestamptz default now())
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_dispatch_id uuid := private.uuid_v7(as_of);
  v_email_id uuid := private.uuid_v7(as_of);
  v_event_id uuid := gen_random_uuid();
  v_person record;
begin
  perform private.require_operator();
  select *
  into v_person
  from private.recipient_people(array[(select auth.uid())]);
  if v_person.email is null then
    raise exception using
      errcode = 'CN022',
      message = 'A test letter goes to the operator who asks for it, and you have no address.',
      hint = 'Sign in as an operator with an e-mail address.';
  end if;
  insert into private.dispatches (id, status, attempt, next_attempt_at, letter_count, facts, created_at, updated_at)
  select v_dispatch_id, 'retrying', 0, as_of, 1,
    jsonb_set(jsonb_set(private.freeze_facts('{}', '{}'),
      array['events', v_event_id::text], jsonb_build_object('title', 'Test event', 'organization_name', s.product_name)),
      array['messages', '0'], jsonb_build_object(
        'event_id', v_event_id, 'author_name', s.product_name, 'posted_at', as_of, 'edited', false,
        'body', 'This letter shows that delivery works from the database to your mailbox.')),
    as_of, as_of
  from private.settings s;
  insert into public.emails (id, user_id, dispatch_id, position, kind, status, address, display_name, locale, time_zone,
    parts, more, created_at, updated_at)
  values (v_email_id, v_person.user_id, v_dispatch_id, 0, 'conversation', 'retrying', v_person.email, v_person.display_name,
    v_person.locale, v_person.time_zone,
    jsonb_build_array(jsonb_build_object('event_id', v_event_id, 'count', 1, 'shown', '["0"]'::jsonb, 'mentions', '[]'::jsonb, 'reason', 'member')),
    '{"events": 0, "messages": 0}', as_of, as_of);
  perform private.audit('send_test_letter', jsonb_build_object('email_id', v_email_id));
  perform private.wake_processors(as_of);
  return v_email_id;
end
$$;
revoke execute on function private.write_test_letter(timestamptz) from public;
grant execute on function private.write_test_letter(timestamptz) to authenticated, service_role;

create function public.send_test_letter()
returns uuid
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.write_test_letter();
$$;
comment on function public.send_test_letter() is 'For operators: one letter to the caller''s own address, the whole way. Returns the e-mail''s id.';
revoke execute on function public.send_test_letter() from public, anon, authenticated, service_role;
grant execute on function public.send_test_letter() to authenticated, service_role;
