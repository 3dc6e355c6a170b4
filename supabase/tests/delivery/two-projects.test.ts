// Beyond one Postgres: organizations in projects of their own, which share nothing but the provider's account. Resend
// tells every endpoint of an account about every letter.
import { expect } from "vitest";
import type { WebhookEvent } from "../../../packages/core/src/database.ts";
import { createResendSimulator } from "../../../packages/resend-simulator/src/simulator.ts";
import { test } from "../concurrency/database-test.ts";
import { createPostOffice, lettersOf } from "../concurrency/post-office.ts";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, post } from "../harness/world.ts";

const BODIES = ["alpha", "bravo"];

/** The same people everywhere, one event, one message; and who delivers it through the shared account. */
async function openProject({ sql }: TestDatabase, body: string, account: ReturnType<typeof createResendSimulator>) {
  const people = await addPeople(sql, 3);
  await post(sql, await addEvent(sql, { participants: people }), people[0]!, body);
  return { sql, office: createPostOffice(sql, account) };
}

test("two projects with one provider account tell everybody once each, and each hears of its own letters alone", async ({ database }) => {
  const other = await createTestDatabase();
  try {
    const account = createResendSimulator({ requestsPerSecond: null });
    const projects = [await openProject(database, "alpha", account), await openProject(other, "bravo", account)];
    expect(await Promise.all(projects.map(({ office }) => office.deliver(125)))).toEqual([2, 2]);
    const accepted = account.accepted.all();
    const told = lettersOf(accepted.map(({ wire }) => wire), BODIES);
    expect(Object.entries(told).map(([person, letters]) => [person, letters.sort()]).sort()).toEqual([["user2", BODIES], ["user3", BODIES]]);

    const hearEverywhere = (event: WebhookEvent) => Promise.all(projects.map(({ office }) => office.deps.database.receiveWebhookEvent(event)));
    const results = [];
    for (const [i, { id, wire }] of accepted.entries()) {
      const emailId = wire.tags!.find(({ name }) => name === "email_id")!.value;
      results.push(await hearEverywhere({
        svixId: `msg_${i}`, type: "email.delivered", occurredAt: "2026-11-22T12:00:00Z", emailId, providerId: id, address: null, detail: null,
      }));
    }
    expect(results.map((heard) => heard.toSorted())).toEqual(accepted.map(() => ["applied", "unknown_email"]));
    for (const { sql } of projects) {
      expect([...(await sql`select status, count(*)::int from public.emails group by 1`)]).toEqual([{ status: "delivered", count: 2 }]);
    }

    // What the account knows of an address holds for all who send through it.
    const suppressed: WebhookEvent = {
      svixId: "msg_suppressed", type: "suppression.added", occurredAt: "2026-11-22T12:00:00Z", emailId: null, providerId: null,
      address: "user2@example.com", detail: null,
    };
    expect(await hearEverywhere(suppressed)).toEqual(["applied", "applied"]);
    for (const { sql } of projects) expect(await sql`select from private.suppressions where lifted_at is null`).toHaveLength(1);
  } finally {
    await other.drop();
  }
});
