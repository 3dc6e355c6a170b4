import type { Database } from "./database.ts";

/** Tells the database what the provider allows, when it is news; delivery does not wait for it. */
export function createRateLimitNote(database: Database): (requestsPerSecond: number | null) => void {
  let told: number | null = null;
  return (requestsPerSecond) => {
    if (requestsPerSecond === null || requestsPerSecond === told) return;
    told = requestsPerSecond;
    database.observeRateLimit(requestsPerSecond).catch(() => {
      told = null;
    });
  };
}
