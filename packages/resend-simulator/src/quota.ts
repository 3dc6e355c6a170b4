import { refused, type Answer } from "./answer.ts";

const DAY_MS = 86_400_000;

export interface QuotaLimits {
  /** Recipients per UTC day; null or absent: no daily quota. */
  readonly daily?: number | null;
  /** Recipients per UTC calendar month; null or absent: no monthly quota. */
  readonly monthly?: number | null;
}

export interface Quota {
  /** Takes `recipients` from both quotas, or refuses and takes nothing. */
  take(recipients: number): Answer | null;
  /** Counts what an earlier run accepted at that moment, as far as it belongs to today or this month. */
  restore(recipients: number, acceptedAt: number): void;
  /** `x-resend-daily-quota` and `x-resend-monthly-quota`: what is used, for each quota that is on. */
  headers(): Record<string, string>;
  reset(): void;
}

/** Resend's sending quotas; every address of to, cc and bcc counts. */
export function createQuota(limits: QuotaLimits, now: () => number): Quota {
  const daily = limits.daily ?? null;
  const monthly = limits.monthly ?? null;
  let day = 0;
  let month = "";
  let usedToday = 0;
  let usedThisMonth = 0;

  function turn(): void {
    const at = now();
    const currentDay = Math.floor(at / DAY_MS);
    if (currentDay === day) return;
    day = currentDay;
    usedToday = 0;
    const currentMonth = new Date(at).toISOString().slice(0, 7);
    if (currentMonth !== month) usedThisMonth = 0;
    month = currentMonth;
  }

  return {
    take(recipients) {
      turn();
      if (daily !== null && usedToday + recipients > daily) {
        return refused(429, "daily_quota_exceeded", "You have reached your daily email sending quota.");
      }
      if (monthly !== null && usedThisMonth + recipients > monthly) {
        return refused(429, "monthly_quota_exceeded", "You have reached your monthly email sending quota.");
      }
      usedToday += recipients;
      usedThisMonth += recipients;
      return null;
    },
    restore(recipients, acceptedAt) {
      turn();
      if (Math.floor(acceptedAt / DAY_MS) === day) usedToday += recipients;
      if (new Date(acceptedAt).toISOString().slice(0, 7) === month) usedThisMonth += recipients;
    },
    headers() {
      turn();
      return {
        ...(daily !== null && { "x-resend-daily-quota": String(usedToday) }),
        ...(monthly !== null && { "x-resend-monthly-quota": String(usedThisMonth) }),
      };
    },
    reset() {
      usedToday = 0;
      usedThisMonth = 0;
    },
  };
}
