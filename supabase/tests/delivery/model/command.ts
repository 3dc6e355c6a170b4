import fc from "fast-check";
import { expect } from "vitest";
import type { DeliveryModel } from "./delivery-model.ts";
import { EVENTS, READERS, WORKERS, type DeliverySystem } from "./delivery-system.ts";
import { findViolations } from "./invariants.ts";

export type Command = fc.AsyncCommand<DeliveryModel, DeliverySystem>;

/** One step of a story; after it everything must be in order. */
export function command(
  title: string,
  run: (model: DeliveryModel, system: DeliverySystem) => Promise<unknown>,
  check: (model: DeliveryModel) => boolean = () => true,
): Command {
  return {
    check,
    async run(model, system) {
      await run(model, system);
      expect(await findViolations(model, system), title).toEqual([]);
    },
    toString: () => title,
  };
}

export const weighted = <Value>(arbitraries: [weight: number, arbitrary: fc.Arbitrary<Value>][]): fc.Arbitrary<Value> =>
  fc.oneof(...arbitraries.map(([weight, arbitrary]) => ({ weight, arbitrary })));

export const someWorker = fc.nat(WORKERS - 1);
/** `user1` writes; the readers are 1, who is `user2`, and so on. */
export const someReader = fc.integer({ min: 1, max: READERS });
export const someEvent = fc.nat(EVENTS - 1);
/** Of however many there are then. */
export const anyOne = fc.nat(1000);
