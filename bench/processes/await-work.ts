import { until } from "../../scenarios/harness/until.ts";

/** Longer than any round takes on any machine worth measuring. */
const DEADLINE_MS = 15 * 60_000;

/** Until this holds; throws when one of those who work at it has ended, or when it takes for ever. */
export async function awaitWork(what: string, workers: { expectAlive(): void | Promise<void> }[], holds: () => Promise<boolean>, everyMs = 20): Promise<void> {
  await until(what, async () => {
    for (const worker of workers) await worker.expectAlive();
    return holds();
  }, DEADLINE_MS, everyMs);
}
