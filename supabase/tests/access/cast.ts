import type { Sql } from "postgres";

/** Fixed ids: the same people and rooms in every probe, in SQL as over HTTP. */
const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

/** Who is signed in, by the columns of docs/access.md. */
export const CAST: Record<string, string> = {
  recipient: id(1), participant: id(2), organizer: id(3), member: id(4), owner: id(5), outsider: id(6), operator: id(7),
};
export const ORGANIZATION = id(20);
export const EVENT = id(21);
export const FOREIGN_ORGANIZATION = id(22);
export const FOREIGN_EVENT = id(23);
export const LETTER = id(31);
export const DEAD_LETTER = id(32);

/** Everything as the first probe finds it: people, two organizations with an event each, and one row of each kind. */
export async function layOut(sql: Sql): Promise<void> {
  await sql.unsafe(`
    delete from public.organizations;
    delete from public.notifications;
    delete from public.emails;
    delete from private.dispatches;
    delete from private.untold_messages;
    delete from private.burst_messages;
    delete from private.bursts;
    delete from private.incidents;
    delete from private.untold_messages;
    delete from private.burst_messages;
    delete from private.bursts;
    delete from private.missed_mentions;
    delete from public.notification_preferences;
    delete from public.event_notification_preferences;
    delete from public.address_problems;
    delete from public.blocked_senders;
    delete from public.notification_consents;

    insert into auth.users (id, email, raw_user_meta_data)
    select p.id::uuid, p.name || '@example.com', jsonb_build_object('handle', p.name, 'display_name', initcap(p.name))
    from (values ${Object.entries(CAST).map(([name, person]) => `('${name}', '${person}')`)}) p (name, id)
    on conflict do nothing;
    delete from public.profiles;
    insert into public.profiles (user_id, handle, display_name)
    select u.id, u.raw_user_meta_data ->> 'handle', u.raw_user_meta_data ->> 'display_name' from auth.users u;
    insert into private.maintenance_runs (kind, dry_run, started_at) select 'daily', true, now() where not exists (select from private.maintenance_runs);
    insert into private.operators (user_id) values ('${CAST.operator}') on conflict do nothing;
    insert into public.organizations (id, name) values ('${ORGANIZATION}', 'Home'), ('${FOREIGN_ORGANIZATION}', 'Elsewhere');
    insert into public.events (id, organization_id, title) values
      ('${EVENT}', '${ORGANIZATION}', 'Gala'), ('${FOREIGN_EVENT}', '${FOREIGN_ORGANIZATION}', 'Fair');
    insert into public.organization_members (organization_id, user_id, role) values
      ('${ORGANIZATION}', '${CAST.member}', 'member'), ('${ORGANIZATION}', '${CAST.owner}', 'owner'),
      ('${FOREIGN_ORGANIZATION}', '${CAST.outsider}', 'owner');
    insert into public.event_participants (event_id, user_id, role) values
      ('${EVENT}', '${CAST.recipient}', 'participant'), ('${EVENT}', '${CAST.participant}', 'participant'),
      ('${EVENT}', '${CAST.organizer}', 'organizer'), ('${FOREIGN_EVENT}', '${CAST.outsider}', 'organizer');
    insert into public.event_invitations (event_id, address, user_id) values ('${EVENT}', 'invited@example.com', '${CAST.organizer}');
    select setval('public.chat_messages_id_seq', 1000);
    insert into public.chat_messages (id, event_id, user_id, body) overriding system value values
      (1, '${EVENT}', '${CAST.recipient}', 'the probed message'), (2, '${FOREIGN_EVENT}', '${CAST.outsider}', 'said elsewhere');

    insert into public.notification_preferences (user_id) values ('${CAST.recipient}');
    insert into public.event_notification_preferences (user_id, event_id) values ('${CAST.recipient}', '${EVENT}');
    insert into public.blocked_senders (user_id, sender_id) values ('${CAST.recipient}', '${CAST.participant}');
    insert into public.notification_consents (user_id, given_at, source, wording_version) values ('${CAST.recipient}', now(), 'onboarding', '1');
    insert into public.address_problems (user_id, reason, noticed_at) values ('${CAST.recipient}', 'bounced', now());
    insert into private.dispatches (id, status, next_attempt_at, letter_count, facts, first_attempt_at, unconfirmed_at, outcome, created_at, updated_at) values
      ('${LETTER}', 'sent', now(), 1, '{}', now(), now(), 'unconfirmed', now(), now()),
      ('${DEAD_LETTER}', 'failed', now(), 1, '{}', now(), null, 'rejected', now(), now());
    insert into public.emails (id, user_id, dispatch_id, position, kind, status, address, locale, time_zone, parts, more, reason, created_at, sent_at, updated_at)
    select l.id::uuid, '${CAST.recipient}', l.id::uuid, 0, 'conversation', l.status, 'recipient@example.com', 'en', 'UTC', '[]', '{}', l.reason, now(), l.sent_at, now()
    from (values ('${LETTER}', 'sent', null, now()), ('${DEAD_LETTER}', 'failed', 'validation_error', null)) l (id, status, reason, sent_at);
    delete from public.notifications;
    insert into public.notifications (user_id, event_id, burst_id, lane, status, scheduled_for, email_id)
    values ('${CAST.recipient}', '${EVENT}', 1, 1, 'sent', now(), '${LETTER}');
    insert into private.incidents (step, code, message) values ('open', 'XX000', 'planted');
    insert into private.processors (id, kind, version, started_at, beat_at) values ('planted', 'worker', '1', now(), now()) on conflict do nothing;
    insert into private.outages (from_at, until_at) values (now() - interval '1 hour', now()) on conflict do nothing;
    insert into private.alerts (name, opened_at, value, worst) select r.name, now(), 1, 1 from private.alert_rules r limit 1 on conflict do nothing;
    insert into private.breaker_changes (at, name, state) values (now(), 'quota', 'open');
    insert into private.pauses (scope, id) values ('event', '${FOREIGN_EVENT}') on conflict do nothing;
    insert into private.suppressions (address_hash, reason, suppressed_at) values (sha256('x'), 'manual', now()) on conflict do nothing;
    insert into private.webhook_events (svix_id, type, occurred_at, received_at, result) values ('msg_1', 'email.sent', now(), now(), 'ignored') on conflict do nothing;
  `).simple();
}
