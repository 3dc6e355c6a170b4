import { expect } from "vitest";
import type { WebhookEvent } from "../../../packages/core/src/database.ts";
import { createPostgresDatabase } from "../../../packages/core/src/postgres-database.ts";
import { breakRule } from "../concurrency/break-rule.ts";
import { test } from "../concurrency/database-test.ts";
import { createGate } from "../concurrency/gate.ts";
import { untilBlocked } from "../concurrency/until-blocked.ts";
import type { TestDatabase } from "../harness/test-database.ts";
import { TEST_DEPLOYMENT } from "../harness/world.ts";
import { createStage } from "./delivery-stage.ts";

const LETTER = "where e.id = receive_webhook_event.email_id\n    for update;";
const DISPATCH = /perform\s+from private\.dispatches d\s+where d\.id = \(select e\.dispatch_id[^;]+for update;/;

/** A webhook that has locked its letter stops there; a processor marks the same dispatch; then the webhook goes on. */
async function markDuringWebhook(database: TestDatabase) {
  const stage = await createStage(database, { readers: 3 });
  await stage.tell("alpha");
  const worker = stage.worker();
  const [dispatch] = await worker.database.getPendingNotifications(100);
  await worker.database.beginAttempt(dispatch!, new Uint8Array(32));
  const gate = await createGate(database);
  await breakRule(database.sql, "private.receive_webhook_event", LETTER, `${LETTER}\n    perform private.pass_gate();`);
  const hearing = createPostgresDatabase(gate.behind, { deploymentUrl: TEST_DEPLOYMENT, asOf: stage.now });
  const heard: WebhookEvent = {
    svixId: "msg_1", type: "email.delivered", occurredAt: stage.now().toISOString(), emailId: dispatch!.letters[0]!.email_id, providerId: "p", address: null, detail: null,
  };
  const webhook = hearing.receiveWebhookEvent(heard);
  await gate.untilReached();
  const mark = worker.database.markNotificationSent(dispatch!, ["a", "b", "c"]);
  const both = Promise.allSettled([webhook, mark]);
  await untilBlocked(database.sql, 2);
  await gate.open();
  const results = await both;
  return { stage, results: results.map((result) => (result.status === "fulfilled" ? result.value : (result.reason as { code: string }).code)) };
}

test("a webhook and a mark of the same dispatch wait for each other in one order", async ({ database }) => {
  const { stage, results } = await markDuringWebhook(database);
  expect(results).toEqual(["applied", false]);
  const rows = await stage.sql`select status, count(*)::int from public.emails group by 1 order by 1`;
  expect([...rows]).toEqual([{ status: "delivered", count: 1 }, { status: "sent", count: 2 }]);
});

test("broken on purpose: a webhook that locks its letter before the dispatch deadlocks with a mark", async ({ database }) => {
  await breakRule(database.sql, "private.receive_webhook_event", DISPATCH, "");
  const { results } = await markDuringWebhook(database);
  expect(results).toContain("40P01");
});
