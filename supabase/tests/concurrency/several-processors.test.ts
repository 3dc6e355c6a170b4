import { expect } from "vitest";
import type { TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople } from "../harness/world.ts";
import { breakRule } from "./break-rule.ts";
import { test } from "./database-test.ts";
import { createGate } from "./gate.ts";
import { createPostOffice } from "./post-office.ts";

const EVENTS = 6;
const bodies = Array.from({ length: EVENTS }, (_, i) => `topic${i + 1}`);

/** Everybody but user1 has something due in each of the events. */
async function fillHouse({ sql }: TestDatabase, people: number) {
  const [author, ...readers] = await addPeople(sql, people);
  for (const body of bodies) {
    const event = await addEvent(sql, { title: `Event of ${body}`, participants: [author!, ...readers] });
    await sql`insert into public.chat_messages (event_id, user_id, body) values (${event}, ${author!}, ${body})`;
  }
  const office = createPostOffice(sql);
  await office.prepare(125);
  return { office, readers };
}

/** Recipients whose letters are not one letter with everything in it, and how many had letters at all. */
function judge(letters: Record<string, string[]>) {
  const wrong = Object.entries(letters).filter(([, texts]) => texts.length !== 1 || texts[0] !== bodies.join(" "));
  return { recipients: Object.keys(letters).length, wrong: Object.fromEntries(wrong) };
}

for (const processors of [2, 8]) {
  test(`${processors} processors at once neither split nor double a recipient`, async ({ database }) => {
    const { office, readers } = await fillHouse(database, 401);
    const { simulator } = office;
    const letters = await Promise.all(
      Array.from({ length: processors }, () =>
        createPostOffice(database.connect({ max: 4 }), simulator).deliver(125, 40)),
    );
    expect(letters.reduce((sum, count) => sum + count)).toBe(readers.length);
    expect(letters.filter((count) => count > 0).length, "processors that had a part in it").toBeGreaterThan(1);
    expect(judge(office.letters(bodies))).toEqual({ recipients: readers.length, wrong: {} });
    const [row] = await database.sql`
      select count(*)::int from public.notifications where status = 'sent'`;
    expect(row!.count).toBe(readers.length * EVENTS);
  });
}

const LOCKING = "if pg_try_advisory_xact_lock(private.recipient_lock(v_fresh[i])) then";
const RECIPIENTS = "from unnest(user_ids) u (user_id)";
const DUE = "and n.scheduled_for <= as_of";

/** One processor stops at a gate in `claim_notifications`, another drains the house, then the first goes on. */
async function overtake(database: TestDatabase, rule: string, withGate: string) {
  const { office } = await fillHouse(database, 4);
  const gate = await createGate(database);
  await breakRule(database.sql, "private.claim_notifications", rule, withGate);
  // Row by row: a plan that reads all rows before it locks the first would stand at the gate with nothing in its hands.
  await database.sql`alter function private.claim_notifications(uuid[], timestamptz) set enable_hashjoin = off set enable_mergejoin = off`;
  const held = createPostOffice(gate.behind, office.simulator).deliver(125);
  await gate.untilReached();
  await office.deliver(125);
  await gate.open();
  await held;
  return judge(office.letters(bodies));
}

test("a processor that is overtaken between locking and reading claims what it locked, whole", async ({ database }) => {
  expect(await overtake(database, RECIPIENTS, `${RECIPIENTS} where private.pass_gate()`)).toEqual({ recipients: 3, wrong: {} });
});

test("broken on purpose: locking and reading in one statement reads from before the lock and doubles", async ({ database }) => {
  const { sql } = database;
  await breakRule(sql, "private.lock_due_recipients", LOCKING, "if true then");
  // Row locks read the newest version of a row and would hide it: the rule has to hold by itself.
  await breakRule(sql, "private.claim_notifications", "for update of n skip locked", "");
  await sql`drop trigger moves_are_legal on public.notifications`;
  const lockBehindGate = `${RECIPIENTS}
    where case when private.pass_gate() then pg_try_advisory_xact_lock(private.recipient_lock(u.user_id)) end`;
  const { wrong } = await overtake(database, RECIPIENTS, lockBehindGate);
  const twice = [bodies.join(" "), bodies.join(" ")];
  expect(wrong).toEqual({ user2: twice, user3: twice, user4: twice });
});

// Stops when the first row of a recipient is claimed and the second is not. Not at the author, who is told nothing anyway.
const BETWEEN_ROWS = `${DUE} and (
  n.id = (select min(f.id) from public.notifications f where f.user_id = n.user_id)
  or n.user_id = (select m.user_id from public.chat_messages m limit 1)
  or private.pass_gate())`;

test("a processor that is overtaken between two rows of a recipient gets both", async ({ database }) => {
  expect(await overtake(database, DUE, BETWEEN_ROWS)).toEqual({ recipients: 3, wrong: {} });
});

test("broken on purpose: without the recipients' locks two processors split one between them", async ({ database }) => {
  await breakRule(database.sql, "private.lock_due_recipients", LOCKING, "if true then");
  const { wrong } = await overtake(database, DUE, BETWEEN_ROWS);
  expect(Object.keys(wrong)).not.toEqual([]);
});
