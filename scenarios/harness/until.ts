import { setTimeout as wait } from "node:timers/promises";

/**
 * Asks again and again until the answer is not undefined, null or false; throws after the deadline.
 * What it waits for may never come because a process has ended: `ask` then throws, see `RunningProcess.expectAlive`.
 * @param what what is waited for, as the error's words.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  deadlineMs = 40_000,
  everyMs = 50,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`Waited ${deadlineMs / 1000} s in vain for ${what}.`);
    await wait(everyMs);
  }
}
