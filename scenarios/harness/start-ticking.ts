import { setTimeout as wait } from "node:timers/promises";

/**
 * The schedule, in place of pg_cron: calls process-notifications-cron every so many ms, the first time now. Nobody
 * waits for an answer and nobody repeats a tick that fails.
 * @returns what stops it
 */
export function startTicking(supabaseUrl: string, secretKey: string, everyMs: number): () => Promise<void> {
  const ticking = new AbortController();
  const { signal } = ticking;
  const ticks = (async () => {
    while (!signal.aborted) {
      fetch(`${supabaseUrl}/functions/v1/process-notifications-cron`, { method: "POST", headers: { apikey: secretKey }, body: "{}" }).then((answer) => answer.body?.cancel(), () => {});
      await wait(everyMs, undefined, { signal }).catch(() => {});
    }
  })();
  return () => {
    ticking.abort();
    return ticks;
  };
}
