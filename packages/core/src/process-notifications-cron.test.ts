import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../supabase/tests/harness/test-database.ts";
import { addEvent, addPeople, createDelivery, later, post, TEST_DEPLOYMENT, TEST_KEYS } from "../../../supabase/tests/harness/world.ts";
import { createPostgresDatabase } from "./postgres-database.ts";
import { type CronDeps, processNotificationsCron } from "./process-notifications-cron.ts";
import { createSendChatNotifications } from "./send-chat-notifications.ts";

const KEY = "sb_secret_of_the_schedule";

let database: TestDatabase;
let people: string[];
/** What time it is for the database, and how many milliseconds the tick has taken. */
let asOf = later(60);
let passed = 0;
const slept: number[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  people = await addPeople(database.sql, 205);
});
afterAll(() => database.drop());

/** A tick whose calls of send-chat-notifications reach the real handler, as far as `send` lets them. */
async function tick(limits: CronDeps["limits"], send: (call: () => Promise<Response>) => Promise<Response> = (call) => call()) {
  const { deps } = createDelivery(database.sql, () => asOf);
  const handler = createSendChatNotifications({ ...deps, database: engine(), secretKeys: [KEY], health: async () => new Response() });
  const answer = await processNotificationsCron(new Request(`${TEST_DEPLOYMENT}/functions/v1/process-notifications-cron`, { method: "POST", headers: { apikey: KEY } }), {
    database: engine(), provider: deps.provider, secretKeys: [KEY], deploymentUrl: TEST_DEPLOYMENT, log() {}, limits: limits ?? {},
    fetch: (input, init) => send(() => handler(new Request(input as string, init))),
    now: () => passed,
    sleep: async (ms) => {
      slept.push(ms);
      passed += ms;
      asOf = new Date(asOf.getTime() + ms);
    },
  });
  return { status: answer.status, ...((await answer.json()) as { passes: number; dispatches: number; letters: number }) };
}

const engine = () => createPostgresDatabase(database.sql, { deploymentUrl: TEST_DEPLOYMENT, tokenKeyId: TEST_KEYS.signingId, asOf: () => asOf });

async function say(participants: string[], window = 0): Promise<void> {
  await post(database.sql, await addEvent(database.sql, { participants, window }), participants[0]!, "The ferry leaves at nine.");
}

test("the dispatches of a pass are handed on side by side", async () => {
  await say(people);
  const waiting: (() => void)[] = [];
  const answer = await tick({}, async (call) => {
    // Nobody gets an answer before all three have asked.
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 3) waiting.splice(0).forEach((go) => go());
    });
    return call();
  });
  expect(answer).toMatchObject({ status: 200, letters: 204, dispatches: 3 });
});

test("it begins no pass when its time is up, nor when it has handed on enough, and the next tick goes on", async () => {
  await say(people.slice(0, 6));
  const slowly = async (call: () => Promise<Response>) => {
    passed += 20_000;
    return call();
  };
  expect(await tick({ batchSize: 1, stopAfterMs: 50_000 }, slowly)).toMatchObject({ status: 200, letters: 3, passes: 3 });
  expect(await tick({ batchSize: 1, mostDispatches: 1 })).toMatchObject({ status: 200, letters: 1 });
  expect(await tick({})).toMatchObject({ status: 200, letters: 1 });
});

test("it waits for what is due in a moment, and leaves what comes later to the next tick", async () => {
  asOf = later(0);
  await say(people.slice(0, 3), 30);
  expect(await tick({})).toMatchObject({ letters: 0, passes: 1 });
  expect(slept).toEqual([]);
  const [{ closes }] = await database.sql<[{ closes: Date }]>`select max(closes_at) as closes from private.bursts`;
  asOf = new Date(closes.getTime() - 1_000);
  expect(await tick({})).toMatchObject({ letters: 2 });
  expect(slept[0]).toBeGreaterThan(0);
  expect(slept[0]).toBeLessThanOrEqual(2_000);
});
