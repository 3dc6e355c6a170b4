import type { Progress } from "./engine-records.ts";

export interface WaitingDeps {
  readProgress: () => Promise<Progress>;
  /** Called between two looks. */
  meanwhile: () => Promise<void>;
  /** Milliseconds since some fixed moment. */
  now: () => number;
  wait: (ms: number) => Promise<void>;
  onProgress: (progress: Progress) => void;
}

/**
 * Waits until everything has been told; false: nothing has happened for `patienceMs`, and something still has not.
 * Returns the last look at the engine either way.
 */
export async function waitUntilTold(patienceMs: number, deps: WaitingDeps): Promise<{ ok: boolean; progress: Progress }> {
  let seen = -1;
  let movedAt = deps.now();
  for (;;) {
    const progress = await deps.readProgress();
    deps.onProgress(progress);
    if (progress.open === 0) return { ok: true, progress };
    if (progress.done !== seen) {
      seen = progress.done;
      movedAt = deps.now();
    }
    if (deps.now() - movedAt > patienceMs) return { ok: false, progress };
    await deps.meanwhile();
    await deps.wait(500);
  }
}
