import fc from "fast-check";
import { expect } from "vitest";
import { anyOne, command, weighted } from "./command.ts";
import type { DeliverySystem } from "./delivery-system.ts";

export const operating = weighted([
  [3, anyOne.map((pick) =>
    command(`an operator retries dead letter ${pick}`, async (model, { asOperator, now }) => {
      const dead = await asOperator<{ id: string }[]>`select id from public.dead_letters order by id`;
      const chosen = pick < 500 ? dead : dead.slice(pick % Math.max(1, dead.length)).slice(0, 1);
      const ids = chosen.map(({ id }) => id);
      const [row] = await asOperator<[{ retried: number }]>`select private.retry_letters(${ids}::uuid[], ${now()}) as retried`;
      expect(row.retried).toBe(ids.length);
      for (const id of ids) model.tellAgain.add(id);
    }))],
  [2, anyOne.map((pick) =>
    command(`an operator discards dead letter ${pick}`, async (_, { asOperator, now }) => {
      const dead = await asOperator<{ id: string }[]>`select id from public.dead_letters order by id`;
      const ids = dead.slice(pick % Math.max(1, dead.length)).slice(0, 1).map(({ id }) => id);
      await asOperator`select private.discard_letters(${ids}::uuid[], ${now()})`;
    }))],
  [2, fc.constantFrom(null, 0, 1).map((where) =>
    command(`an operator pauses ${where === null ? "everything" : `event ${where}`}`, (_, { asOperator, events }) =>
      asOperator`select public.pause_delivery(${where === null ? "everything" : "event"}, ${where === null ? null : events[where]!})`))],
  [4, fc.constant(command("an operator resumes everything", (_, system) => resumeAll(system)))],
]);

export async function resumeAll({ sql, asOperator, now }: DeliverySystem): Promise<void> {
  for (const { scope, id } of await sql<{ scope: string; id: string }[]>`select scope, id from private.pauses`) {
    await asOperator`select private.resume_scope(${scope}, ${id}, ${now()})`;
  }
}
