import { refused, type Answer } from "./answer.ts";

const WINDOW_MS = 1000;

export interface RateWindow {
  /** Counts one request; the answer is the refusal when the window is full. */
  take(): Answer | null;
  /** `ratelimit-*` headers (IETF draft 06) for the reply; none when the limit is off. */
  headers(): Record<string, string>;
  reset(): void;
}

/** Resend's limit: so many requests in each fixed second, shared by the whole team. `null` switches it off. */
export function createRateWindow(requestsPerSecond: number | null, now: () => number): RateWindow {
  let window = -1;
  let used = 0;

  function turn(): number {
    const at = now();
    const current = Math.floor(at / WINDOW_MS);
    if (current !== window) {
      window = current;
      used = 0;
    }
    return Math.max(1, Math.ceil(((current + 1) * WINDOW_MS - at) / 1000));
  }

  return {
    take() {
      if (requestsPerSecond === null) return null;
      const retryAfter = turn();
      if (used < requestsPerSecond) {
        used += 1;
        return null;
      }
      const refusal = refused(
        429,
        "rate_limit_exceeded",
        `Too many requests. You can only make ${requestsPerSecond} requests per second. See rate limit response headers for more information. Or contact support to increase rate limit.`,
      );
      return { ...refusal, headers: { "retry-after": String(retryAfter) } };
    },
    headers(): Record<string, string> {
      if (requestsPerSecond === null) return {};
      const reset = turn();
      return {
        "ratelimit-limit": String(requestsPerSecond),
        "ratelimit-remaining": String(requestsPerSecond - used),
        "ratelimit-reset": String(reset),
      };
    },
    reset() {
      used = 0;
    },
  };
}
