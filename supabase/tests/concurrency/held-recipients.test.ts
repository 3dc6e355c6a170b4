import { expect } from "vitest";
import type { Sql } from "postgres";
import type { TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, later, post } from "../harness/world.ts";
import { breakRule } from "./break-rule.ts";
import { test } from "./database-test.ts";
import { createPostOffice } from "./post-office.ts";

/** What keeps user2, who is first in the queue, from being served; returns how to end it. */
type Hindrance = (database: TestDatabase, userId: string) => Promise<() => Promise<unknown>>;

const rowIsHeld: Hindrance = async ({ connect }, userId) => {
  const holder = connect({ max: 1 });
  await holder.unsafe("begin");
  await holder`select from public.notifications n where n.user_id = ${userId} for update`;
  return () => holder.unsafe("commit");
};

const lockIsHeld: Hindrance = async ({ connect }, userId) => {
  const holder = connect({ max: 1 });
  await holder`select pg_advisory_lock(private.recipient_lock(${userId}))`;
  return () => holder`select pg_advisory_unlock_all()`;
};

/** alpha is due for user2 alone, then bravo for everybody but user1; who is told meanwhile, who at last? */
async function serveBehind(database: TestDatabase, hinder: Hindrance, batchSize: number, patienceMs = 20_000) {
  const { sql, connect } = database;
  const people = await addPeople(sql, 5);
  await post(sql, await addEvent(sql, { participants: people.slice(0, 2) }), people[0]!, "alpha");
  await post(sql, await addEvent(sql, { participants: people }), people[0]!, "bravo");
  const office = createPostOffice(connect({ connection: { statement_timeout: patienceMs } }));
  await office.prepare(125);
  const release = await hinder(database, people[1]!);
  await office.deliver(125, batchSize);
  const meanwhile = office.letters(["alpha", "bravo"]);
  await release();
  await office.deliver(125, batchSize);
  return { meanwhile, atLast: office.letters(["alpha", "bravo"]) };
}

const OTHERS = { user3: ["bravo"], user4: ["bravo"], user5: ["bravo"] };
const EVERYBODY = { user2: ["alpha bravo"], ...OTHERS };

for (const [what, hindrance] of [["notification rows", rowIsHeld], ["lock", lockIsHeld]] as const) {
  for (const batchSize of [1, 100]) {
    test(`a recipient whose ${what} another connection holds holds up nobody, in batches of ${batchSize}`, async ({ database }) => {
      expect(await serveBehind(database, hindrance, batchSize)).toEqual({ meanwhile: OTHERS, atLast: EVERYBODY });
    });
  }
}

test("broken on purpose: a claim that waits for rows waits for whoever holds one", async ({ database }) => {
  await breakRule(database.sql, "private.claim_notifications", "for update of n skip locked", "for update of n");
  await expect(serveBehind(database, rowIsHeld, 100, 300)).rejects.toMatchObject({ code: "57014" });
});

test("broken on purpose: a claim that waits for recipients waits for whoever holds one", async ({ database }) => {
  await breakRule(
    database.sql,
    "private.lock_due_recipients",
    "if pg_try_advisory_xact_lock(private.recipient_lock(v_fresh[i])) then",
    "perform pg_advisory_xact_lock(private.recipient_lock(v_fresh[i]));\n        if true then",
  );
  await expect(serveBehind(database, lockIsHeld, 100, 300)).rejects.toMatchObject({ code: "57014" });
});

test("broken on purpose: a claim that stops where rows are held looks like an empty queue", async ({ database }) => {
  await breakRule(database.sql, "public.get_pending_notifications", "v_passed_over := v_passed_over || v_user_ids;\n      continue;", "exit;");
  expect((await serveBehind(database, rowIsHeld, 1)).meanwhile).toEqual({});
});

/** The head of the queue: 1,000 due rows of user2, whose lock another connection holds; behind them one of user3. */
async function serveBehindLongHead(database: TestDatabase) {
  const { sql } = database;
  const people = await addPeople(sql, 3);
  const event = await addEvent(sql, { participants: people });
  await post(sql, event, people[0]!, "alpha");
  const office = createPostOffice(sql);
  await office.prepare(125);
  await fillHead(sql, event, people[1]!);
  const release = await lockIsHeld(database, people[1]!);
  await office.deliver(125, 1);
  await release();
  return office.letters(["alpha"]);
}

/** Mentions of messages that nobody wrote: composing would skip them, but nobody gets to compose them. */
async function fillHead(sql: Sql, event: string, userId: string) {
  await sql`
    insert into public.notifications (user_id, event_id, message_id, lane, scheduled_for)
    select ${userId}, ${event}, -i, 0, ${later(0)} from generate_series(1, 1000) i`;
}

test("a thousand due notifications of a held recipient do not hide who is behind them", async ({ database }) => {
  expect(await serveBehindLongHead(database)).toEqual({ user3: ["alpha"] });
});

test("broken on purpose: a claim that reads one page only finds nobody", async ({ database }) => {
  await breakRule(database.sql, "private.lock_due_recipients", "exit when v_rows < v_page_size;", "return v_locked;");
  expect(await serveBehindLongHead(database)).toEqual({});
});
