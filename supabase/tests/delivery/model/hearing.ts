import fc from "fast-check";
import { expect } from "vitest";
import { confirmDispatches } from "../../../../packages/core/src/confirm-dispatches.ts";
import type { WebhookEvent } from "../../../../packages/core/src/database.ts";
import { anyOne, command, someReader, weighted } from "./command.ts";
import type { DeliveryModel } from "./delivery-model.ts";
import type { DeliverySystem } from "./delivery-system.ts";

const KINDS: [type: string, detail: string | null][] = [
  ["email.sent", null], ["email.delivered", null], ["email.delivered", null], ["email.delivery_delayed", null], ["email.bounced", "Permanent"],
  ["email.bounced", "Transient"], ["email.complained", null], ["email.failed", "reached_daily_quota"], ["email.failed", "internal"],
  ["email.suppressed", "OnAccountSuppressionList"], ["email.opened", null],
];

const UNKNOWN = "00000000-0000-7000-8000-000000000000";
const NOTHING = { emailId: null, providerId: null, address: null, detail: null };

function newEvent(model: DeliveryModel, { now }: DeliverySystem, about: Partial<WebhookEvent> & { type: string }): WebhookEvent {
  return { ...NOTHING, svixId: `msg_${model.heard.length}`, occurredAt: now().toISOString(), ...about };
}

async function hear(model: DeliveryModel, system: DeliverySystem, heard: WebhookEvent): Promise<void> {
  const result = await system.workers[0]!.database.receiveWebhookEvent(heard);
  const repeated = model.heard.some(({ svixId }) => svixId === heard.svixId);
  expect(result === "duplicate", "known as a duplicate").toBe(repeated);
  model.heard.push(heard);
  if (result === "applied" && heard.detail === "reached_daily_quota") model.tellAgain.add(heard.emailId!);
}

/** Addresses that may have been suppressed: who has them may be told nothing. */
function disturbs(model: DeliveryModel, address: string, type: string): void {
  if (["email.bounced", "email.complained", "email.suppressed", "suppression.added"].includes(type)) {
    model.disturbed.add(Number(/\d+/.exec(address)![0]) - 1);
  }
}

/** What the provider reports, in any order, any number of times. */
export const hearing = weighted([
  [8, fc.tuple(anyOne, fc.constantFrom(...KINDS)).map(([pick, [type, detail]]) =>
    command(`a webhook about letter ${pick}: ${type} ${detail ?? ""}`, async (model, system) => {
      const { accepted } = system.simulator;
      if (accepted.range.end === 0) return;
      const { id, wire } = accepted.at(pick % accepted.range.end)!;
      disturbs(model, String(wire.to), type);
      const emailId = wire.tags!.find(({ name }) => name === "email_id")!.value;
      await hear(model, system, newEvent(model, system, { type, emailId, providerId: id, detail }));
    }))],
  [2, anyOne.map((pick) =>
    command(`webhook ${pick} once more`,
      (model, system) => hear(model, system, model.heard[pick % model.heard.length]!), (model) => model.heard.length > 0))],
  [1, fc.constant(
    command("a webhook about a letter that nobody knows", (model, system) =>
      hear(model, system, newEvent(model, system, { type: "email.bounced", emailId: UNKNOWN, providerId: "p", detail: "Permanent" }))))],
  [2, fc.tuple(someReader, fc.constantFrom("suppression.added", "suppression.removed")).map(([who, type]) =>
    command(`${type} for user${who + 1}`, (model, system) => {
      const address = `user${who + 1}@example.com`;
      disturbs(model, address, type);
      return hear(model, system, newEvent(model, system, { type, address }));
    }))],
  [2, fc.constant(command("the provider's list is asked", (_, { workers }) => confirmDispatches(workers[0]!)))],
]);
