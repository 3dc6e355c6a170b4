-- Consent to being mailed: when, where and to which wording. Without it nobody is mailed, unless their organization
-- has another legal basis (consent_required false).

create table public.notification_consents (
  user_id uuid primary key references auth.users (id) on delete cascade,
  given_at timestamptz not null,
  source text not null,
  wording_version text not null,
  withdrawn_at timestamptz,
  constraint notification_consents_source_is_a_word check (source ~ '^[a-z][a-z0-9_-]{0,49}$'),
  constraint notification_consents_wording_is_named check (wording_version ~ '^[A-Za-z0-9._-]{1,50}$'),
  constraint notification_consents_withdrawn_after_given check (withdrawn_at >= given_at)
);
comment on table public.notification_consents is
  'A person''s latest consent to letters: when, through what (source: onboarding, settings, import …) and to which version of the wording. Its history is in the audit log.';
alter table public.notification_consents enable row level security;
revoke all on public.notification_consents from anon, authenticated, service_role;
grant select on public.notification_consents to authenticated;
grant select, insert, update, delete on public.notification_consents to service_role;
create policy "people read their own consent"
  on public.notification_consents for select to authenticated
  using (user_id = (select auth.uid()));

-- Owner's rights: nobody writes consents directly. The caller's own, at the database's time.
create function private.consent(source text, wording_version text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if (select auth.uid()) is null then
    raise exception using
      errcode = 'CN040',
      message = 'Nobody is signed in.',
      hint = 'Sign in, then consent.';
  end if;
  insert into public.notification_consents as c (user_id, given_at, source, wording_version)
  values ((select auth.uid()), now(), consent.source, consent.wording_version)
  on conflict (user_id) do update
  set given_at = excluded.given_at, source = excluded.source, wording_version = excluded.wording_version, withdrawn_at = null
  where c.withdrawn_at is not null or c.wording_version <> excluded.wording_version;
  perform private.audit('give_consent', jsonb_build_object('source', source, 'wording_version', wording_version));
end
$$;
revoke execute on function private.consent(text, text) from public;
grant execute on function private.consent(text, text) to authenticated;

-- Owner's rights for the same reason.
create function private.withdraw()
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.notification_consents c
  set withdrawn_at = now()
  where c.user_id = (select auth.uid())
    and c.withdrawn_at is null;
  perform private.audit('withdraw_consent');
end
$$;
revoke execute on function private.withdraw() from public;
grant execute on function private.withdraw() to authenticated;

create function public.give_consent(source text, wording_version text)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.consent(source, wording_version);
$$;
comment on function public.give_consent(text, text) is
  'The caller agrees to letters: through what (source: a lower-case word such as onboarding) and to which version of the wording.';
revoke execute on function public.give_consent(text, text) from public, anon, authenticated, service_role;
grant execute on function public.give_consent(text, text) to authenticated;

create function public.withdraw_consent()
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.withdraw();
$$;
comment on function public.withdraw_consent() is 'The caller wants no letters any more: as easily as they agreed.';
revoke execute on function public.withdraw_consent() from public, anon, authenticated, service_role;
grant execute on function public.withdraw_consent() to authenticated;
