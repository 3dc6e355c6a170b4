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

/** A pass whose letters are on their way. */
export interface BegunPass extends PassResult {
  /** Resolves when all of them are settled; rejects when the database could not be reached meanwhile. */
  delivered: Promise<void>;
}

/**
 * One pass of the processor: settle bursts, a page of fan-out, ask whether anything may be sent, claim and compose,
 * deliver what was claimed. Rejects when the database cannot be reached.
 * @param batchSize recipients to claim, 1–1000; every 100 make a dispatch, dispatches are delivered side by side
 */
export async function processPass(deps: DeliveryDeps, batchSize: number): Promise<PassResult> {
  return ended(await beginPass(deps, batchSize));
}

/** As `processPass`, without waiting for the letters: the next pass may claim while these are rendered and sent. */
export async function beginPass(deps: DeliveryDeps, batchSize: number): Promise<BegunPass> {
  const { database } = deps;
  return begin(
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
  return ended(await begin(steps, batchSize));
}

async function begin<Dispatch extends Claimed>(steps: PassSteps<Dispatch>, batchSize: number): Promise<BegunPass> {
  const { database } = steps;
  const settled = await database.settleBursts();
  const fannedOut = await database.continueFanOut();
  const permission = await database.permitSending(batchSize);
  const claimed = permission.letters > 0 ? await claimPermitted(steps, permission.letters) : { dispatches: [], letters: 0 };
  const delivered = deliverAll(claimed.dispatches, steps.deliver);
  // Whoever waits for it learns of a failure; it may come before anybody does.
  delivered.catch(() => {});
  return { settled, fannedOut, permission, dispatches: claimed.dispatches.length, letters: claimed.letters, delivered };
}

async function ended({ delivered, ...result }: BegunPass): Promise<PassResult> {
  await delivered;
  return result;
}

/** Whether a pass did anything, so that another one may find more. */
export function madeProgress({ settled, fannedOut, dispatches }: PassResult): boolean {
  return settled > 0 || fannedOut > 0 || dispatches > 0;
}

async function claimPermitted<Dispatch extends Claimed>({ database, claim }: PassSteps<Dispatch>, permitted: number) {
  const dispatches = await claim(permitted);
  const letters = dispatches.reduce((sum, { letterCount }) => sum + letterCount, 0);
  const requests = Math.ceil(permitted / 100);
  if (letters !== permitted || dispatches.length !== requests) {
    await database.returnPermission(permitted - letters, requests - dispatches.length);
  }
  return { dispatches, letters };
}

async function deliverAll<Dispatch>(dispatches: Dispatch[], deliver: (dispatch: Dispatch) => Promise<unknown>): Promise<void> {
  for (const delivery of await Promise.allSettled(dispatches.map(deliver))) {
    // Only after all have ended: no delivery may go on behind a pass that has failed.
    if (delivery.status === "rejected") throw delivery.reason;
  }
}
