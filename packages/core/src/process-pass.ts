import { deliverDispatch, type DeliveryDeps } from "./deliver-dispatch.ts";

export interface PassResult {
  settled: number;
  fannedOut: number;
  dispatches: number;
  letters: number;
}

/**
 * One pass of the processor: settle bursts, a page of fan-out, claim and compose, deliver what was claimed.
 * Everything zero: nothing is due. Rejects when the database cannot be reached.
 * @param batchSize recipients to claim, 1–1000; every 100 make a dispatch, dispatches are delivered side by side
 */
export async function processPass(deps: DeliveryDeps, batchSize: number): Promise<PassResult> {
  const settled = await deps.database.settleBursts();
  const fannedOut = await deps.database.continueFanOut();
  const dispatches = await deps.database.getPendingNotifications(batchSize);
  const deliveries = await Promise.allSettled(dispatches.map((dispatch) => deliverDispatch(dispatch, deps)));
  for (const delivery of deliveries) {
    // Only after all have ended: no delivery may go on behind a pass that has failed.
    if (delivery.status === "rejected") throw delivery.reason;
  }
  const letters = dispatches.reduce((sum, dispatch) => sum + dispatch.letters.length, 0);
  return { settled, fannedOut, dispatches: dispatches.length, letters };
}

/** Whether a pass did anything, so that another one may find more. */
export function madeProgress({ settled, fannedOut, dispatches }: PassResult): boolean {
  return settled > 0 || fannedOut > 0 || dispatches > 0;
}
