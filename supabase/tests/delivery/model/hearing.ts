import fc from "fast-check";
import { expect } from "vitest";
import { confirmDispatches } from "../../../../packages/core/src/confirm-dispatches.ts";
import type { WebhookEvent } from "../../../../packages/core/src/database.ts";
import { anyOne, command, someReader, weighted } from "./command.ts";
import type { DeliveryModel, Heard } from "./delivery-model.ts";
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

async function hear(model: DeliveryModel, system: DeliverySystem, heard: Heard): Promise<void> {
  const { event, reader } = heard;
  const result = await system.workers[0]!.database.receiveWebhookEvent(event);
  const repeated = model.heard.some((earlier) => earlier.event.svixId === event.svixId);
  // With an account goes what was heard of its letters: that it comes once more cannot be known.
  const forgotten = repeated && reader !== null && model.gone.has(reader);
  if (!forgotten) expect(result === "duplicate", "known as a duplicate").toBe(repeated);
  model.heard.push(heard);
  if (result === "applied" && event.detail === "reached_daily_quota") model.tellAgain.add(event.emailId!);
}

/** An address that may have been suppressed: who has it may be told nothing. */
function disturbs(model: DeliveryModel, reader: number, type: string): void {
  if (["email.bounced", "email.complained", "email.suppressed", "suppression.added"].includes(type)) model.disturbed.add(reader);
}

/** What the provider reports, in any order, any number of times. */
export const hearing = weighted([
  [8, fc.tuple(anyOne, fc.constantFrom(...KINDS)).map(([pick, [type, detail]]) =>
    command(`a webhook about letter ${pick}: ${type} ${detail ?? ""}`, async (model, system) => {
      const { accepted } = system.simulator;
      if (accepted.range.end === 0) return;
      const { id, wire } = accepted.at(pick % accepted.range.end)!;
      const reader = Number(/\d+/.exec(String(wire.to))![0]) - 1;
      disturbs(model, reader, type);
      const emailId = wire.tags!.find(({ name }) => name === "email_id")!.value;
      await hear(model, system, { event: newEvent(model, system, { type, emailId, providerId: id, detail }), reader });
    }))],
  [2, anyOne.map((pick) =>
    command(`webhook ${pick} once more`,
      (model, system) => hear(model, system, model.heard[pick % model.heard.length]!), (model) => model.heard.length > 0))],
  [1, fc.constant(
    command("a webhook about a letter that nobody knows", (model, system) =>
      hear(model, system, {
        event: newEvent(model, system, { type: "email.bounced", emailId: UNKNOWN, providerId: "p", detail: "Permanent" }),
        reader: null,
      })))],
  [2, fc.tuple(someReader, fc.constantFrom("suppression.added", "suppression.removed")).map(([who, type]) =>
    command(`${type} for user${who + 1}`, (model, system) => {
      disturbs(model, who, type);
      return hear(model, system, { event: newEvent(model, system, { type, address: `user${who + 1}@example.com` }), reader: null });
    }))],
  [2, fc.constant(command("the provider's list is asked", (_, { workers }) => confirmDispatches(workers[0]!)))],
]);
