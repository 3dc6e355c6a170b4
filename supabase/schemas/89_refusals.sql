-- Who was turned away, and which keys are in use since when: for the weekly security review.

create table private.refusals (
  day date not null,
  what text not null,
  times bigint not null,
  primary key (day, what),
  constraint refusals_what_is_known check (what in ('process-notifications-cron', 'send-chat-notifications', 'resend-webhook', 'unsubscribe'))
);
comment on table private.refusals is
  'Calls of the edge functions that showed no valid key, signature or link, by UTC day: at least so many. Nothing about who called.';
alter table private.refusals enable row level security;

-- Owner's rights: functions may count, and read nothing.
create function private.note_refusals(what text, times integer, as_of timestamptz default now())
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  insert into private.refusals as r (day, what, times)
  values (timezone('UTC', as_of)::date, what, greatest(1, times))
  on conflict (day, what) do update
  set times = r.times + excluded.times;
$$;
comment on function private.note_refusals(text, integer, timestamptz) is 'A function turned callers away. Said at most every few seconds, with how many since.';
revoke execute on function private.note_refusals(text, integer, timestamptz) from public;
grant execute on function private.note_refusals(text, integer, timestamptz) to service_role, notifier;

create table private.signing_keys (
  id text primary key,
  first_used_at timestamptz not null,
  last_used_at timestamptz not null
);
comment on table private.signing_keys is 'Keys that sign the links in letters, by the id that their tokens carry. Looked at once in each step of roll_up().';
alter table private.signing_keys enable row level security;

create function private.note_signing_key(since timestamptz, until timestamptz)
returns void
language sql
volatile
set search_path = ''
as $$
  insert into private.signing_keys as k (id, first_used_at, last_used_at)
  select d.facts ->> 'token_key_id', d.updated_at, d.updated_at
  from (
    -- One is enough: facts are large.
    select l.facts, l.updated_at
    from private.dispatches l
    where l.status in ('sent', 'failed')
      and l.updated_at >= since
      and l.updated_at < until
    order by l.updated_at desc
    limit 1
  ) d
  where d.facts ->> 'token_key_id' is not null
  on conflict (id) do update
  set last_used_at = greatest(k.last_used_at, excluded.last_used_at);
$$;
revoke execute on function private.note_signing_key(timestamptz, timestamptz) from public;

create function private.key_ages(as_of timestamptz default now())
returns table (key text, since timestamptz, days integer)
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  select 'links'' signing key ' || k.id, k.first_used_at, extract(day from as_of - k.first_used_at)::integer
  from private.signing_keys k
  where k.last_used_at > as_of - interval '30 days';
  if to_regclass('vault.secrets') is not null then
    -- Not every version of Vault has these columns.
    return query execute $vault$
      select 'Vault secret ' || s.name, t.at, extract(day from $1 - t.at)::integer
      from vault.secrets s
      cross join lateral (
        select coalesce(to_jsonb(s) ->> 'updated_at', to_jsonb(s) ->> 'created_at')::timestamptz as at
      ) t
      where s.name like 'chat\_notifications%'
    $vault$ using as_of;
  end if;
end
$$;
comment on function private.key_ages(timestamptz) is 'Keys the database knows of: since when, null where nobody can say. Keys in functions'' secrets are not among them.';
revoke execute on function private.key_ages(timestamptz) from public;
