import { expect } from "vitest";
import { deliverDispatch, type DeliveryDeps } from "../../../../packages/core/src/deliver-dispatch.ts";
import { laterTemplates } from "../delivery-stage.ts";
import type { DeliveryModel } from "./delivery-model.ts";
import type { DeliverySystem, Misfortune } from "./delivery-system.ts";

/** A stall longer than the provider remembers a key would be another request: none is that long. */
const LONGEST_STALL_MS = 30 * 60_000;

/** A worker asks whether it may send, and claims what it may. */
export async function claim(model: DeliveryModel, system: DeliverySystem, by: number, wanted: number): Promise<void> {
  const { database } = system.workers[by]!;
  const blocked = await system.sql`
    select name from private.breakers where state = 'open' and open_until > ${system.now()}
    union all select 'everything' from private.pauses where scope = 'everything'`;
  const { letters } = await database.permitSending(wanted);
  if (blocked.length > 0) expect(letters, "letters permitted though something forbids them").toBe(0);
  if (letters === 0) return;
  const dispatches = await database.getPendingNotifications(letters);
  await database.returnPermission(letters - dispatches.reduce((sum, { letters }) => sum + letters.length, 0), 1 - dispatches.length);
  for (const dispatch of dispatches) {
    const fresh = dispatch.letters.filter(({ email_id }) => !model.given.has(email_id));
    if (dispatch.attempt === 1) expect(fresh.length, "letters of a claim").toBeLessThanOrEqual(letters);
    for (const { email_id } of fresh) model.given.add(email_id);
    model.held[by]!.push({ dispatch });
  }
}

/** What this worker does next it does to something: if it holds nothing, it claims first. */
export async function holdSomething(model: DeliveryModel, system: DeliverySystem, by: number): Promise<boolean> {
  if (model.held[by]!.length === 0) await claim(model, system, by, 100);
  return model.held[by]!.length > 0;
}

export const templatesOf = (deps: DeliveryDeps, later: boolean): DeliveryDeps => (later ? { ...deps, createRenderer: laterTemplates(deps) } : deps);

/** Delivers the first dispatch that a worker holds, from where it stopped. */
export async function sendFirst(
  model: DeliveryModel,
  system: DeliverySystem,
  by: number,
  what: Misfortune | null,
  later: boolean,
): Promise<void> {
  if (!(await holdSomething(model, system, by))) return;
  const deps = system.workers[by]!;
  const { dispatch, body, begunAt } = model.held[by]!.shift()!;
  await system.under(what, async () => {
    if (begunAt === undefined) return deliverDispatch(dispatch, templatesOf(deps, later));
    // It went silent with the request in its hands; whoever sees the lease run out has to reckon with that.
    if (system.now().getTime() - begunAt > LONGEST_STALL_MS) return;
    const begun = { ...deps.database, beginAttempt: async () => true };
    return deliverDispatch({ ...dispatch, body: body! }, { ...deps, database: begun });
  });
}
