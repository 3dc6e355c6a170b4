-- The words of receipts: every step, reason and cause has a code and a sentence. docs/receipts.md lists the same; a
-- test compares. The web app has them in its readers' languages.

create type private.receipt_step as (at timestamptz, place integer, code text, facts jsonb);
comment on type private.receipt_step is 'place: the order of what happened at one time.';

create table private.receipt_words (
  kind text not null,
  code text not null,
  words text not null,
  primary key (kind, code),
  constraint receipt_words_kind_is_known check (kind in ('step', 'reason', 'cause'))
);
comment on table private.receipt_words is
  'step: a sentence with {facts} of the step and {times:time}; reason, cause: what its {reason} or {cause} says.';
alter table private.receipt_words enable row level security;

insert into private.receipt_words (kind, code, words) values
  ('step', 'in_event', 'In {title} since {since:time}.'),
  ('step', 'not_in_event', 'The recipient is not in this event.'),
  ('step', 'written', 'Written at {written_at:time}.'),
  ('step', 'message_gone', 'The message was deleted.'),
  ('step', 'mentioned', 'It mentions the recipient. Letters about mentions wait for second thoughts until {until:time}.'),
  ('step', 'announced', 'It is addressed to everyone.'),
  ('step', 'batched', 'Collected with what else was written until {until:time}.'),
  ('step', 'not_batched_yet', 'It is about to be collected with what else is written.'),
  ('step', 'being_notified', 'The recipients of the event are being gone through.'),
  ('step', 'not_notified', 'No letter: {reason}.'),
  ('step', 'waited', 'Put off until {until:time}: {cause}.'),
  ('step', 'skipped', 'No letter: {reason}.'),
  ('step', 'composed', 'A letter was composed.'),
  ('step', 'shown', 'The letter shows the message.'),
  ('step', 'counted', 'The letter counts the message among those that it has no room to show.'),
  ('step', 'left_out', 'The letter leaves the message out: {reason}.'),
  ('step', 'sending', 'The letter is being sent.'),
  ('step', 'retrying', 'It is not known whether the letter left. The same letter goes again at {until:time}; it cannot arrive twice.'),
  ('step', 'sent', 'Sent.'),
  ('step', 'sent_unconfirmed', 'Sent, by the provider''s word that it knows this letter. Its confirmation has not come yet.'),
  ('step', 'failed', 'The letter was not sent: {reason}.'),
  ('step', 'discarded', 'The letter was put aside.'),
  ('step', 'delivered', 'The recipient''s mail server took it.'),
  ('step', 'delayed', 'The recipient''s mail server will take it later.'),
  ('step', 'bounced', 'The recipient''s mail server refused it.'),
  ('step', 'complained', 'The recipient called it spam.'),
  ('step', 'given_up', 'The provider gave it up.'),
  ('step', 'suppressed', 'The provider does not mail this address.'),
  ('step', 'waiting', 'Due at {until:time}.'),
  ('step', 'due', 'Due now.'),
  ('step', 'paused', 'Delivery is paused until an operator resumes it.'),
  ('step', 'stopped', 'Nothing is being sent at the moment: {reason}.'),
  ('step', 'letter_gone', 'The letter itself is not kept any more.'),
  ('step', 'not_recorded', 'Nothing is recorded: it was written before letters were switched on, or its records were removed.'),

  ('reason', 'account_gone', 'the recipient''s account does not exist any more'),
  ('reason', 'account_banned', 'the recipient''s account is banned'),
  ('reason', 'account_anonymous', 'the recipient never signed up with an address'),
  ('reason', 'address_missing', 'the account has no e-mail address'),
  ('reason', 'address_invalid', 'the provider would refuse the address'),
  ('reason', 'address_suppressed', 'letters to the address bounced or were called spam'),
  ('reason', 'not_allowed_here', 'this deployment may write to listed addresses only'),
  ('reason', 'left_event', 'the recipient is no longer in the event, nor in its organization'),
  ('reason', 'no_consent', 'the recipient has not agreed to letters, and their organization asks for it'),
  ('reason', 'address_unverified', 'the recipient has not confirmed their address'),
  ('reason', 'address_change_unconfirmed', 'the recipient is changing their address and has not confirmed the new one'),
  ('reason', 'notifications_off', 'the recipient turned letters off'),
  ('reason', 'digests_refused', 'the recipient unsubscribed from digests and chose none since'),
  ('reason', 'event_muted', 'the recipient wants nothing of this event'),
  ('reason', 'event_muted_for_now', 'the recipient wants nothing of this event until a time that has not come'),
  ('reason', 'mentions_only', 'the recipient wants only messages that address them'),
  ('reason', 'own_messages', 'the recipient wrote all of it'),
  ('reason', 'sender_blocked', 'the recipient blocked whoever wrote it'),
  ('reason', 'before_joining', 'all of it was written before the recipient joined'),
  ('reason', 'read', 'the recipient has read it'),
  ('reason', 'deleted', 'the messages were deleted'),
  ('reason', 'told_by_mention', 'each message has a mention notification of its own'),
  ('reason', 'nothing_new', 'several of these together'),
  ('reason', 'settings_then', 'the settings of that time kept it back'),
  ('reason', 'before_restore', 'the database was restored, and it may have been told before'),
  ('reason', 'outcome_unknown', 'nobody found out for 23 hours whether it left'),
  ('reason', 'provider_failed', 'the provider gave it up'),
  ('reason', 'bounced', 'it bounced'),
  ('reason', 'rejected', 'the provider rejected it'),
  ('reason', 'delivery_off', 'delivery is switched off'),
  ('reason', 'paused', 'an operator paused delivery'),
  ('reason', 'provider', 'the provider has trouble'),
  ('reason', 'authorization', 'the provider does not accept the key'),
  ('reason', 'quota', 'the provider''s quota is used up'),

  ('cause', 'digest', 'for the recipient''s digest'),
  ('cause', 'quiet_hours', 'the recipient has quiet hours'),
  ('cause', 'in_the_room', 'the recipient was in the room'),
  ('cause', 'back_off', 'the letter before brought the recipient no visit'),
  ('cause', 'letters_enough', 'the recipient had letters enough that day, the rest goes into a digest'),
  ('cause', 'mentions_enough', 'the recipient had five letters about mentions that hour, the rest goes into the next letter'),
  ('cause', 'overdue', 'it was due for a day, so it goes into a digest'),
  ('cause', 'paused', 'an operator paused delivery'),
  ('cause', 'refused', 'the provider took no letters'),
  ('cause', 'quota', 'the provider''s quota was used up'),
  ('cause', 'held', 'by the settings of that time');

create function private.receipt_sentence(step text, facts jsonb, time_zone text)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_sentence text := (select w.words from private.receipt_words w where w.kind = 'step' and w.code = step);
  v_key text;
  v_fact text;
begin
  for v_key, v_fact in
    select f.key, f.value
    from jsonb_each_text(facts) f
  loop
    if v_key in ('reason', 'cause') then
      -- A provider's own code has no words here and stands for itself.
      v_fact := coalesce((select w.words from private.receipt_words w where w.kind = v_key and w.code = v_fact), v_fact);
    elsif position('{' || v_key || ':time}' in v_sentence) > 0 then
      v_sentence := replace(v_sentence, '{' || v_key || ':time}',
        to_char(timezone(private.known_zone(time_zone), v_fact::timestamptz), 'YYYY-MM-DD HH24:MI'));
    end if;
    v_sentence := replace(v_sentence, '{' || v_key || '}', coalesce(v_fact, ''));
  end loop;
  return v_sentence;
end
$$;
revoke execute on function private.receipt_sentence(text, jsonb, text) from public;
