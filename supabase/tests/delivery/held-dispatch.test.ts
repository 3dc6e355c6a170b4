import { expect } from "vitest";
import type { Sql } from "postgres";
import { deliverDispatch } from "../../../packages/core/src/deliver-dispatch.ts";
import type { TestDatabase } from "../harness/test-database.ts";
import { createStage, type Stage } from "./delivery-stage.ts";
import { test } from "./delivery-test.ts";

interface Scene {
  stage: Stage;
  database: TestDatabase;
  /** The newest message. */
  bravo: string;
}

/** What a reader does while their letter is held, and why a letter composed afresh then tells them nothing (or what). */
const CHANGES: Record<string, { afresh: string; happens(scene: Scene, userId: string, address: string): Promise<unknown> }> = {
  "does nothing": { afresh: "alpha", happens: async () => {} },
  "leaves the event": {
    afresh: "left_event",
    happens: ({ stage: { sql } }, id) => sql`delete from public.event_participants where user_id = ${id}`,
  },
  "reads everything": {
    afresh: "read",
    happens: ({ stage, database, bravo }, id) => database.connectAs("authenticated", id, { max: 1 })`select public.mark_event_read(${stage.event}, ${bravo})`,
  },
  "turns mail off": {
    afresh: "notifications_off",
    happens: ({ stage: { sql } }, id) => sql`insert into public.notification_preferences (user_id, delivery) values (${id}, 'off')`,
  },
  "mutes the event": {
    afresh: "event_muted",
    happens: ({ stage: { sql, event } }, id) =>
      sql`insert into public.event_notification_preferences (user_id, event_id, level) values (${id}, ${event}, 'none')`,
  },
  "unsubscribes with the link of an earlier letter": {
    afresh: "event_muted",
    happens: ({ stage: { sql, event } }, id) => sql`select private.unsubscribe(${id}, 'event', ${event}, 'one_click')`,
  },
  "deletes the account": { afresh: "account_gone", happens: ({ stage: { sql } }, id) => sql`delete from auth.users where id = ${id}` },
  "is suppressed by a webhook": {
    afresh: "address_suppressed",
    happens: ({ stage }, _id, address) =>
      stage.worker().database.receiveWebhookEvent({
        svixId: "msg_1", type: "suppression.added", occurredAt: stage.now().toISOString(), emailId: null, providerId: null, address, detail: null,
      }),
  },
  "bounces another letter": {
    afresh: "address_suppressed",
    async happens({ stage: { sql, worker, now } }, id, address) {
      const other = await anotherLetter(sql, id, address, now());
      await worker().database.receiveWebhookEvent({
        svixId: "msg_2", type: "email.bounced", occurredAt: now().toISOString(), emailId: other, providerId: null, address: null, detail: "Permanent",
      });
    },
  },
};

/** A letter of an hour ago to the same person that was accepted. */
async function anotherLetter(sql: Sql, userId: string, address: string, at: Date): Promise<string> {
  const [row] = await sql<[{ id: string }]>`
    with dispatch as (
      insert into private.dispatches (id, status, next_attempt_at, letter_count, facts, first_attempt_at, created_at, updated_at)
      values (gen_random_uuid(), 'sent', ${at}, 1, '{}', ${at}, ${at}, ${at})
      returning id
    )
    insert into public.emails (id, user_id, dispatch_id, position, kind, status, address, locale, time_zone, parts, more, created_at, sent_at, updated_at)
    select gen_random_uuid(), ${userId}, id, 0, 'conversation', 'sent', ${address}, 'en', 'UTC', '[]', '{}', ${at}, ${at}, ${at} from dispatch
    returning id`;
  return row.id;
}

const names = Object.keys(CHANGES);

/** A letter about alpha and bravo to each reader is held; each does one of these things, and bravo is deleted. */
async function holdWhileEverythingChanges(database: TestDatabase, hold: (stage: Stage) => Promise<() => Promise<unknown>>) {
  const stage = await createStage(database, { readers: names.length });
  const { sql, people, event } = stage;
  await sql`insert into public.chat_messages (event_id, user_id, body) values (${event}, ${people[0]!}, 'alpha')`;
  const bravo = await stage.tell("bravo");
  const goOn = await hold(stage);
  // Whoever deletes the account is not named by it any more afterwards.
  const held = await sql<{ id: string; user_id: string }[]>`select min(id) as id, user_id from public.notifications group by user_id`;
  await sql`update public.chat_messages set deleted_at = now() where id = ${bravo}`;
  for (const [i, name] of names.entries()) {
    await CHANGES[name]!.happens({ stage, database, bravo }, people[i + 1]!, `user${i + 2}@example.com`);
  }
  await goOn();
  const outcome: Record<string, string> = {};
  for (const [i, name] of names.entries()) {
    const letters = stage.simulator.accepted.to(`user${i + 2}@example.com`).map(({ wire }) => wire.text!.match(/\b(alpha|bravo)\b/g)!.join(" "));
    const [fate] = await sql<[{ status: string; reason: string | null }]>`
      select status, reason from public.notifications where id = ${held.find(({ user_id }) => user_id === people[i + 1])!.id}`;
    outcome[name] = fate.status === "sent" ? letters.join(" | ") : (fate.reason ?? fate.status);
    if (fate.status !== "sent") expect(letters, name).toEqual([]);
  }
  return { stage, outcome };
}

const sameLetters = Object.fromEntries(names.map((name) => [name, "alpha bravo"]));
const composedAfresh = Object.fromEntries(names.map((name) => [name, CHANGES[name]!.afresh]));

test("between claiming and sending: the letters go as they were composed", async ({ database }) => {
  const { outcome } = await holdWhileEverythingChanges(database, async (stage) => {
    const worker = stage.worker();
    const [dispatch] = await worker.database.getPendingNotifications(100);
    return () => deliverDispatch(dispatch!, worker);
  });
  expect(outcome).toEqual(sameLetters);
});

test.for([["accepted", "drop_after"], ["not accepted", "drop_before"]] as const)(
  "after an attempt of unknown outcome that was %s: the same letters go again, once",
  async ([, kind], { database }) => {
    const { stage, outcome } = await holdWhileEverythingChanges(database, async (stage) => {
      stage.fault({ kind });
      await stage.pass();
      stage.wait(3600);
      return () => stage.drain();
    });
    expect(outcome).toEqual(sameLetters);
    expect(stage.requests[1]).toEqual(stage.requests[0]);
  },
);

test("after a refusal: the letters are composed afresh, each with what is true then or not at all", async ({ database }) => {
  const { outcome } = await holdWhileEverythingChanges(database, async (stage) => {
    stage.fault({ kind: "forbidden" });
    await stage.pass();
    stage.wait(3600);
    return () => stage.drain();
  });
  expect(outcome).toEqual(composedAfresh);
});

test("an event paused while its letters are held: after an unknown outcome they go again, after a refusal they wait", async ({ database }) => {
  const stage = await createStage(database, { readers: 2 });
  const { asOperator, event } = stage;
  await stage.tell("alpha");
  stage.fault({ kind: "drop_after" });
  await stage.pass();
  await asOperator`select pause_delivery('event', ${event})`;
  stage.wait(3600);
  await stage.drain();
  expect(await stage.fate(2)).toEqual(["sent / sent"]);
  await asOperator`select resume_delivery('event', ${event})`;

  await stage.tell("bravo");
  stage.fault({ kind: "forbidden" });
  await stage.pass();
  await asOperator`select pause_delivery('event', ${event})`;
  stage.wait(3600);
  await stage.drain();
  expect(await stage.fate(2)).toEqual(["sent / sent", "pending"]);
  await asOperator`select resume_delivery('event', ${event})`;
  await stage.sql`update public.notifications set scheduled_for = ${stage.now()} where status = 'pending'`;
  await stage.drain();
  expect(stage.letters()).toEqual({ user2: ["alpha", "bravo"], user3: ["alpha", "bravo"] });
});

test("what waited for a day behind a pause is let out although somebody's account is gone by then", async ({ database }) => {
  const stage = await createStage(database, { readers: 2 });
  const { asOperator, sql, people } = stage;
  await asOperator`select pause_delivery('everything')`;
  await stage.tell("alpha");
  const [owed] = await sql<[{ id: string }]>`select id from public.notifications where user_id = ${people[1]!}`;
  await sql`delete from auth.users where id = ${people[1]!}`;
  stage.wait(25 * 3600);
  expect(await asOperator`select private.resume_scope('everything', null, ${stage.now()}) as resumed`).toEqual([{ resumed: true }]);
  stage.wait(24 * 3600);
  await stage.drain();
  expect(stage.letters()).toEqual({ user3: ["alpha"] });
  expect(await sql`select status, reason from public.notifications where id = ${owed.id}`).toEqual([{ status: "skipped", reason: "account_gone" }]);
});
