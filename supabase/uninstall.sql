-- Takes the notifications away again: run it as the role that installed them, with the functions and workers stopped.
-- The app's own tables stay as they are. Of our reference chat (organizations, events, participants, invitations, profiles,
-- messages) the rows stay, too, but its policies go with the functions they ask, so nobody but the service key reads
-- them until you write others. Everything in the schema private is dropped: it is the engine's alone.

begin;

do $$
begin
  if to_regprocedure('private.unschedule_notifications()') is not null then
    perform private.unschedule_notifications();
  end if;
  if to_regclass('realtime.messages') is not null then
    drop policy if exists "people listen to their events" on realtime.messages;
  end if;
end
$$;

-- Functions, by name: whatever their arguments.
do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid
    from pg_catalog.pg_proc p
    where p.pronamespace = 'public'::regnamespace
      and p.proname in (
        'acknowledge_alert', 'add_person', 'after_restore', 'answer_invitation', 'create_chat_notifications', 'discard_email', 'discard_emails', 'email_timeline',
        'event_people', 'explain_notification', 'export_my_data', 'find_emails', 'find_scopes', 'forget_me', 'get_pending_notifications', 'give_consent',
        'lift_suppression', 'mark_event_read', 'mark_notification_failed', 'mark_notification_sent', 'message_reach', 'my_account', 'my_inbox', 'my_invitations',
        'my_next_letter', 'open_letter', 'operator_capacity', 'operator_chart', 'operator_events', 'operator_now',
        'operator_preferences', 'operator_schedule', 'operator_targets', 'pause_delivery', 'preview_resume', 'resume_delivery',
        'retry_email', 'retry_emails', 'say_who_i_am', 'send_test_letter', 'simulate_preferences', 'silence_alert', 'switch_delivery_off', 'switch_delivery_on', 'withdraw_consent'
      )
  loop
    execute format('drop function %s cascade', v_function);
  end loop;
end
$$;

drop view if exists
  public.alert_rules, public.alerts, public.audit_log, public.breaker_changes, public.breakers, public.dead_letters, public.incidents,
  public.maintenance_runs, public.notification_stats, public.outages, public.pauses, public.processors, public.suppressions,
  public.unconfirmed_dispatches, public.webhook_events;

-- With its triggers on the app's tables and on auth.users, and the policies that ask it.
drop schema if exists private cascade;

drop table if exists
  public.address_problems, public.blocked_senders, public.emails, public.event_notification_preferences,
  public.notification_consents, public.notification_preferences, public.notifications;

do $$
begin
  if to_regclass('supabase_migrations.schema_migrations') is not null then
    delete from supabase_migrations.schema_migrations m
    where m.version = '20261122000000';
  end if;
  if to_regrole('notifier') is not null then
    drop owned by notifier;
    begin
      drop role notifier;
    exception when dependent_objects_still_exist then
      raise notice 'The role notifier stays: another database of this server uses it.';
    end;
  end if;
end
$$;

commit;
