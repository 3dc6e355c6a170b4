/** The steps of a delivery in which a process can die, in their order. */
export const STEPS = ["settle", "fan_out", "claim", "before_send", "during_send", "after_accept", "mark", "webhook"] as const;

export type Step = (typeof STEPS)[number];

/** One step that a process has begun. */
export interface BegunStep {
  /** Counts the process' steps. */
  number: number;
  step: Step;
  /** Of steps that are about one dispatch. */
  dispatchId: string | null;
  /** Of that dispatch, from 1; 0 where it is about none. */
  attempt: number;
}

export function isStep(text: string | undefined): text is Step {
  return STEPS.some((step) => step === text);
}
