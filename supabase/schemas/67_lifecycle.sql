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
  ('notification', 'processing', 'pending', 'get_pending_notifications, mark_notification_failed'),
  ('notification', 'processing', 'skipped', 'get_pending_notifications'),
  ('notification', 'processing', 'sent', 'mark_notification_sent'),
  ('notification', 'processing', 'failed', 'mark_notification_failed, get_pending_notifications'),
  ('email', 'sending', 'sent', 'mark_notification_sent'),
  ('email', 'sending', 'retrying', 'mark_notification_failed'),
  ('email', 'sending', 'failed', 'mark_notification_failed, get_pending_notifications'),
  ('email', 'retrying', 'sending', 'get_pending_notifications'),
  ('email', 'retrying', 'sent', 'mark_notification_sent'),
  ('email', 'retrying', 'failed', 'get_pending_notifications'),
  ('dispatch', 'sending', 'sent', 'mark_notification_sent'),
  ('dispatch', 'sending', 'retrying', 'mark_notification_failed'),
  ('dispatch', 'sending', 'failed', 'mark_notification_failed, get_pending_notifications'),
  ('dispatch', 'retrying', 'sending', 'get_pending_notifications'),
  ('dispatch', 'retrying', 'sent', 'mark_notification_sent'),
  ('dispatch', 'retrying', 'failed', 'get_pending_notifications');
