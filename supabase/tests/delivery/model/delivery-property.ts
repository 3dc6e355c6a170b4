import fc from "fast-check";
import { expect } from "vitest";
import { changing, write, writing } from "./chatting.ts";
import { weighted } from "./command.ts";
import { delivering } from "./delivering.ts";
import { createDeliveryModel, type DeliveryModel } from "./delivery-model.ts";
import { WORKERS, type DeliverySystem } from "./delivery-system.ts";
import { hearing } from "./hearing.ts";
import { findLeftovers, findViolations } from "./invariants.ts";
import { operating } from "./operating.ts";
import { settleEverything } from "./settle-everything.ts";

type Story = Iterable<fc.AsyncCommand<DeliveryModel, DeliverySystem, boolean>>;

/**
 * Any story leaves the system in order after each step, and with nothing lost or left over when all is settled.
 * @param replayPath of a failure's report, to see its story again
 */
export function deliveryProperty(system: DeliverySystem, replayPath?: string): fc.IAsyncPropertyWithHooks<[Story]> {
  const stories = fc.commands(
    [weighted([[60, delivering], [12, writing], [10, hearing], [5, changing], [5, operating]])],
    { maxCommands: 80, size: "max", ...(replayPath === undefined ? {} : { replayPath }) },
  );
  return fc.asyncProperty(stories, async (commands) => {
    await system.begin();
    const model = createDeliveryModel(WORKERS);
    // Every story begins with something to tell.
    await write(model, system, 0, 0, null);
    await fc.asyncModelRun(() => ({ model, real: system }), commands);
    await settleEverything(model, system);
    expect([...(await findViolations(model, system)), ...(await findLeftovers(model, system))]).toEqual([]);
  });
}
