-- What is held about a person, and the person's copy of it.

-- A list, not a table: what is held is decided by whoever adds a column.
create function private.personal_columns()
returns table (relation text, column_name text, exported boolean, on_erasure text)
language sql
immutable
set search_path = ''
as $$
  values
    ('public.notifications', 'user_id', true, 'replaced'),
    ('private.archived_notifications', 'user_id', true, 'replaced'),
    ('public.emails', 'user_id', true, 'letters'),
    ('private.untold_messages', 'author_id', true, 'cleared'),
    ('private.burst_messages', 'author_id', true, 'cleared'),
    ('private.missed_mentions', 'author_id', true, 'cleared'),
    ('private.fan_out_failures', 'user_id', true, 'deleted'),
    ('private.incidents', 'user_id', true, 'cleared'),
    -- Where a fan-out stands: without it, it visits everybody once more and adds nobody twice.
    ('private.bursts', 'fan_out_after', false, 'cleared'),
    ('private.pauses', 'paused_by', true, 'cleared'),
    ('private.alerts', 'acknowledged_by', true, 'cleared'),
    ('private.recipient_states', 'user_id', true, 'deleted'),
    -- Whom others block is theirs to know.
    ('public.blocked_senders', 'sender_id', false, 'cascaded'),
    ('private.audit_log', 'actor', true, 'audit');
$$;
comment on function private.personal_columns() is
  'Columns that hold people''s ids, beyond user_id columns that reference auth.users: those are exported and vanish with the account by themselves. on_erasure: replaced (by a random id, one each row, so that counts stay), cleared, deleted (the row), cascaded (by its foreign key), letters and audit (their own rules in 84_erasure.sql). A test refuses columns that are neither here nor known to hold something else.';
revoke execute on function private.personal_columns() from public;

-- By the catalog, so that a table that comes later is not forgotten.
create function private.exported_columns()
returns table (relation text, column_name text)
language sql
stable
set search_path = ''
as $$
  select p.relation, p.column_name
  from private.personal_columns() p
  where p.exported
  union
  select format('%I.%I', s.nspname, c.relname), a.attname
  from pg_catalog.pg_constraint k
  join pg_catalog.pg_class c on c.oid = k.conrelid
  join pg_catalog.pg_namespace s on s.oid = c.relnamespace
  join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
  where k.contype = 'f'
    and k.confrelid = 'auth.users'::regclass
    and s.nspname in ('public', 'private')
    and a.attname = 'user_id'
  order by 1, 2;
$$;
revoke execute on function private.exported_columns() from public;

-- The account as the sign-in service holds it, without what lets somebody in.
create function private.account_of(user_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_account jsonb;
  v_rows jsonb;
  v_table text;
begin
  select jsonb_object_agg(f.key, f.value)
  into v_account
  from auth.users u
  cross join lateral jsonb_each(to_jsonb(u)) f
  where u.id = account_of.user_id
    and f.value <> 'null'
    and f.key <> all('{aud,role,instance_id,encrypted_password,raw_app_meta_data,is_super_admin}')
    and f.key !~ '_token';
  foreach v_table in array '{identities,sessions}'::text[] loop
    continue when v_account is null or to_regclass('auth.' || v_table) is null;
    execute format(
      'select coalesce(jsonb_agg(to_jsonb(r) - ''{refresh_token_hmac_key,refresh_token_counter,factor_id}''::text[]), ''[]'') from auth.%I r where r.user_id = $1',
      v_table)
    into v_rows
    using account_of.user_id;
    v_account := v_account || jsonb_build_object(v_table, v_rows);
  end loop;
  return v_account;
end
$$;
revoke execute on function private.account_of(uuid) from public;

-- Every address a person has, or was written to at.
create function private.addresses_of(user_id uuid)
returns text[]
language sql
stable
set search_path = ''
as $$
  select coalesce(array_agg(a.address), '{}')
  from (
    select lower(p.email) as address
    from private.recipient_people(array[addresses_of.user_id]) p
    where p.email <> ''
    union
    select lower(e.address)
    from public.emails e
    where e.user_id = addresses_of.user_id
      and e.address <> ''
  ) a;
$$;
revoke execute on function private.addresses_of(uuid) from public;

create function private.export_person(user_id uuid, as_of timestamptz)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_column record;
  v_rows jsonb;
  v_held jsonb := '{}';
  v_hashes bytea[] := array(select private.address_hash(a) from unnest(private.addresses_of(user_id)) a);
begin
  for v_column in select * from private.exported_columns() loop
    execute format('select coalesce(jsonb_agg(to_jsonb(r)), ''[]'') from %s r where r.%I = $1', v_column.relation, v_column.column_name)
    into v_rows
    using export_person.user_id;
    v_held := v_held || jsonb_build_object(v_column.relation, coalesce(v_held -> v_column.relation, '[]') || v_rows);
  end loop;
  -- Our chat's, which another app's adapter does not have. To an address that is proved to be theirs; not by whom.
  if to_regclass('public.event_invitations') is not null then
    execute $invited$
      select coalesce(jsonb_agg(to_jsonb(i) - 'user_id'), '[]')
      from auth.users u
      join public.event_invitations i on i.address = lower(u.email)
      where u.id = $1
        and u.email_confirmed_at is not null
        and i.user_id is distinct from u.id
    $invited$
    into v_rows
    using export_person.user_id;
    v_held := jsonb_set(v_held, '{public.event_invitations}', coalesce(v_held -> 'public.event_invitations', '[]') || v_rows);
  end if;
  return jsonb_build_object(
    'exported_at', as_of,
    'account', private.account_of(user_id),
    'held', v_held || jsonb_build_object(
      'private.webhook_events', (
        select coalesce(jsonb_agg(to_jsonb(w)), '[]')
        from private.webhook_events w
        where w.email_id in (select e.id from public.emails e where e.user_id = export_person.user_id)
      ),
      'private.suppressions', (
        select coalesce(jsonb_agg(to_jsonb(s) - 'address_hash'), '[]')
        from private.suppressions s
        where s.address_hash = any(v_hashes)
      ),
      'private.bounce_scores', (
        select coalesce(jsonb_agg(to_jsonb(b) - 'address_hash'), '[]')
        from private.bounce_scores b
        where b.address_hash = any(v_hashes)
      ),
      'private.audit_log', (v_held -> 'private.audit_log') || (
        select coalesce(jsonb_agg(to_jsonb(l)), '[]')
        from private.audit_log l
        where l.details ->> 'person' = private.person_hash(export_person.user_id)
      )
    )
  );
end
$$;
revoke execute on function private.export_person(uuid, timestamptz) from public;

-- Owner's rights: people may read what is held about them wherever it is, and about nobody else.
create function private.export_caller()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_export jsonb := private.export_person((select auth.uid()), now());
begin
  insert into private.audit_log (action, details)
  values ('export_my_data', jsonb_build_object('person', private.person_hash((select auth.uid()))));
  return v_export;
end
$$;
revoke execute on function private.export_caller() from public;
grant execute on function private.export_caller() to authenticated;

create function public.export_my_data()
returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.export_caller();
$$;
comment on function public.export_my_data() is
  'Everything held about the caller: account (null: it is gone) and held, by table. Their letters name messages by id; the text of their own is among the chat messages.';
revoke execute on function public.export_my_data() from public, anon, service_role;
grant execute on function public.export_my_data() to authenticated;
