import type { BegunStep } from "./steps.ts";
import type { Victim } from "./victim.ts";

/** A step that has just begun, and where. */
export interface Moment extends BegunStep {
  victim: Victim;
}

/** Sees every step of every victim begin. */
export interface Watch {
  saw(victim: Victim, begun: BegunStep): void;
  /** The next moment of this kind; null: none within `timeoutMs`. */
  next(wanted: (moment: Moment) => boolean, timeoutMs: number): Promise<Moment | null>;
}

export function createWatch(): Watch {
  const waiting = new Set<(moment: Moment) => void>();
  return {
    saw(victim, begun) {
      const moment = { ...begun, victim };
      for (const look of [...waiting]) look(moment);
    },
    next(wanted, timeoutMs) {
      return new Promise((resolve) => {
        const settle = (moment: Moment | null) => {
          clearTimeout(timer);
          waiting.delete(look);
          resolve(moment);
        };
        const look = (moment: Moment) => {
          if (!moment.victim.killed() && !moment.victim.frozen() && wanted(moment)) settle(moment);
        };
        const timer = setTimeout(() => settle(null), timeoutMs);
        waiting.add(look);
      });
    },
  };
}
