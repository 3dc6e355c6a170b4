import type { Database, Permission } from "./database.ts";
import { deliverDispatch, type DeliveryDeps } from "./deliver-dispatch.ts";

export interface PassResult {
  settled: number;
  fannedOut: number;
  dispatches: number;
  letters: number;
  /** What the permission to send said. */
  permission: Permission;
}

/** What of a claimed dispatch a pass itself needs to know. */
interface Claimed {
  id: string;
  letterCount: number;
}

export interface PassSteps<Dispatch extends Claimed> {
  database: Pick<Database, "settleBursts" | "continueFanOut" | "permitSending" | "returnPermission">;
  /** Claims up to so many recipients. */
  claim: (recipients: number) => Promise<Dispatch[]>;
  deliver: (dispatch: Dispatch) => Promise<unknown>;
}

/**
 * One pass of the processor: settle bursts, a page of fan-out, ask whether anything may be sent, claim and compose,
 * deliver what was claimed. Rejects when the database cannot be reached.
 * @param batchSize recipients to claim, 1–1000; every 100 make a dispatch, dispatches are delivered side by side
 */
export async function processPass(deps: DeliveryDeps, batchSize: number): Promise<PassResult> {
  const { database } = deps;
  return makePass(
    {
      database,
      claim: async (recipients) =>
        (await database.getPendingNotifications(recipients)).map((dispatch) => ({ ...dispatch, letterCount: dispatch.letters.length })),
      deliver: (dispatch) => deliverDispatch(dispatch, deps),
    },
    batchSize,
  );
}

/** A pass whose dispatches are delivered as the caller says. */
export async function makePass<Dispatch extends Claimed>(steps: PassSteps<Dispatch>, batchSize: number): Promise<PassResult> {
  const { database } = steps;
  const settled = await database.settleBursts();
  const fannedOut = await database.continueFanOut();
  const permission = await database.permitSending(batchSize);
  const delivered = permission.letters > 0 ? await claimAndDeliver(steps, permission.letters) : { dispatches: 0, letters: 0 };
  return { settled, fannedOut, permission, ...delivered };
}

/** Whether a pass did anything, so that another one may find more. */
export function madeProgress({ settled, fannedOut, dispatches }: PassResult): boolean {
  return settled > 0 || fannedOut > 0 || dispatches > 0;
}

async function claimAndDeliver<Dispatch extends Claimed>({ database, claim, deliver }: PassSteps<Dispatch>, permitted: number) {
  const dispatches = await claim(permitted);
  const letters = dispatches.reduce((sum, { letterCount }) => sum + letterCount, 0);
  const requests = Math.ceil(permitted / 100);
  if (letters !== permitted || dispatches.length !== requests) {
    await database.returnPermission(permitted - letters, requests - dispatches.length);
  }
  const deliveries = await Promise.allSettled(dispatches.map(deliver));
  for (const delivery of deliveries) {
    // Only after all have ended: no delivery may go on behind a pass that has failed.
    if (delivery.status === "rejected") throw delivery.reason;
  }
  return { dispatches: dispatches.length, letters };
}
