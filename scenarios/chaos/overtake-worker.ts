import { setTimeout as wait } from "node:timers/promises";
import type { Crew } from "./crew.ts";
import type { MailSimulator } from "./mail-simulator.ts";
import type { Victim } from "./victim.ts";
import type { Watch } from "./watch.ts";

export interface OvertakingDeps {
  workers: Crew;
  watch: Watch;
  simulator: MailSimulator;
  /** Nobody kills these. */
  spared: Set<Victim>;
}

/**
 * A worker stands still just before it sends, for longer than its lease. Another takes the dispatch over, and while the
 * provider takes its time to answer that one, the first wakes and is refused. Whoever believes the refusal composes
 * letters anew that were accepted. Returns whether it came to that.
 */
export async function overtakeWorker({ workers, watch, simulator, spared }: OvertakingDeps): Promise<boolean> {
  const awake = workers.running().filter((worker) => !worker.frozen());
  if (awake.length < 2) return false;
  // The first attempt: after one that may have been accepted no refusal is believed, whoever brings it.
  const held = await watch.next(({ step, attempt }) => step === "before_send" && attempt === 1, 10_000);
  if (held === null) return false;
  const { victim, dispatchId } = held;
  const match = { idempotencyKey: dispatchId! };
  victim.freeze();
  spared.add(victim);
  try {
    await simulator.addFaults([{ kind: "slow_answer", ms: 4_000, times: 1, match }]);
    const taken = await watch.next((moment) => moment.step === "during_send" && moment.dispatchId === dispatchId, 25_000);
    if (taken === null) return false;
    // The other's request must be there before the refusal is: that one is meant for the worker that wakes.
    await wait(400);
    await simulator.addFaults([{ kind: "rate_limited", retryAfter: 11, times: 1, match }]);
    const acts = watch.next((moment) => moment.victim === victim && moment.dispatchId === dispatchId, 3_000);
    victim.thaw();
    // It may report a step and mark before another kill comes; one that is fenced off reports none.
    await acts;
    await wait(1_000);
    return true;
  } finally {
    victim.thaw();
    spared.delete(victim);
  }
}
