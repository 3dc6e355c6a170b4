import type { Sql } from "postgres";
import type { DeliveryDeps } from "../../../packages/core/src/deliver-dispatch.ts";
import { addressesIn, type WireEmail } from "../../../packages/resend-simulator/src/wire-email.ts";
import type { ResendSimulator } from "../../../packages/resend-simulator/src/simulator.ts";
import { createDelivery, drain, later } from "../harness/world.ts";

export interface PostOffice {
  deps: DeliveryDeps;
  simulator: ResendSimulator;
  /** Processes all that is due so many seconds from now; returns the number of letters. */
  deliver(secondsFromNow: number, batchSize?: number): Promise<number>;
  /** Settles and fans out all that is due so many seconds from now, and claims nothing. */
  prepare(secondsFromNow: number): Promise<void>;
  /** Which of these messages each person's letters told, letter by letter: `{ user2: ["alpha bravo", "charlie"] }`. */
  letters(bodies: readonly string[]): Record<string, string[]>;
}

/** A processor that works when the test says so, and what the provider accepted from it. */
export function createPostOffice(sql: Sql, onto?: ResendSimulator): PostOffice {
  // Stands still while it works: how long that takes must decide nothing.
  let now = new Date();
  const { deps, simulator } = createDelivery(sql, () => now, onto);
  return {
    deps,
    simulator,
    async deliver(secondsFromNow, batchSize) {
      now = later(secondsFromNow);
      return drain(deps, batchSize);
    },
    async prepare(secondsFromNow) {
      now = later(secondsFromNow);
      while ((await deps.database.settleBursts()) + (await deps.database.continueFanOut()) > 0);
    },
    letters: (bodies) => lettersOf(simulator.accepted.all().map(({ wire }) => wire), bodies),
  };
}

/** Which of these messages each letter tells; people by the part of their address before the @. */
export function lettersOf(emails: readonly WireEmail[], bodies: readonly string[]): Record<string, string[]> {
  const letters: Record<string, string[]> = {};
  for (const { to, text = "" } of emails) {
    const person = addressesIn(to).join().replace(/@.*$/, "");
    const words = new Set(text.split(/[^\w-]+/));
    (letters[person] ??= []).push(bodies.filter((body) => words.has(body)).join(" "));
  }
  return letters;
}
