-- The audit log is appended to and nothing else; and who writes into it without asking: changes of what people and
-- operators set.

grant select on private.audit_log to authenticated, service_role;
create policy "operators read the audit log" on private.audit_log for select to authenticated
  using ((select private.is_operator()));
create index audit_log_at_idx on private.audit_log (at desc);
comment on index private.audit_log_at_idx is 'The operators'' list, newest first, and its end after keep_audit_days.';

-- Not even the owner, by mistake. What may happen: an entry is too old to be kept, or its actor asked to be forgotten.
create function private.keep_audit_log()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  if tg_op = 'DELETE'
    and old.at < clock_timestamp() - (select make_interval(days => s.keep_audit_days) from private.settings s)
  then
    return old;
  elsif tg_op = 'UPDATE' and old.actor is not null and new.actor is null
    and (new.id, new.at, new.action, new.details - 'person') = (old.id, old.at, old.action, old.details - 'person')
  then
    return new;
  end if;
  raise exception using
    errcode = 'CN041',
    message = 'The audit log is only appended to.',
    hint = 'Entries go by themselves after keep_audit_days.';
end
$$;
revoke execute on function private.keep_audit_log() from public;
create trigger audit_log_is_kept
  before update or delete on private.audit_log
  for each row execute function private.keep_audit_log();
create trigger audit_log_is_not_emptied
  before truncate on private.audit_log
  for each statement execute function private.keep_audit_log();

-- Owner's rights: whoever changes a row may not write the log. People stand in it by a salted hash, so that forgetting
-- them leaves nothing to find; secrets and free text by the name of their column.
create function private.audit_change()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_old jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) else '{}' end;
  v_new jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) else '{}' end;
  v_row jsonb := v_old || v_new;
  v_person uuid := (v_row ->> 'user_id')::uuid;
  v_actor uuid := (select auth.uid());
  v_changes jsonb;
begin
  select jsonb_object_agg(k.key,
    case
      when tg_table_name in ('settings', 'suppressions') or k.key ~ '_id$' then '"changed"'
      else jsonb_build_object('was', v_old -> k.key, 'became', v_new -> k.key)
    end)
  into v_changes
  from jsonb_object_keys(v_row) k (key)
  where v_old -> k.key is distinct from v_new -> k.key
    and k.key not in ('user_id', 'event_id', 'updated_at', 'address', 'address_hash', 'calm_since');
  if v_changes is not null then
    insert into private.audit_log (actor, action, details)
    values (
      nullif(v_actor, v_person),
      lower(tg_op) || '_' || tg_table_name,
      jsonb_strip_nulls(jsonb_build_object(
        'person', private.person_hash(v_person), 'event_id', v_row -> 'event_id', 'name', v_row -> 'name')) ||
      jsonb_build_object('changes', v_changes));
  end if;
  return null;
end
$$;
revoke execute on function private.audit_change() from public;

create trigger notification_preferences_are_audited
  after insert or update or delete on public.notification_preferences
  for each row execute function private.audit_change();
create trigger event_notification_preferences_are_audited
  after insert or update or delete on public.event_notification_preferences
  for each row execute function private.audit_change();
create trigger blocked_senders_are_audited
  after insert or delete on public.blocked_senders
  for each row execute function private.audit_change();
create trigger operators_are_audited
  after insert or delete on private.operators
  for each row execute function private.audit_change();
create trigger suppressions_are_audited
  after insert or update or delete on private.suppressions
  for each row execute function private.audit_change();
create trigger settings_are_audited
  after update on private.settings
  for each row execute function private.audit_change();
create trigger alert_rules_are_audited
  after update on private.alert_rules
  for each row execute function private.audit_change();

-- Every sending outcome, a line a dispatch, when its minute is counted: marking does not pay for it.
create function private.audit_outcomes(since timestamptz, until timestamptz)
returns void
language sql
volatile
set search_path = ''
as $$
  insert into private.audit_log (at, action, details)
  select d.updated_at, 'dispatch_' || d.status, jsonb_strip_nulls(jsonb_build_object(
    'dispatch_id', d.id, 'letters', d.letter_count, 'attempts', d.attempt, 'outcome', d.outcome, 'last_error', d.last_error))
  from private.dispatches d
  where d.status in ('sent', 'failed')
    and d.updated_at >= since
    and d.updated_at < until
  order by d.updated_at;
$$;
revoke execute on function private.audit_outcomes(timestamptz, timestamptz) from public;
