/** The states' legal moves, as in SQL (`private.lifecycle`) and in docs/lifecycle.md; a test compares the three. */
export const LIFECYCLE = {
  notification: {
    pending: { processing: "get_pending_notifications" },
    processing: {
      pending: "get_pending_notifications, mark_notification_failed",
      skipped: "get_pending_notifications",
      sent: "mark_notification_sent",
      failed: "mark_notification_failed, get_pending_notifications",
    },
  },
  email: {
    sending: {
      sent: "mark_notification_sent",
      retrying: "mark_notification_failed",
      failed: "mark_notification_failed, get_pending_notifications",
    },
    retrying: {
      sending: "get_pending_notifications",
      sent: "mark_notification_sent",
      failed: "get_pending_notifications",
    },
  },
  dispatch: {
    sending: {
      sent: "mark_notification_sent",
      retrying: "mark_notification_failed",
      failed: "mark_notification_failed, get_pending_notifications",
    },
    retrying: {
      sending: "get_pending_notifications",
      sent: "mark_notification_sent",
      failed: "get_pending_notifications",
    },
  },
} as const satisfies Record<string, Record<string, Record<string, string>>>;
