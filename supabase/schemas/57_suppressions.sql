-- Addresses that must not be mailed, and what their owners are told about it.

create table private.suppressions (
  address_hash bytea primary key,
  address text,
  reason text not null,
  suppressed_at timestamptz not null,
  lifted_at timestamptz,
  constraint suppressions_reason_is_known check (reason in ('bounced', 'soft_bounces', 'complained', 'provider', 'manual')),
  constraint suppressions_hash_is_sha256 check (octet_length(address_hash) = 32)
);
comment on table private.suppressions is
  'Addresses that must not be mailed until lifted_at. address_hash: salted sha-256 of the lower-case address; address is null after an erasure, the hash stays.';
alter table private.suppressions enable row level security;
grant select on private.suppressions to authenticated, service_role;
create policy "operators read suppressions"
  on private.suppressions for select to authenticated
  using ((select private.is_operator()));

create table private.bounce_scores (
  address_hash bytea primary key,
  score integer not null,
  updated_at timestamptz not null,
  constraint bounce_scores_are_not_negative check (score >= 0)
);
comment on table private.bounce_scores is 'Transient bounces: one more each, one less with each delivery, none after 30 days; five suppress the address.';
alter table private.bounce_scores enable row level security;

create table public.address_problems (
  user_id uuid primary key references auth.users (id) on delete cascade,
  reason text not null,
  noticed_at timestamptz not null
);
comment on table public.address_problems is 'Tells a person that letters to their address do not arrive, and why. Gone when the address changes or the suppression is lifted.';
alter table public.address_problems enable row level security;
revoke all on public.address_problems from anon, authenticated, service_role;
grant select on public.address_problems to authenticated, service_role;
create policy "people read their own address problem"
  on public.address_problems for select to authenticated
  using (user_id = (select auth.uid()));

create function private.address_hash(address text)
returns bytea
language sql
stable
set search_path = ''
as $$
  select sha256(s.address_salt || convert_to(lower(address), 'UTF8'))
  from private.settings s;
$$;
revoke execute on function private.address_hash(text) from public;

create function private.suppress_address(address text, reason text, as_of timestamptz)
returns void
language sql
volatile
set search_path = ''
as $$
  insert into private.suppressions as s (address_hash, address, reason, suppressed_at)
  select private.address_hash(address), lower(address), suppress_address.reason, as_of
  -- A letter to somebody who was forgotten has no address any more.
  where address <> ''
  on conflict (address_hash) do update
  set address = excluded.address, reason = excluded.reason, suppressed_at = excluded.suppressed_at, lifted_at = null
  where s.lifted_at is not null;
  insert into public.address_problems as p (user_id, reason, noticed_at)
  select u.user_id, suppress_address.reason, as_of
  from private.people_by_address(address) u
  on conflict (user_id) do update
  set reason = excluded.reason, noticed_at = excluded.noticed_at;
$$;
revoke execute on function private.suppress_address(text, text, timestamptz) from public;

create function private.unsuppress_address(address text, as_of timestamptz)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_lifted boolean;
begin
  -- The score before the suppression, as score_bounce() does: in another order the two could wait for each other.
  delete from private.bounce_scores b
  where b.address_hash = private.address_hash(unsuppress_address.address);
  update private.suppressions s
  set lifted_at = as_of
  where s.address_hash = private.address_hash(unsuppress_address.address)
    and s.lifted_at is null;
  v_lifted := found;
  delete from public.address_problems p
  where p.user_id in (select u.user_id from private.people_by_address(unsuppress_address.address) u);
  return v_lifted;
end
$$;
revoke execute on function private.unsuppress_address(text, timestamptz) from public;

-- Owner's rights: operators may lift, not write.
create function private.lift_suppression_as_operator(address text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_lifted boolean;
begin
  perform private.require_operator();
  v_lifted := private.unsuppress_address(address, now());
  perform private.audit('lift_suppression', jsonb_build_object(
    'address_hash', encode(private.address_hash(address), 'hex'), 'lifted', v_lifted));
  return v_lifted;
end
$$;
revoke execute on function private.lift_suppression_as_operator(text) from public;
grant execute on function private.lift_suppression_as_operator(text) to authenticated, service_role;

create function public.lift_suppression(address text)
returns boolean
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.lift_suppression_as_operator(address);
$$;
comment on function public.lift_suppression(text) is 'For operators: mail this address again. False: it was not suppressed.';
revoke execute on function public.lift_suppression(text) from public, anon, authenticated, service_role;
grant execute on function public.lift_suppression(text) to authenticated, service_role;

-- Owner's rights: a new address starts without the old one's problem.
create function private.forget_address_problem()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from public.address_problems p
  where p.user_id = new.id;
  return null;
end
$$;
revoke execute on function private.forget_address_problem() from public;
create trigger address_problems_follow_the_address
  after update of email on auth.users
  for each row
  when (old.email is distinct from new.email)
  execute function private.forget_address_problem();
