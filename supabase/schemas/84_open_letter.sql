-- A letter as it would be rendered now, for operators who decide about it.

-- Owner's rights: what letters say is closed to everybody else. Audited: an operator who reads a letter leaves a trace.
create function public.open_letter(email_id uuid)
returns table (facts jsonb, letter jsonb, erased boolean)
language plpgsql
volatile
security definer
rows 1
set search_path = ''
as $$
declare
  v_dispatch_id uuid;
begin
  perform private.require_operator();
  select e.dispatch_id
  into v_dispatch_id
  from public.emails e
  where e.id = open_letter.email_id;
  if v_dispatch_id is null then
    return;
  end if;
  perform private.audit('open_letter', jsonb_build_object('email_id', email_id));
  return query
  select s.facts, l.letter, s.facts is null or l.letter is null or s.facts -> 'messages' = '{}'
  from private.dispatches_to_send(array[v_dispatch_id]) s
  left join lateral (
    select l
    from jsonb_array_elements(s.letters::jsonb) l
    where l ->> 'email_id' = open_letter.email_id::text
  ) l (letter) on true;
end
$$;
comment on function public.open_letter(uuid) is
  'For operators: the frozen facts of a letter''s dispatch and the letter itself, to render it. erased: its content is gone. Opening a letter is audited. No row: there is no such letter.';
revoke execute on function public.open_letter(uuid) from public, anon, authenticated, service_role;
grant execute on function public.open_letter(uuid) to authenticated, service_role;
