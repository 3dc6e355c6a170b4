import { writeSync } from "node:fs";
import type { Step } from "./steps.ts";

/** Tells the killer which steps are under way in this process. */
export interface StepReport {
  /** Returns how to say that the step is over. */
  begin(step: Step, dispatchId?: string, attempt?: number): () => void;
}

/** The file descriptor on which a victim reports. */
export const REPORT_FD = 3;

/**
 * Reports on a pipe that the parent holds: `+ number step [dispatch attempt]` and `- number`. Written synchronously, so that
 * what a killed process has said is in the pipe and its last step is known for sure.
 */
export function reportSteps(write: (line: string) => void = (line) => void writeSync(REPORT_FD, line)): StepReport {
  let count = 0;
  return {
    begin(step, dispatchId = "", attempt = 0) {
      const number = (count += 1);
      write(`+ ${number} ${step} ${dispatchId} ${attempt}\n`);
      let over = false;
      return () => {
        if (!over) write(`- ${number}\n`);
        over = true;
      };
    },
  };
}
