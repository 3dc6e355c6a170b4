import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../supabase/tests/harness/test-database.ts";
import { addPeople, createDelivery, TEST_DEPLOYMENT } from "../../../supabase/tests/harness/world.ts";
import { createAlertWebhook } from "./alert-webhook.ts";
import { keepWatch } from "./keep-watch.ts";
import { createPostgresOperations } from "./operations-database.ts";
import { createResendSimulator } from "../../resend-simulator/src/simulator.ts";

const SECRET = `whsec_${Buffer.from("0123456789abcdef01234567").toString("base64")}`;
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const people = await addPeople(database.sql, 2);
  await database.sql`insert into private.operators select unnest(${people}::uuid[])`;
});
afterAll(() => database.drop());

test("one turn counts, opens an alert and tells it by mail and signed webhook, each until it was taken, then once more when it is over", async () => {
  let clock = new Date();
  const letters: { to: string; subject: string }[] = [];
  const simulator = createResendSimulator({
    requestsPerSecond: null,
    onAccepted: ({ wire: { to, subject } }) => void letters.push({ to: [to].flat()[0]!, subject: subject! }),
  });
  const { provider } = createDelivery(database.sql, () => clock, simulator).deps;
  const posts: { headers: Headers; body: string }[] = [];
  let receiverWorks = false;
  let alive = 0;
  const logged: string[] = [];
  const turn = () =>
    keepWatch({
      operations: createPostgresOperations(database.connectAs("notifier", null, { max: 1 }), { deploymentUrl: TEST_DEPLOYMENT, asOf: () => clock }),
      processor: { id: "test", kind: "worker", version: "test" },
      provider,
      post: createAlertWebhook({
        url: "http://chat.test/hook",
        secret: SECRET,
        now: () => new Date(),
        fetch: async (_url, init) => {
          posts.push({ headers: new Headers(init!.headers), body: String(init!.body) });
          return new Response(null, { status: receiverWorks ? 200 : 500 });
        },
      }),
      reportAlive: async () => void (alive += 1),
      log: (_level, event) => void logged.push(event),
    });
  const pass = (minutes: number) => void (clock = new Date(clock.getTime() + minutes * 60_000));

  await turn();
  expect({ letters: letters.length, posts: posts.length, alive }).toEqual({ letters: 0, posts: 0, alive: 1 });
  await database.sql`select private.note_failure('authorization', gen_random_uuid(), 'invalid_api_key', null, ${clock})`;
  await turn();
  await turn();
  expect({ posts: posts.length, logged }).toEqual({ posts: 1, logged: ["alert_told", "alert_not_told"] });
  receiverWorks = true;
  pass(3);
  await turn();
  pass(3);
  await turn();
  expect(posts).toHaveLength(2);
  expect(posts[1]!.body).toBe(posts[0]!.body);
  const { headers, body } = posts[1]!;
  expect(new Webhook(SECRET).verify(body, Object.fromEntries(headers))).toMatchObject({
    text: expect.stringMatching(/^Alert: Sending is suspended: a circuit breaker is open \(now 1\), since \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$/),
  });

  await database.sql`select private.note_success(${clock})`;
  await turn();
  pass(6);
  await turn();
  expect(JSON.parse(posts[2]!.body).text).toMatch(/^Over: /);
  expect(letters.map(({ to }) => to).sort()).toEqual(["user1@example.com", "user1@example.com", "user2@example.com", "user2@example.com"]);
  expect(letters.map(({ subject }) => subject.slice(0, 5))).toEqual(["Alert", "Alert", "Over:", "Over:"]);
});
