import fc from "fast-check";
import { expect } from "vitest";
import { confirmDispatches } from "../../../../packages/core/src/confirm-dispatches.ts";
import type { WebhookEvent } from "../../../../packages/core/src/database.ts";
import { deliverDispatch, renderBody, type DeliveryDeps } from "../../../../packages/core/src/deliver-dispatch.ts";
import { post } from "../../harness/world.ts";
import { laterTemplates } from "../delivery-stage.ts";
import type { DeliveryModel } from "./delivery-model.ts";
import { EVENTS, READERS, WORKERS, type DeliverySystem, type Misfortune } from "./delivery-system.ts";
import { findViolations } from "./invariants.ts";

type Command = fc.AsyncCommand<DeliveryModel, DeliverySystem>;

/** A stall longer than the provider remembers a key would be another request: none is that long. */
const LONGEST_STALL_MS = 30 * 60_000;

function command(title: string, run: (model: DeliveryModel, system: DeliverySystem) => Promise<unknown>, check: (model: DeliveryModel) => boolean = () => true): Command {
  return {
    check,
    async run(model, system) {
      await run(model, system);
      expect(await findViolations(model, system), title).toEqual([]);
    },
    toString: () => title,
  };
}

const lives = (who: number) => (model: DeliveryModel) => !model.gone.has(who);
const worker = fc.nat(WORKERS - 1);
const reader = fc.integer({ min: 1, max: READERS });
const event = fc.nat(EVENTS - 1);
const any = fc.nat(1000);
const misfortune: fc.Arbitrary<Misfortune | null> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(null) },
  { weight: 5, arbitrary: fc.constantFrom("drop_before", "drop_after", "error_before", "error_after", "unavailable", "malformed_answer", "concurrent" as const).map((kind) => ({ kind })) },
  { weight: 3, arbitrary: fc.constantFrom<Misfortune>({ kind: "rate_limited", retryAfter: 1 }, { kind: "rate_limited", retryAfter: null }, { kind: "rate_limited", retryAfter: 60 }, { kind: "unauthorized" }, { kind: "forbidden" }) },
  { weight: 1, arbitrary: fc.constantFrom("daily_quota" as const).map((kind) => ({ kind })) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom("invalid_named" as const, "invalid_unnamed" as const), reader).map(([kind, i]) => ({ kind, match: { to: `user${i + 1}@example.com` } })) },
);

async function claim(model: DeliveryModel, system: DeliverySystem, by: number, wanted: number): Promise<void> {
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

const templatesOf = (deps: DeliveryDeps, later: boolean): DeliveryDeps => (later ? { ...deps, createRenderer: laterTemplates(deps) } : deps);
const holds = (by: number) => (model: DeliveryModel) => model.held[by]!.length > 0;

async function sendFirst(model: DeliveryModel, system: DeliverySystem, by: number, what: Misfortune | null, later: boolean): Promise<void> {
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

/** Beside the real times of waiting, those that decide something: the lease, backoffs, breakers, quotas, the 23 hours. */
const waits = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(1, 40, 121, 121, 900, 3700) }, { weight: 1, arbitrary: fc.constantFrom(6 * 3600, 23 * 3600) });

const delivering: fc.Arbitrary<Command>[] = [
  fc.tuple(worker, fc.constantFrom(1, 2, 100)).map(([by, wanted]) => command(`worker ${by} claims ${wanted}`, (model, system) => claim(model, system, by, wanted))),
  fc.tuple(worker, misfortune, fc.boolean()).map(([by, what, later]) =>
    command(`worker ${by} sends${later ? " with later templates" : ""}: ${JSON.stringify(what)}`, (model, system) => sendFirst(model, system, by, what, later), holds(by))),
  fc.tuple(worker, misfortune).map(([by, what]) =>
    command(`worker ${by} claims and sends all: ${JSON.stringify(what)}`, async (model, system) => {
      await claim(model, system, by, 100);
      while (model.held[by]!.length > 0) await sendFirst(model, system, by, what, false);
    })),
  fc.tuple(worker, fc.boolean()).map(([by, later]) =>
    command(`worker ${by} begins an attempt and stalls`, async (model, system) => {
      const held = model.held[by]!.find(({ begunAt }) => begunAt === undefined);
      if (held === undefined) return;
      const deps = templatesOf(system.workers[by]!, later);
      const rendered = renderBody(held.dispatch, deps.createRenderer);
      if (!rendered.ok) throw new Error("Every letter can be rendered here.");
      held.body = held.dispatch.body ?? rendered.body;
      if (await deps.database.beginAttempt(held.dispatch, new Uint8Array(32))) held.begunAt = system.now().getTime();
      else model.held[by] = model.held[by]!.filter((other) => other !== held);
    }, holds(by))),
  worker.map((by) => command(`worker ${by} dies and forgets what it held`, async (model) => void (model.held[by] = []), holds(by))),
  fc.tuple(worker, misfortune).map(([by, what]) =>
    command(`worker ${by} sends and dies before it can say so: ${JSON.stringify(what)}`, async (model, system) => {
      const deps = system.workers[by]!;
      const dead = () => Promise.reject(new Error("dead"));
      const [held] = model.held[by]!;
      model.held[by] = [];
      await system.under(what, () =>
        deliverDispatch(held!.dispatch, { ...deps, database: { ...deps.database, markNotificationSent: dead, markNotificationFailed: dead } }).catch(() => {}));
    }, holds(by))),
  waits.map((seconds) => command(`${seconds} s pass`, async (_, system) => system.wait(seconds))),
  waits.map((seconds) => command(`${seconds} s pass`, async (_, system) => system.wait(seconds))),
];

const chatting: fc.Arbitrary<Command>[] = [
  fc.tuple(event, fc.nat(1), fc.option(reader, { freq: 2 })).map(([where, author, mentioned]) =>
    command(`user${author + 1} writes in event ${where}${mentioned === null ? "" : ` to user${mentioned + 1}`}`, async (model, system) => {
      model.posted += 1;
      const { sql, events, people } = system;
      await post(sql, events[where]!, people[author]!, `message${model.posted}${mentioned === null ? "" : ` @user${mentioned + 1}`}`);
      const { database } = system.workers[0]!;
      while ((await database.settleBursts()) + (await database.continueFanOut()) > 0);
      await system.makeDue();
    }, lives(author))),
  fc.tuple(reader, event).map(([who, where]) =>
    command(`user${who + 1} reads event ${where}`, async (model, { sql, people, events }) => {
      model.disturbed.add(who);
      await sql`
        insert into private.recipient_states (user_id, event_id, read_up_to, read_snapshot)
        select ${people[who]!}, ${events[where]!}, max(id), pg_current_snapshot() from public.chat_messages where event_id = ${events[where]!} having count(*) > 0
        on conflict on constraint recipient_states_pkey do update set read_up_to = excluded.read_up_to, read_snapshot = excluded.read_snapshot`;
    }, lives(who))),
  fc.tuple(reader, event).map(([who, where]) =>
    command(`user${who + 1} leaves event ${where} or comes back`, async (model, { sql, people, events }) => {
      model.disturbed.add(who);
      const left = await sql`delete from public.event_participants where user_id = ${people[who]!} and event_id = ${events[where]!} returning 1`;
      if (left.length === 0) {
        await sql`insert into public.event_participants (event_id, user_id) values (${events[where]!}, ${people[who]!})`;
      }
    }, lives(who))),
  fc.tuple(reader, fc.constantFrom("off", "daily", "immediate")).map(([who, delivery]) =>
    command(`user${who + 1} wants letters ${delivery}`, async (model, system) => {
      model.disturbed.add(who);
      await system.sql`
        insert into public.notification_preferences (user_id, delivery) values (${system.people[who]!}, ${delivery})
        on conflict (user_id) do update set delivery = excluded.delivery`;
      await system.makeDue();
    }, lives(who))),
  any.map((pick) =>
    command(`message ${pick} is deleted`, (_, { sql }) => sql`
      update public.chat_messages set deleted_at = now()
      where id = (select id from public.chat_messages order by id offset ${pick} % greatest(1, (select count(*) from public.chat_messages)) limit 1)`)),
  reader.map((who) =>
    command(`user${who + 1} deletes the account`, async (model, { sql, people }) => {
      model.gone.add(who);
      model.disturbed.add(who);
      await sql`delete from auth.users where id = ${people[who]!}`;
    }, lives(who))),
];

const KINDS: [type: string, detail: string | null][] = [
  ["email.sent", null], ["email.delivered", null], ["email.delivered", null], ["email.delivery_delayed", null], ["email.bounced", "Permanent"],
  ["email.bounced", "Transient"], ["email.complained", null], ["email.failed", "reached_daily_quota"], ["email.failed", "internal"],
  ["email.suppressed", "OnAccountSuppressionList"], ["email.opened", null],
];

async function hear(model: DeliveryModel, system: DeliverySystem, heard: WebhookEvent): Promise<void> {
  const result = await system.workers[0]!.database.receiveWebhookEvent(heard);
  const repeated = model.heard.some(({ svixId }) => svixId === heard.svixId);
  expect(result === "duplicate", "known as a duplicate").toBe(repeated);
  model.heard.push(heard);
  if (result === "applied" && heard.detail === "reached_daily_quota") model.tellAgain.add(heard.emailId!);
}

/** Addresses that may have been suppressed: who has them may be told nothing. */
function disturbs(model: DeliveryModel, address: string, type: string, detail: string | null) {
  if (detail !== "Transient" && ["email.bounced", "email.complained", "email.suppressed", "suppression.added"].includes(type)) {
    model.disturbed.add(Number(/\d+/.exec(address)![0]) - 1);
  }
}

const hearing: fc.Arbitrary<Command>[] = [
  fc.tuple(any, fc.constantFrom(...KINDS)).map(([pick, [type, detail]]) =>
    command(`a webhook about letter ${pick}: ${type} ${detail ?? ""}`, async (model, system) => {
      const { accepted } = system.simulator;
      if (accepted.range.end === 0) return;
      const { id, wire } = accepted.at(pick % accepted.range.end)!;
      disturbs(model, String(wire.to), type, detail);
      const emailId = wire.tags!.find(({ name }) => name === "email_id")!.value;
      await hear(model, system, { svixId: `msg_${model.heard.length}`, type, occurredAt: system.now().toISOString(), emailId, providerId: id, address: null, detail });
    })),
  any.map((pick) =>
    command(`webhook ${pick} once more`, (model, system) => hear(model, system, model.heard[pick % model.heard.length]!), (model) => model.heard.length > 0)),
  fc.constant(
    command("a webhook about a letter that nobody knows", (model, system) =>
      hear(model, system, { svixId: `msg_${model.heard.length}`, type: "email.bounced", occurredAt: system.now().toISOString(), emailId: crypto.randomUUID(), providerId: "p", address: null, detail: "Permanent" }))),
  fc.tuple(reader, fc.constantFrom("suppression.added", "suppression.removed")).map(([who, type]) =>
    command(`${type} for user${who + 1}`, (model, system) => {
      const address = `user${who + 1}@example.com`;
      disturbs(model, address, type, null);
      return hear(model, system, { svixId: `msg_${model.heard.length}`, type, occurredAt: system.now().toISOString(), emailId: null, providerId: null, address, detail: null });
    })),
  fc.constant(command("the provider's list is asked", (_, { workers }) => confirmDispatches(workers[0]!))),
];

const operating: fc.Arbitrary<Command>[] = [
  any.map((pick) =>
    command(`an operator retries dead letter ${pick}`, async (model, { asOperator, now }) => {
      const dead = await asOperator<{ id: string }[]>`select id from public.dead_letters order by id`;
      const chosen = pick < 500 ? dead : dead.slice(pick % Math.max(1, dead.length)).slice(0, 1);
      const ids = chosen.map(({ id }) => id);
      const [row] = await asOperator<[{ retried: number }]>`select private.retry_letters(${ids}::uuid[], ${now()}) as retried`;
      expect(row.retried).toBe(ids.length);
      for (const id of ids) model.tellAgain.add(id);
    })),
  any.map((pick) =>
    command(`an operator discards dead letter ${pick}`, async (_, { asOperator, now }) => {
      const dead = await asOperator<{ id: string }[]>`select id from public.dead_letters order by id`;
      const ids = dead.slice(pick % Math.max(1, dead.length)).slice(0, 1).map(({ id }) => id);
      await asOperator`select private.discard_letters(${ids}::uuid[], ${now()})`;
    })),
  fc.constantFrom(null, 0, 1).map((where) =>
    command(`an operator pauses ${where === null ? "everything" : `event ${where}`}`, (_, { asOperator, events }) =>
      asOperator`select public.pause_delivery(${where === null ? "everything" : "event"}, ${where === null ? null : events[where]!})`)),
  fc.constant(command("an operator resumes everything", (_, system) => resumeAll(system))),
];

async function resumeAll({ sql, asOperator, now }: DeliverySystem): Promise<void> {
  for (const { scope, id } of await sql<{ scope: string; id: string }[]>`select scope, id from private.pauses`) {
    await asOperator`select private.resume_scope(${scope}, ${id}, ${now()})`;
  }
}

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
    const [row] = await system.sql<[{ open: number }]>`select count(*)::int as open from public.notifications where status in ('pending', 'processing')`;
    if (row.open === 0) return;
    system.wait(3600);
  }
}

export const deliveryCommands = fc.commands(
  [...delivering, ...delivering, ...chatting, ...hearing, ...operating, chatting[0]!, chatting[0]!, delivering[2]!, delivering[1]!],
  { maxCommands: 70, size: "max", ...(process.env.MODEL_REPLAY === undefined ? {} : { replayPath: process.env.MODEL_REPLAY }) },
);
