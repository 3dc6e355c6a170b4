import { claim, sendFirst } from "./claim-and-send.ts";
import type { DeliveryModel } from "./delivery-model.ts";
import type { DeliverySystem } from "./delivery-system.ts";
import { resumeAll } from "./operating.ts";

/** Everybody lets go, whatever was wrong is mended, and time passes until nothing is due. */
export async function settleEverything(model: DeliveryModel, system: DeliverySystem): Promise<void> {
  model.held = model.held.map(() => []);
  await resumeAll(system);
  for (let hour = 0; hour < 60; hour += 1) {
    for (let claims = 0; claims < 20; claims += 1) {
      const before = model.given.size;
      await claim(model, system, 0, 100);
      const dispatches = model.held[0]!.length;
      while (model.held[0]!.length > 0) await sendFirst(model, system, 0, null, false);
      if (dispatches === 0 && model.given.size === before) break;
    }
    const [row] = await system.sql<[{ open: number }]>`
      select count(*)::int as open from public.notifications where status in ('pending', 'processing')`;
    if (row.open === 0) return;
    system.wait(3600);
  }
}
