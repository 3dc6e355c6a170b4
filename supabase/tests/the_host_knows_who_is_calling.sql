-- What migrations build on is there before them: roles, auth functions, the caller's claims.

do $$
begin
  assert (select rolbypassrls and not rolcanlogin from pg_roles where rolname = 'service_role'), 'service_role';
  assert not has_table_privilege('anon', 'auth.users', 'select'), 'anon reads no accounts';
  assert not has_table_privilege('authenticated', 'auth.users', 'select'), 'nor does a signed-in person';
  assert has_function_privilege('anon', 'auth.uid()', 'execute'), 'policies may ask who is calling';
end
$$;

insert into auth.users (id, email) values ('00000000-0000-4000-8000-000000000001', 'alice@example.com');

set role authenticated;
select set_config('request.jwt.claim.sub', '00000000-0000-4000-8000-000000000001', false);
do $$
begin
  assert auth.uid() = '00000000-0000-4000-8000-000000000001', 'the caller is known';
  assert (select count(*) = 1 from public.profiles), 'a person sees the profile that came with the account';
end
$$;
reset role;
