import type { Database } from "@chat-notifications/core/database.ts";
import type { Provider } from "@chat-notifications/core/provider.ts";
import type { StepReport } from "./report-steps.ts";

export interface SteppedDeps {
  database: Database;
  provider: Provider;
  report: StepReport;
  /** Waits a moment on both sides of what a step does, so that a kill also hits before and after it. */
  dwell: () => Promise<void>;
  /** The idempotency key of an attempt; the dispatch's id, unless that rule is broken. */
  keyOf: (dispatchId: string) => string;
}

/**
 * The processor's database and provider, with each step of a delivery reported when it begins and when it is over.
 * From `before_send` to `mark` the steps of one dispatch follow one another without a gap.
 */
export function createSteppedDelivery({ database, provider, report, dwell, keyOf }: SteppedDeps): { database: Database; provider: Provider } {
  /** How to end the step that a dispatch is in, and its attempt. */
  const open = new Map<string, { over: () => void; attempt: number }>();

  const move = (dispatchId: string, step: "before_send" | "during_send" | "after_accept" | "mark", attempt = open.get(dispatchId)?.attempt) => {
    open.get(dispatchId)?.over();
    open.set(dispatchId, { over: report.begin(step, dispatchId, attempt), attempt: attempt ?? 0 });
  };
  const leave = (dispatchId: string) => {
    open.get(dispatchId)?.over();
    open.delete(dispatchId);
  };

  async function during<T>(step: "settle" | "fan_out" | "claim", act: () => Promise<T>): Promise<T> {
    const over = report.begin(step);
    try {
      return await slowly(act);
    } finally {
      over();
    }
  }

  async function slowly<T>(act: () => Promise<T>): Promise<T> {
    await dwell();
    const result = await act();
    await dwell();
    return result;
  }

  async function marking(dispatchId: string, act: () => Promise<boolean>): Promise<boolean> {
    move(dispatchId, "mark");
    try {
      return await slowly(act);
    } finally {
      leave(dispatchId);
    }
  }

  return {
    database: {
      ...database,
      settleBursts: () => during("settle", () => database.settleBursts()),
      continueFanOut: () => during("fan_out", () => database.continueFanOut()),
      getPendingNotifications: (batchSize) => during("claim", () => database.getPendingNotifications(batchSize)),
      async beginAttempt(dispatch, bodySha256) {
        move(dispatch.id, "before_send", dispatch.attempt);
        let ours = false;
        try {
          ours = await slowly(() => database.beginAttempt(dispatch, bodySha256));
        } finally {
          if (!ours) leave(dispatch.id);
        }
        return ours;
      },
      markNotificationSent: (dispatch, ids) => marking(dispatch.id, () => database.markNotificationSent(dispatch, ids)),
      markNotificationFailed: (dispatch, failed, body, jitter) =>
        marking(dispatch.id, () => database.markNotificationFailed(dispatch, failed, body, jitter)),
    },
    provider: {
      ...provider,
      async sendBatch(body, dispatchId, letterCount) {
        move(dispatchId, "during_send");
        const outcome = await provider.sendBatch(body, keyOf(dispatchId), letterCount);
        if (outcome.ok) {
          move(dispatchId, "after_accept");
          await dwell();
        }
        return outcome;
      },
    },
  };
}
