import type { Log } from "./deliver-dispatch.ts";
import type { Operations, ProcessorIdentity } from "./operations-database.ts";
import { tellAlerts, type TellAlertsDeps } from "./tell-alerts.ts";

export interface WatchDeps extends TellAlertsDeps {
  operations: Operations;
  processor: ProcessorIdentity;
  log: Log;
  /** false: its passes fail; it says so by saying nothing, counts and tells on. Default: true. */
  working?: boolean;
  /** Dead-man's switch: told after every turn that went well; whoever is behind it notices when that stops. */
  reportAlive: (() => Promise<void>) | null;
}

/** Steps of counting in one turn; what is left waits for the next, so that letters never wait for numbers. */
const MOST_STEPS = 10;

/**
 * One turn beside the processor's work: says that it lives, counts what happened, opens and closes alerts,
 * tells, and removes a little of what is too old.
 * Rejects when the database cannot be reached.
 */
export async function keepWatch({ operations, processor, reportAlive, working = true, ...telling }: WatchDeps): Promise<void> {
  if (working) await operations.beat(processor);
  for (let step = 0; step < MOST_STEPS && (await operations.rollUp()); step += 1);
  await operations.checkAlerts();
  await operations.retain();
  await tellAlerts({ operations, ...telling });
  if (working) await reportAlive?.();
}
