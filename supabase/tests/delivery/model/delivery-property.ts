import fc from "fast-check";
import { expect } from "vitest";
import { deliveryCommands, settleEverything } from "./commands.ts";
import { createDeliveryModel, type DeliveryModel } from "./delivery-model.ts";
import { WORKERS, type DeliverySystem } from "./delivery-system.ts";
import { findLeftovers, findViolations } from "./invariants.ts";

/** Any story leaves the system in order after each step, and with nothing lost or left over when all is settled. */
export function deliveryProperty(system: DeliverySystem): fc.IAsyncPropertyWithHooks<[Iterable<fc.AsyncCommand<DeliveryModel, DeliverySystem, boolean>>]> {
  return fc.asyncProperty(deliveryCommands, async (commands) => {
    await system.begin();
    const model = createDeliveryModel(WORKERS);
    await fc.asyncModelRun(() => ({ model, real: system }), commands);
    await settleEverything(model, system);
    expect([...(await findViolations(model, system)), ...(await findLeftovers(model, system))]).toEqual([]);
  });
}
