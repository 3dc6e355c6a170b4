import { expect } from "vitest";
import type { TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, post } from "../harness/world.ts";
import { breakRule } from "./break-rule.ts";
import { test } from "./database-test.ts";
import { createPostOffice } from "./post-office.ts";

const BODIES = ["alpha", "bravo", "charlie"];

/** user1 posts first and sits idle in the transaction; what happens to the others, and to user1's message at last? */
async function idleOpener({ sql, connect }: TestDatabase, patienceMs: number) {
  const [ann, bob, cem] = await addPeople(sql, 3);
  const event = await addEvent(sql, { participants: [ann!, bob!, cem!] });
  const idle = connect({ max: 1 });
  await idle.unsafe("begin");
  await post(idle, event, ann!, "alpha");

  const others = connect({ connection: { statement_timeout: patienceMs } });
  await post(others, event, bob!, "bravo");
  const office = createPostOffice(others);
  await office.deliver(125);
  const meanwhile = office.letters(BODIES);

  await idle.unsafe("commit");
  await office.deliver(250);
  return { meanwhile, atLast: office.letters(BODIES) };
}

test("a client that opens a burst and sits idle in its transaction delays nobody, and is told after it commits", async ({ database }) => {
  expect(await idleOpener(database, 20_000)).toEqual({
    meanwhile: { user1: ["bravo"], user3: ["bravo"] },
    atLast: { user1: ["bravo"], user2: ["alpha"], user3: ["bravo", "alpha"] },
  });
});

test("broken on purpose: openers that wait for each other wait for the idle client", async ({ database }) => {
  const { sql } = database;
  await breakRule(
    sql,
    "private.open_burst",
    "if not pg_try_advisory_xact_lock(private.opening_lock(event_id)) then\n      return;\n    end if;",
    "perform pg_advisory_xact_lock(private.opening_lock(event_id));",
  );
  await breakRule(sql, "private.notice_messages", /SET lock_timeout TO '\d+ms'/, "");
  await expect(idleOpener(database, 300)).rejects.toMatchObject({ code: "57014" });
});

/** user2 posts into user1's open burst and commits only after it has settled and user1 has opened and closed another. */
async function lateCommitter({ sql, connect }: TestDatabase) {
  const [ann, bob, cem] = await addPeople(sql, 3);
  const event = await addEvent(sql, { participants: [ann!, bob!, cem!] });
  await post(sql, event, ann!, "alpha");
  const idle = connect({ max: 1 });
  await idle.unsafe("begin");
  await post(idle, event, bob!, "bravo");

  const office = createPostOffice(sql);
  await office.deliver(125);
  await post(sql, event, ann!, "charlie");
  await office.deliver(250);
  const meanwhile = office.letters(BODIES);

  await idle.unsafe("commit");
  await office.deliver(375);
  return { meanwhile, atLast: office.letters(BODIES) };
}

test("a client that commits into a settled burst delayed nobody, and is told by a burst of its own", async ({ database }) => {
  expect(await lateCommitter(database)).toEqual({
    meanwhile: { user2: ["alpha", "charlie"], user3: ["alpha", "charlie"] },
    atLast: { user1: ["bravo"], user2: ["alpha", "charlie"], user3: ["alpha", "charlie", "bravo"] },
  });
});

test("broken on purpose: a late commit is lost when only writers open bursts", async ({ database }) => {
  await breakRule(database.sql, "private.settle_bursts", "perform private.open_missing_bursts(batch_size, as_of);", "");
  const { meanwhile, atLast } = await lateCommitter(database);
  expect(atLast).toEqual(meanwhile);
});
