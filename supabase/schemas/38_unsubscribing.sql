-- Unsubscribing with the link of a letter. Whoever has the link may turn down what it is about and take that back;
-- turning up beyond what was before takes signing in. Edge functions check the link's token before they call these.

create table private.unsubscribings (
  user_id uuid not null references auth.users (id) on delete cascade,
  subject uuid not null,
  was text,
  became text not null,
  source text not null,
  changed_at timestamptz not null,
  primary key (user_id, subject),
  constraint unsubscribings_change_something check (was is distinct from became),
  constraint unsubscribings_source_is_known check (source in ('one_click', 'page'))
);
comment on table private.unsubscribings is
  'What links in letters turned down, for taking it back. subject: an event (its level), every_event() (the delivery) or every_digest(). was null: nothing of their own choice. Counts as long as the setting still is what it became.';
alter table private.unsubscribings enable row level security;

create function private.every_event()
returns uuid
language sql
immutable
return '00000000-0000-0000-0000-000000000000'::uuid;
revoke execute on function private.every_event() from public;

create function private.every_digest()
returns uuid
language sql
immutable
return 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid;
revoke execute on function private.every_digest() from public;

-- For the audit log: recognises a person's entries as long as somebody knows whose they are, and outlives them.
create function private.person_hash(user_id uuid)
returns text
language sql
stable
set search_path = ''
as $$
  select encode(sha256(s.address_salt || uuid_send(user_id)), 'hex')
  from private.settings s;
$$;
revoke execute on function private.person_hash(uuid) from public;

-- Whoever gets letters as they happen, or leaves it to their organization, may still refuse what comes as a digest: the
-- rest of a busy day, or what waited too long.
create function private.refuses_digests(user_id uuid)
returns boolean
language sql
stable
begin atomic
  select exists (
    select
    from private.unsubscribings u
    where u.user_id = refuses_digests.user_id
      and u.subject = private.every_digest()
  );
end;
revoke execute on function private.refuses_digests(uuid) from public;

-- Owner's rights: people change preferences, not this.
create function private.welcome_digests()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from private.unsubscribings u
  where u.user_id = new.user_id
    and u.subject = private.every_digest();
  return null;
end
$$;
revoke execute on function private.welcome_digests() from public;
create trigger choosing_digests_welcomes_them
  after insert or update of delivery on public.notification_preferences
  for each row
  -- In full: whoever changes a row evaluates this, and may not call our functions.
  when (new.delivery in ('hourly', 'daily', 'weekly'))
  execute function private.welcome_digests();

create function private.settings_by_loudness(subject uuid)
returns text[]
language sql
immutable
return case
  when subject = private.every_event() then array['off', 'weekly', 'daily', 'hourly', 'immediate']
  when subject = private.every_digest() then array['off', 'on']
  else array['none', 'mentions', 'all']
end;
comment on function private.settings_by_loudness(uuid) is 'What a person may have chosen for a subject; the quietest first.';
revoke execute on function private.settings_by_loudness(uuid) from public;

-- What a person chose; null: nothing.
create function private.setting_of(user_id uuid, subject uuid)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when subject = private.every_event() then (
      select p.delivery
      from public.notification_preferences p
      where p.user_id = setting_of.user_id
    )
    when subject = private.every_digest() then case when private.refuses_digests(user_id) then 'off' end
    else (
      select e.level
      from public.event_notification_preferences e
      where e.user_id = setting_of.user_id
        and e.event_id = subject
    )
  end;
$$;
revoke execute on function private.setting_of(uuid, uuid) from public;

-- What somebody gets who chose nothing. Across events nobody knows; as much as there may be.
create function private.setting_by_default(user_id uuid, subject uuid)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when subject = private.every_event() then 'immediate'
    when subject = private.every_digest() then 'on'
    else (
      select coalesce(
        (select p.level from public.notification_preferences p where p.user_id = setting_by_default.user_id), f.default_level, 'all')
      from private.event_facts(array[subject]) f
    )
  end;
$$;
revoke execute on function private.setting_by_default(uuid, uuid) from public;

-- What a link turned down and nobody has decided about since.
create function private.still_turned_down(user_id uuid, subject uuid)
returns setof private.unsubscribings
language sql
stable
set search_path = ''
as $$
  select u.*
  from private.unsubscribings u
  where u.user_id = still_turned_down.user_id
    and u.subject = still_turned_down.subject
    and u.became = private.setting_of(still_turned_down.user_id, still_turned_down.subject);
$$;
revoke execute on function private.still_turned_down(uuid, uuid) from public;

create function private.choices_of(user_id uuid, subject uuid)
returns text[]
language sql
stable
set search_path = ''
as $$
  select all_settings[: greatest(
    array_position(all_settings, coalesce(private.setting_of(user_id, subject), d.setting)),
    (select array_position(all_settings, coalesce(b.was, d.setting)) from private.still_turned_down(user_id, subject) b))]
  from private.settings_by_loudness(subject) all_settings
  cross join private.setting_by_default(user_id, subject) d (setting);
$$;
comment on function private.choices_of(uuid, uuid) is 'What the holder of a link may choose: nothing louder than it is, or was before a link turned it down.';
revoke execute on function private.choices_of(uuid, uuid) from public;

-- Changes a setting as the holder of a link, who has to be able to take it back. The caller holds the recipient's lock.
-- setting null: nothing of their own choice.
create function private.change_by_link(user_id uuid, subject uuid, setting text, source text, action text, as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_now text := private.setting_of(user_id, subject);
  v_was text := v_now;
begin
  if v_now is not distinct from setting then
    return;
  end if;
  select b.was
  into v_was
  from private.still_turned_down(user_id, subject) b;
  if not found then
    v_was := v_now;
  end if;
  delete from private.unsubscribings u
  where u.user_id = change_by_link.user_id
    and u.subject = change_by_link.subject;
  if subject = private.every_event() then
    insert into public.notification_preferences as p (user_id, delivery)
    values (user_id, setting)
    on conflict on constraint notification_preferences_pkey do update
    set delivery = excluded.delivery;
  elsif subject <> private.every_digest() then
    insert into public.event_notification_preferences as p (user_id, event_id, level)
    values (user_id, subject, setting)
    on conflict on constraint event_notification_preferences_pkey do update
    set level = excluded.level;
  end if;
  insert into private.unsubscribings (user_id, subject, was, became, source, changed_at)
  select user_id, subject, v_was, setting, source, as_of
  where setting is not null
    and coalesce(v_was, private.setting_by_default(user_id, subject)) <> setting;
  insert into private.audit_log (at, action, details)
  values (as_of, action, jsonb_build_object(
    'person', private.person_hash(user_id),
    'subject', case subject when private.every_event() then 'everything' when private.every_digest() then 'digests' else subject::text end,
    'from', v_now, 'to', setting, 'source', source));
end
$$;
revoke execute on function private.change_by_link(uuid, uuid, text, text, text, timestamptz) from public;

-- What a link of this scope turns down. Whoever chose digests gets no letters at all without them, as the settings then
-- say; others refuse what would come as one.
create function private.subject_of(user_id uuid, scope text, event_id uuid)
returns uuid
language sql
stable
set search_path = ''
as $$
  select case scope
    when 'event' then event_id
    when 'all' then private.every_event()
    when 'digest' then case
      when private.setting_of(user_id, private.every_event()) <> 'immediate' then private.every_event()
      else private.every_digest()
    end
  end;
$$;
revoke execute on function private.subject_of(uuid, text, uuid) from public;

-- Nobody to mail, or nothing to mail about: answered like somebody who has turned everything off, so that a link tells
-- nobody whether an account is still there.
create function private.is_addressee(user_id uuid, scope text, event_id uuid)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (select from private.recipient_people(array[user_id]))
    and (scope <> 'event' or exists (select from private.event_facts(array[event_id])));
$$;
revoke execute on function private.is_addressee(uuid, text, uuid) from public;

-- Owner's rights: the unsubscribe function may execute these four and read nothing.
create function private.describe_unsubscribing(user_id uuid, scope text, event_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'scope', scope,
    'event', (
      select jsonb_build_object('id', f.event_id, 'title', f.title, 'organization_name', f.organization_name)
      from private.event_facts(array[describe_unsubscribing.event_id]) f
    ),
    'stopped', s.delivery = 'off' or case scope
      when 'event' then s.level = 'none'
      when 'digest' then private.refuses_digests(user_id)
      else false
    end,
    'level', s.level,
    'delivery', s.delivery,
    'can_undo', s.known and exists (select from private.still_turned_down(user_id, private.subject_of(user_id, scope, event_id))),
    'choices', jsonb_build_object(
      'level', case
        when scope <> 'event' then '[]'
        when s.known then to_jsonb(private.choices_of(user_id, event_id))
        else '["none"]'
      end,
      'delivery', case when s.known then to_jsonb(private.choices_of(user_id, private.every_event())) else '["off"]' end
    )
  )
  from (
    select k.known,
      case when k.known then w.delivery else 'off' end as delivery,
      case when scope = 'event' then case when k.known then w.level else 'none' end end as level
    from private.is_addressee(user_id, scope, event_id) k (known)
    left join private.event_facts(array[event_id]) f on true
    cross join lateral private.wishes_of(user_id, event_id, f.default_delivery, f.default_level) w
  ) s;
$$;
comment on function private.describe_unsubscribing(uuid, text, uuid) is
  'What a link (scope event, digest or all) stops and how that stands: event, stopped, level, delivery, can_undo, and the choices its holder has.';
revoke execute on function private.describe_unsubscribing(uuid, text, uuid) from public;
grant execute on function private.describe_unsubscribing(uuid, text, uuid) to service_role, notifier;

-- Owner's rights as above.
create function private.unsubscribe(user_id uuid, scope text, event_id uuid, source text, as_of timestamptz default now())
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(private.recipient_lock(user_id));
  if private.is_addressee(user_id, scope, event_id) then
    perform private.change_by_link(
      user_id, private.subject_of(user_id, scope, event_id), case scope when 'event' then 'none' else 'off' end,
      source, 'unsubscribe', as_of);
  end if;
  return private.describe_unsubscribing(user_id, scope, event_id);
end
$$;
comment on function private.unsubscribe(uuid, text, uuid, text, timestamptz) is
  'Stops what a link is about; again changes nothing. source: one_click or page. Returns the description.';
revoke execute on function private.unsubscribe(uuid, text, uuid, text, timestamptz) from public;
grant execute on function private.unsubscribe(uuid, text, uuid, text, timestamptz) to service_role, notifier;

-- Owner's rights as above.
create function private.undo_unsubscribing(user_id uuid, scope text, event_id uuid, as_of timestamptz default now())
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_subject uuid;
  v_change private.unsubscribings;
begin
  perform pg_advisory_xact_lock(private.recipient_lock(user_id));
  v_subject := private.subject_of(user_id, scope, event_id);
  select *
  into v_change
  from private.still_turned_down(user_id, v_subject);
  if found and private.is_addressee(user_id, scope, event_id) then
    perform private.change_by_link(user_id, v_subject, v_change.was, 'page', 'undo_unsubscribing', as_of);
  end if;
  return private.describe_unsubscribing(user_id, scope, event_id);
end
$$;
comment on function private.undo_unsubscribing(uuid, text, uuid, timestamptz) is
  'Back to what it was before a link turned it down, unless somebody decided otherwise since. Returns the description.';
revoke execute on function private.undo_unsubscribing(uuid, text, uuid, timestamptz) from public;
grant execute on function private.undo_unsubscribing(uuid, text, uuid, timestamptz) to service_role, notifier;

-- Owner's rights as above.
create function private.choose_by_link(
  user_id uuid, scope text, event_id uuid, level text default null, delivery text default null,
  as_of timestamptz default now()
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_subject uuid := case when level is null then private.every_event() else coalesce(event_id, private.every_event()) end;
  v_setting text := coalesce(level, delivery);
  v_known boolean;
begin
  perform pg_advisory_xact_lock(private.recipient_lock(user_id));
  if v_setting is null or v_setting <> all(private.settings_by_loudness(v_subject)) or num_nonnulls(level, delivery) <> 1 then
    raise exception using
      errcode = 'CN061',
      message = 'There is no such choice.',
      hint = 'Send one of the choices that the description lists: a level for the link of an event, or a delivery.';
  end if;
  v_known := private.is_addressee(user_id, scope, event_id);
  if v_setting <> all(case when v_known then private.choices_of(user_id, v_subject) else (private.settings_by_loudness(v_subject))[:1] end) then
    raise exception using
      errcode = 'CN060',
      message = 'A letter''s link can turn down and take that back, not turn up.',
      hint = 'Sign in and change it in the notification settings.';
  end if;
  if v_known then
    perform private.change_by_link(user_id, v_subject, v_setting, 'page', 'choose_by_link', as_of);
  end if;
  return private.describe_unsubscribing(user_id, scope, event_id);
end
$$;
comment on function private.choose_by_link(uuid, text, uuid, text, text, timestamptz) is
  'A finer choice than stopping: either the level of the link''s event, or the delivery of everything. Returns the description.';
revoke execute on function private.choose_by_link(uuid, text, uuid, text, text, timestamptz) from public;
grant execute on function private.choose_by_link(uuid, text, uuid, text, text, timestamptz) to service_role, notifier;

-- Owner's rights: where the unsubscribe function sends people who follow a link.
create function private.app_url()
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select s.app_url
  from private.settings s;
$$;
revoke execute on function private.app_url() from public;
grant execute on function private.app_url() to service_role, notifier;
