import { setTimeout as delay } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../supabase/tests/harness/test-database.ts";
import { addEvent, addPeople, createDelivery, post, TEST_DEPLOYMENT } from "../../../supabase/tests/harness/world.ts";
import { createResendSimulator } from "../../resend-simulator/src/simulator.ts";
import type { Database } from "./database.ts";
import { createPostgresDatabase } from "./postgres-database.ts";
import { runProcessor, type Processor, type ProcessorDeps } from "./run-processor.ts";

let database: TestDatabase;
let processor: Processor | undefined;
afterEach(async () => {
  await processor?.stop();
  processor = undefined;
  await database.drop();
});

const sleep: ProcessorDeps["sleep"] = (ms, signal) => delay(ms, undefined, { signal }).catch(() => {});

/** A processor as role notifier on the real clock, and what resolves when the simulator has accepted a number of letters. */
async function start({ unanswered = 0, hangMs = 500_000, pollMs = 600_000 } = {}) {
  database = await createTestDatabase();
  const notifier = database.connectAs("notifier");
  let count = 0;
  let onCount: () => void = () => {};
  const simulator = createResendSimulator({
    requestsPerSecond: null,
    onAccepted() {
      count += 1;
      onCount();
    },
  });
  const acceptedLetters = (expected: number) =>
    new Promise<void>((resolve) => {
      onCount = () => count >= expected && resolve();
      onCount();
    });
  const { deps } = createDelivery(notifier, () => new Date(), simulator);
  const asleep = new Promise<void>((resolve) => {
    processor = runProcessor(
      {
        ...deps,
        database: losingAnswers(createPostgresDatabase(notifier, { deploymentUrl: TEST_DEPLOYMENT }), unanswered),
        now: () => performance.now(),
        sleep: (ms, signal) => {
          // The other sleep is the guard beside each pass.
          if (ms !== hangMs) resolve();
          return sleep(ms, signal);
        },
      },
      { pollMs, hangMs },
    );
  });
  return { sql: database.sql, simulator, acceptedLetters, asleep };
}

test("a sleeping processor is woken by a message whose window is 0, with the rights of notifier alone", async () => {
  const { sql, acceptedLetters, asleep } = await start();
  const people = await addPeople(sql, 3);
  const event = await addEvent(sql, { participants: people, window: 0 });
  await asleep;
  await post(sql, event, people[0]!, "Now!");
  await acceptedLetters(2);
});

test("a processor sleeps until the window ends, not longer", async () => {
  const { sql, acceptedLetters, asleep } = await start();
  const people = await addPeople(sql, 2);
  const event = await addEvent(sql, { participants: people, window: 1 });
  await asleep;
  await post(sql, event, people[0]!, "In a second.");
  await acceptedLetters(1);
});

test("stopping finishes what is held: nothing stays in flight", async () => {
  const { sql, simulator, acceptedLetters } = await start();
  const people = await addPeople(sql, 500);
  const event = await addEvent(sql, { participants: people, window: 0 });
  await post(sql, event, people[0]!, "To everybody.");
  await acceptedLetters(1);
  await processor!.stop();
  const rows = await sql`select status, count(*)::int from notifications where status in ('processing', 'sent') group by 1`;
  expect([...rows]).toEqual([{ status: "sent", count: simulator.accepted.totals.emails }]);
});

/** The first calls of each pass never come back, as on a connection that died at the wrong moment. */
function losingAnswers(database: Database, calls: number): Database {
  let lost = 0;
  return { ...database, settleBursts: () => ((lost += 1) <= calls ? new Promise<number>(() => {}) : database.settleBursts()) };
}

test("a pass that gets no answer is abandoned, and the next one goes on", async () => {
  const { sql, acceptedLetters } = await start({ unanswered: 2, hangMs: 2_000 });
  const people = await addPeople(sql, 2);
  const event = await addEvent(sql, { participants: people, window: 0 });
  await post(sql, event, people[0]!, "Third time lucky.");
  await acceptedLetters(1);
});

test("a lost connection is survived", async () => {
  const { sql, acceptedLetters, asleep } = await start({ hangMs: 5_000, pollMs: 4_000 });
  const people = await addPeople(sql, 2);
  const event = await addEvent(sql, { participants: people, window: 0 });
  await asleep;
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
  await post(database.connect(), event, people[0]!, "Still there?");
  await acceptedLetters(1);
});
