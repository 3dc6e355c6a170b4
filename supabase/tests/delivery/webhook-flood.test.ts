import { expect, onTestFinished } from "vitest";
import type { Sql } from "postgres";
import type { Database, WebhookEvent } from "../../../packages/core/src/database.ts";
import { createPostgresDatabase } from "../../../packages/core/src/postgres-database.ts";
import { createTestDatabase } from "../harness/test-database.ts";
import { test } from "../concurrency/database-test.ts";
import { randomNumbers } from "../concurrency/random-numbers.ts";
import { addEvent, addPeople, later, post, TEST_DEPLOYMENT } from "../harness/world.ts";

const CONNECTIONS = 8;
const EVENTS = 50;
/** What may happen to a letter, in the order in which it happens. */
const STORIES: [type: string, detail?: string][][] = [
  [["email.sent"], ["email.delivered"]],
  [["email.sent"], ["email.delivery_delayed"], ["email.delivered"]],
  [["email.delivery_delayed"], ["email.bounced", "Permanent"]],
  [["email.sent"], ["email.delivered"], ["email.complained"]],
  [["email.bounced", "Permanent"]],
  [["email.sent"], ["email.bounced", "Transient"]],
  [["email.delivery_delayed"], ["email.failed", "internal"]],
  [["email.suppressed", "OnAccountSuppressionList"]],
  [["email.delivered"], ["email.bounced", "Permanent"]],
  [["email.failed", "reached_daily_quota"]],
];

interface Letter {
  id: string;
  address: string;
}

/** A processor as role notifier; deadlocks are found long before anybody could give up waiting. */
function processor(connectAs: Awaited<ReturnType<typeof createTestDatabase>>["connectAs"], now: Date): Database {
  const sql = connectAs("notifier", null, { max: 1, connection: { deadlock_timeout: "5ms" } as Record<string, string> });
  return createPostgresDatabase(sql, { deploymentUrl: TEST_DEPLOYMENT, asOf: () => now });
}

/** 26 letters in nine dispatches whose requests have left, and nobody knows yet what came of them. */
async function sendLetters(sql: Sql, database: Database) {
  const people = await addPeople(sql, 27);
  await post(sql, await addEvent(sql, { participants: people, window: 0 }), people[0]!, "alpha");
  while ((await database.settleBursts()) + (await database.continueFanOut()) > 0);
  const dispatches = [];
  for (let i = 0; i < 9; i += 1) dispatches.push(...(await database.getPendingNotifications(3)));
  for (const dispatch of dispatches) await database.beginAttempt(dispatch, new Uint8Array(32));
  const letters = await sql<Letter[]>`select id, address from emails order by length(address), address`;
  return { dispatches, letters };
}

function storiesOf(letters: Letter[]): WebhookEvent[] {
  return letters
    .flatMap(({ id }, i) =>
      STORIES[i % STORIES.length]!.map(([type, detail = null], step): WebhookEvent => ({
        svixId: `msg_${i}_${step}`, type, occurredAt: "2026-11-22T12:00:00Z", emailId: id, providerId: `provider_${i}`, address: null, detail,
      })))
    .slice(0, EVENTS);
}

/** How things stand in the end, by address: what the order must not change. */
async function endState(sql: Sql) {
  const letters = await sql`
    select e.address, e.status, e.reason, n.status as notification, n.reason as why, s.reason as suppressed, b.score,
      e.provider_id is not null as has_provider_id
    from emails e
    left join notifications n on n.user_id = e.user_id
    left join private.suppressions s on s.address = e.address
    left join private.bounce_scores b on b.address_hash = private.address_hash(e.address)
    order by length(e.address), e.address`;
  const dispatches = await sql`select status, outcome, count(*)::int from private.dispatches group by 1, 2`;
  const breakers = await sql`select name, state from private.breakers where state <> 'closed'`;
  return { letters: [...letters], dispatches: [...dispatches], breakers: [...breakers] };
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items.map((item) => [random(), item] as const).sort(([a], [b]) => a - b).map(([, item]) => item);
}

test("50 events by 8 connections at once, shuffled and repeated, while processors mark: the same end as one by one in order", async ({ database }) => {
  const now = later(3600);
  const twin = await createTestDatabase();
  onTestFinished(() => twin.drop());
  const inOrder = processor(twin.connectAs, now);
  const quiet = await sendLetters(twin.sql, inOrder);
  for (const dispatch of quiet.dispatches) await inOrder.markNotificationSent(dispatch, []);
  const events = storiesOf(quiet.letters);
  expect(events).toHaveLength(EVENTS);
  for (const heard of events) expect(await inOrder.receiveWebhookEvent(heard)).toBe("applied");
  const expected = await endState(twin.sql);

  const first = processor(database.connectAs, now);
  const { dispatches, letters } = await sendLetters(database.sql, first);
  const flood = storiesOf(letters);
  const results = await Promise.all([
    ...Array.from({ length: CONNECTIONS }, async (_, i) => {
      const random = randomNumbers(i);
      const connection = processor(database.connectAs, now);
      const found: string[] = [];
      for (const heard of shuffled([...flood, ...flood], random)) found.push(await connection.receiveWebhookEvent(heard));
      return found;
    }),
    ...[0, 1].map(async (half) => {
      const marking = processor(database.connectAs, now);
      for (const dispatch of dispatches.filter((_, i) => i % 2 === half)) await marking.markNotificationSent(dispatch, dispatch.letters.map((_, i) => `p${i}`));
      return [];
    }),
  ]);

  expect(results.flat().filter((result) => result !== "duplicate"), "each event heard once").toHaveLength(EVENTS);
  expect(results.flat()).not.toContain("unknown_email");
  expect(await endState(database.sql)).toEqual({ ...expected, letters: expected.letters.map((letter) => ({ ...letter, has_provider_id: true })) });
});
