import fc from "fast-check";
import { deliverDispatch, renderBody } from "../../../../packages/core/src/deliver-dispatch.ts";
import { claim, holdSomething, sendFirst, templatesOf } from "./claim-and-send.ts";
import { command, someReader, someWorker, weighted } from "./command.ts";
import type { Misfortune } from "./delivery-system.ts";

const unknownOutcomes = fc.constantFrom(
  "drop_before", "drop_after", "error_before", "error_after", "unavailable", "malformed_answer", "concurrent" as const,
);
const refusals = fc.constantFrom<Misfortune>(
  { kind: "rate_limited", retryAfter: 1 }, { kind: "rate_limited", retryAfter: null }, { kind: "rate_limited", retryAfter: 60 },
  { kind: "unauthorized" }, { kind: "forbidden" },
);
const rejections = fc.tuple(fc.constantFrom("invalid_named" as const, "invalid_unnamed" as const), someReader);

const misfortune = weighted<Misfortune | null>([
  [18, fc.constant(null)],
  [18, unknownOutcomes.map((kind) => ({ kind }))],
  [9, refusals],
  [1, fc.constant<Misfortune>({ kind: "daily_quota" })],
  [9, rejections.map(([kind, reader]) => ({ kind, match: { to: `user${reader + 1}@example.com` } }))],
]);

/** Times that decide something: the lease, backoffs, breakers, quotas, the 23 hours. */
const waits = weighted([[5, fc.constantFrom(1, 40, 121, 121, 900, 3700)], [1, fc.constantFrom(6 * 3600, 23 * 3600)]]);

/** What workers do and what the provider does to them, while time passes. */
export const delivering = weighted([
  [3, fc.tuple(someWorker, fc.constantFrom(1, 2, 100)).map(([by, wanted]) =>
    command(`worker ${by} claims ${wanted}`, (model, system) => claim(model, system, by, wanted)))],
  [8, fc.tuple(someWorker, misfortune, fc.boolean()).map(([by, what, later]) =>
    command(`worker ${by} sends${later ? " with later templates" : ""}: ${JSON.stringify(what)}`, (model, system) => sendFirst(model, system, by, what, later)))],
  [2, fc.tuple(someWorker, fc.boolean()).map(([by, later]) =>
    command(`worker ${by} begins an attempt and stalls${later ? " with later templates" : ""}`, async (model, system) => {
      await holdSomething(model, system, by);
      const held = model.held[by]!.find(({ begunAt }) => begunAt === undefined);
      if (held === undefined) return;
      const deps = templatesOf(system.workers[by]!, later);
      const rendered = renderBody(held.dispatch, deps.createRenderer);
      if (!rendered.ok) throw new Error("Every letter can be rendered here.");
      held.body = held.dispatch.body ?? new TextDecoder().decode(rendered.body);
      if (await deps.database.beginAttempt(held.dispatch, new Uint8Array(32))) held.begunAt = system.now().getTime();
      else model.held[by] = model.held[by]!.filter((other) => other !== held);
    }))],
  [1, someWorker.map((by) => command(`worker ${by} dies and forgets what it held`, async (model) => void (model.held[by] = [])))],
  [2, fc.tuple(someWorker, misfortune).map(([by, what]) =>
    command(`worker ${by} sends and dies before it can say so: ${JSON.stringify(what)}`, async (model, system) => {
      if (!(await holdSomething(model, system, by))) return;
      const deps = system.workers[by]!;
      const dead = () => Promise.reject(new Error("dead"));
      const [held] = model.held[by]!;
      model.held[by] = [];
      const dying = { ...deps, database: { ...deps.database, markNotificationSent: dead, markNotificationFailed: dead } };
      await system.under(what, () => deliverDispatch(held!.dispatch, dying).catch(() => {}));
    }))],
  [7, waits.map((seconds) => command(`${seconds} s pass`, async (_, system) => system.wait(seconds)))],
]);
