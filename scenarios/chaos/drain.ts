import { setTimeout as wait } from "node:timers/promises";
import type { ScratchDatabase } from "./scratch-database.ts";
import type { Tally } from "./tally.ts";

export interface DrainOptions {
  database: ScratchDatabase;
  tally: Tally;
  readLedger: () => Promise<void>;
  /** Whether the verdict is clear before that. */
  early: () => boolean;
}

/** Longer than a lease (10 s), a pause of 429s (11 s) and an open breaker (30 s) together. */
const PATIENCE_MS = 60_000;

/**
 * Waits until everything is told and nothing is left that could still be told, a second time for example; or until
 * nothing has moved for a minute. Our tables say only when to stop waiting, never what was told.
 * Returns false when it was cut short.
 */
export async function drain({ database, tally, readLedger, early }: DrainOptions): Promise<boolean> {
  let letters = tally.letters();
  let movedAt = performance.now();
  while (performance.now() - movedAt < PATIENCE_MS) {
    if (early()) return false;
    await readLedger();
    if (tally.letters() !== letters) {
      letters = tally.letters();
      movedAt = performance.now();
    }
    if (tally.complete() && (await isQuiet(database))) {
      await readLedger();
      return true;
    }
    await wait(250);
  }
  return true;
}

async function isQuiet(database: ScratchDatabase): Promise<boolean> {
  const [row] = await database.persist(
    (sql) => sql<[{ quiet: boolean }]>`
      select not exists (select from private.untold_messages)
        and not exists (select from private.bursts where fanned_out_at is null)
        and not exists (select from public.notifications where status in ('pending', 'processing'))
        and not exists (select from private.dispatches where status in ('sending', 'retrying')) as quiet`,
  );
  return row.quiet;
}
