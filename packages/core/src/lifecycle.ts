/** The states' legal moves, as in SQL (`private.lifecycle`) and in docs/lifecycle.md; a test compares the three. */
export const LIFECYCLE = {
  notification: {
    pending: {
      processing: "get_pending_notifications",
      skipped: "after_restore",
    },
    processing: {
      pending: "get_pending_notifications, mark_notification_failed",
      skipped: "get_pending_notifications, after_restore",
      sent: "mark_notification_sent",
      failed: "mark_notification_failed, get_pending_notifications",
    },
    sent: {
      failed: "receive_webhook_event",
      pending: "receive_webhook_event",
    },
    failed: {
      pending: "retry_email",
    },
  },
  email: {
    sending: {
      sent: "mark_notification_sent",
      retrying: "mark_notification_failed",
      failed: "mark_notification_failed, get_pending_notifications, after_restore",
    },
    retrying: {
      sending: "get_pending_notifications",
      sent: "mark_notification_sent",
      failed: "get_pending_notifications, after_restore",
    },
    sent: {
      delivered: "receive_webhook_event",
      delayed: "receive_webhook_event",
      bounced: "receive_webhook_event",
      complained: "receive_webhook_event",
      failed: "receive_webhook_event",
      suppressed: "receive_webhook_event",
    },
    delayed: {
      delivered: "receive_webhook_event",
      bounced: "receive_webhook_event",
      complained: "receive_webhook_event",
      failed: "receive_webhook_event",
    },
    delivered: {
      bounced: "receive_webhook_event",
      complained: "receive_webhook_event",
    },
    failed: {
      discarded: "retry_email, discard_email, receive_webhook_event",
    },
  },
  dispatch: {
    sending: {
      sent: "mark_notification_sent",
      retrying: "mark_notification_failed",
      failed: "mark_notification_failed, get_pending_notifications, after_restore",
    },
    retrying: {
      sending: "get_pending_notifications",
      sent: "mark_notification_sent",
      failed: "get_pending_notifications, after_restore",
    },
  },
} as const satisfies Record<string, Record<string, Record<string, string>>>;
