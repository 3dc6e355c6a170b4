-- What the provider reports back: delivered, delayed, bounced, complained, failed, suppressed.

create table private.webhook_events (
  svix_id text primary key,
  type text not null,
  email_id uuid,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  detail text,
  result text not null,
  constraint webhook_events_result_is_known check (result in ('applied', 'outdated', 'unknown_email', 'ignored'))
);
comment on table private.webhook_events is
  'Webhooks that were received, once each. detail: bounce type or reason. Never addresses, subjects or text.';
create index webhook_events_email_idx on private.webhook_events (email_id, occurred_at) where email_id is not null;
comment on index private.webhook_events_email_idx is 'A letter''s timeline.';
create index webhook_events_received_idx on private.webhook_events (received_at desc);
comment on index private.webhook_events_received_idx is 'The newest, for monitoring silence.';
alter table private.webhook_events enable row level security;
grant select on private.webhook_events to authenticated, service_role;
create policy "operators read webhook events" on private.webhook_events for select to authenticated
  using ((select private.is_operator()));

-- A transient bounce: five of them without deliveries between suppress the address.
create function private.score_bounce(address text, as_of timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_score integer;
begin
  if address = '' then
    return;
  end if;
  insert into private.bounce_scores as b (address_hash, score, updated_at)
  values (private.address_hash(address), 1, as_of)
  on conflict (address_hash) do update
  set score = case when b.updated_at < as_of - interval '30 days' then 1 else b.score + 1 end, updated_at = as_of
  returning score into v_score;
  if v_score >= 5 then
    perform private.suppress_address(address, 'soft_bounces', as_of);
  end if;
end
$$;
revoke execute on function private.score_bounce(text, timestamptz) from public;

create function private.erode_bounces(address text, as_of timestamptz)
returns void
language sql
volatile
set search_path = ''
as $$
  update private.bounce_scores b
  set score = b.score - 1, updated_at = as_of
  where b.address_hash = private.address_hash(address)
    and b.score > 0;
$$;
revoke execute on function private.erode_bounces(text, timestamptz) from public;

-- The letters' notifications after a letter did not arrive.
create function private.withdraw_letter(email_id uuid, status text, reason text, as_of timestamptz, due_again_at timestamptz default null)
returns void
language sql
volatile
set search_path = ''
as $$
  update public.notifications n
  set status = withdraw_letter.status,
    reason = case when withdraw_letter.status = 'failed' then withdraw_letter.reason end,
    email_id = case when withdraw_letter.status = 'failed' then n.email_id end,
    scheduled_for = coalesce(due_again_at, n.scheduled_for),
    waits = case
      when due_again_at is null then n.waits
      else private.add_wait(n.waits, 'quota', as_of, n.scheduled_for, due_again_at)
    end,
    updated_at = as_of
  where n.email_id = withdraw_letter.email_id
    and n.status = 'sent';
$$;
revoke execute on function private.withdraw_letter(uuid, text, text, timestamptz, timestamptz) from public;

-- Applies one event to one letter, if its status may still move there.
create function private.apply_feedback(email public.emails, new_status text, detail text, as_of timestamptz)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
begin
  if not exists (
    select
    from private.lifecycle l
    where l.subject = 'email'
      and l.from_status = email.status
      and l.to_status = new_status
  ) then
    return false;
  end if;
  update public.emails e
  set status = new_status,
    reason = case when new_status in ('delivered', 'delayed') then e.reason else coalesce(detail, new_status) end,
    updated_at = as_of
  where e.id = email.id;
  case new_status
    when 'delivered' then
      perform private.erode_bounces(email.address, as_of);
    when 'bounced' then
      if detail = 'Permanent' then
        perform private.suppress_address(email.address, 'bounced', as_of);
      else
        perform private.score_bounce(email.address, as_of);
      end if;
      perform private.withdraw_letter(email.id, 'failed', 'bounced', as_of);
    when 'complained' then
      perform private.suppress_address(email.address, 'complained', as_of);
    when 'suppressed' then
      perform private.suppress_address(email.address, 'provider', as_of);
      perform private.withdraw_letter(email.id, 'failed', 'address_suppressed', as_of);
    when 'failed' then
      if detail = 'reached_daily_quota' then
        -- Composed afresh after the reset, with what is true then.
        perform private.note_failure('quota', email.dispatch_id, detail, private.quota_reset_at(detail, as_of), as_of);
        perform private.withdraw_letter(email.id, 'pending', null, as_of, private.quota_reset_at(detail, as_of));
        update public.emails e
        set status = 'discarded'
        where e.id = email.id;
      else
        perform private.withdraw_letter(email.id, 'failed', coalesce(detail, 'provider_failed'), as_of);
      end if;
    else
      null;
  end case;
  return true;
end
$$;
revoke execute on function private.apply_feedback(public.emails, text, text, timestamptz) from public;

-- Owner's rights: the webhook function may execute this and write nothing else.
create function private.receive_webhook_event(
  svix_id text, type text, occurred_at timestamptz, email_id uuid default null, provider_id text default null,
  address text default null, detail text default null, as_of timestamptz default now()
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_email public.emails;
  v_status text := case type
    when 'email.delivered' then 'delivered'
    when 'email.delivery_delayed' then 'delayed'
    when 'email.bounced' then 'bounced'
    when 'email.complained' then 'complained'
    when 'email.failed' then 'failed'
    when 'email.suppressed' then 'suppressed'
  end;
  v_result text := 'ignored';
begin
  insert into private.webhook_events (svix_id, type, email_id, occurred_at, received_at, detail, result)
  values (svix_id, type, email_id, occurred_at, as_of, left(detail, 100), 'ignored')
  on conflict do nothing;
  if not found then
    return 'duplicate';
  end if;

  if type = 'suppression.added' and address is not null then
    perform private.suppress_address(address, 'provider', as_of);
    v_result := 'applied';
  elsif type = 'suppression.removed' and address is not null then
    perform private.unsuppress_address(address, as_of);
    v_result := 'applied';
  elsif type in ('email.sent', 'email.scheduled') or v_status is not null then
    -- The lock order everywhere: dispatch, then its letters, then their notifications.
    perform
    from private.dispatches d
    where d.id = (select e.dispatch_id from public.emails e where e.id = receive_webhook_event.email_id)
    for update;
    select *
    into v_email
    from public.emails e
    where e.id = receive_webhook_event.email_id
    for update;
    if not found then
      v_result := 'unknown_email';
    else
      v_result := private.hear_of_letter(v_email, v_status, provider_id, detail, as_of);
    end if;
  end if;
  update private.webhook_events w
  set result = v_result
  where w.svix_id = receive_webhook_event.svix_id;
  return v_result;
end
$$;
comment on function private.receive_webhook_event(text, text, timestamptz, uuid, text, text, text, timestamptz) is
  'Applies one verified webhook, once. email_id: of the letter''s tag. Returns applied, outdated (the letter is further), unknown_email, ignored, or duplicate.';
revoke execute on function private.receive_webhook_event(text, text, timestamptz, uuid, text, text, text, timestamptz) from public;
grant execute on function private.receive_webhook_event(text, text, timestamptz, uuid, text, text, text, timestamptz) to service_role, notifier;

-- The provider knows this letter, so it accepted its whole dispatch, whatever we heard of the request.
create function private.hear_of_letter(email public.emails, new_status text, provider_id text, detail text, as_of timestamptz)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_email public.emails := email;
begin
  if email.status in ('sending', 'retrying') then
    perform public.mark_notification_sent(d.id, d.attempt, '{}', as_of)
    from private.dispatches d
    where d.id = email.dispatch_id;
    select *
    into v_email
    from public.emails e
    where e.id = email.id;
  else
    perform private.confirm_dispatch(email.dispatch_id, null, as_of);
  end if;
  update public.emails e
  set provider_id = hear_of_letter.provider_id
  where e.id = email.id
    and e.provider_id is null;
  if new_status is null or private.apply_feedback(v_email, new_status, detail, as_of) then
    return 'applied';
  end if;
  return 'outdated';
end
$$;
revoke execute on function private.hear_of_letter(public.emails, text, text, text, timestamptz) from public;
