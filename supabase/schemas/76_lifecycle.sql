-- The states' legal moves, as data: the same as packages/core/src/lifecycle.ts and docs/lifecycle.md; a test compares
-- the three, and the tests' databases refuse every other move.

create table private.lifecycle (
  subject text not null,
  from_status text not null,
  to_status text not null,
  moved_by text not null,
  primary key (subject, from_status, to_status),
  constraint lifecycle_subject_is_known check (subject in ('notification', 'email', 'dispatch'))
);
comment on table private.lifecycle is 'Which status may follow which, and the function that moves it.';
alter table private.lifecycle enable row level security;

insert into private.lifecycle (subject, from_status, to_status, moved_by) values
  ('notification', 'pending', 'processing', 'get_pending_notifications'),
  ('notification', 'pending', 'skipped', 'after_restore'),
  ('notification', 'processing', 'pending', 'get_pending_notifications, mark_notification_failed'),
  ('notification', 'processing', 'skipped', 'get_pending_notifications, after_restore'),
  ('notification', 'processing', 'sent', 'mark_notification_sent'),
  ('notification', 'processing', 'failed', 'mark_notification_failed, get_pending_notifications'),
  ('notification', 'sent', 'failed', 'receive_webhook_event'),
  ('notification', 'sent', 'pending', 'receive_webhook_event'),
  ('notification', 'failed', 'pending', 'retry_email'),
  ('email', 'sending', 'sent', 'mark_notification_sent'),
  ('email', 'sending', 'retrying', 'mark_notification_failed'),
  ('email', 'sending', 'failed', 'mark_notification_failed, get_pending_notifications, after_restore'),
  ('email', 'retrying', 'sending', 'get_pending_notifications'),
  ('email', 'retrying', 'sent', 'mark_notification_sent'),
  ('email', 'retrying', 'failed', 'get_pending_notifications, after_restore'),
  ('email', 'sent', 'delivered', 'receive_webhook_event'),
  ('email', 'sent', 'delayed', 'receive_webhook_event'),
  ('email', 'sent', 'bounced', 'receive_webhook_event'),
  ('email', 'sent', 'complained', 'receive_webhook_event'),
  ('email', 'sent', 'failed', 'receive_webhook_event'),
  ('email', 'sent', 'suppressed', 'receive_webhook_event'),
  ('email', 'delayed', 'delivered', 'receive_webhook_event'),
  ('email', 'delayed', 'bounced', 'receive_webhook_event'),
  ('email', 'delayed', 'complained', 'receive_webhook_event'),
  ('email', 'delayed', 'failed', 'receive_webhook_event'),
  ('email', 'delivered', 'bounced', 'receive_webhook_event'),
  ('email', 'delivered', 'complained', 'receive_webhook_event'),
  ('email', 'failed', 'discarded', 'retry_email, discard_email, receive_webhook_event'),
  ('dispatch', 'sending', 'sent', 'mark_notification_sent'),
  ('dispatch', 'sending', 'retrying', 'mark_notification_failed'),
  ('dispatch', 'sending', 'failed', 'mark_notification_failed, get_pending_notifications, after_restore'),
  ('dispatch', 'retrying', 'sending', 'get_pending_notifications'),
  ('dispatch', 'retrying', 'sent', 'mark_notification_sent'),
  ('dispatch', 'retrying', 'failed', 'get_pending_notifications, after_restore');
