import { expect } from "vitest";
import { createResendSimulator } from "../../packages/resend-simulator/src/simulator.ts";
import { test } from "./concurrency/database-test.ts";
import { createPostOffice } from "./concurrency/post-office.ts";
import type { TestDatabase } from "./harness/test-database.ts";
import { addEvent, addPeople, post } from "./harness/world.ts";

/** A provider that keeps what it is asked, forgets keys as Resend does, and lives as long after now as the test says. */
function createRecordingProvider() {
  let seconds = 0;
  let afterAnswer = async () => {};
  const requests: { key: string | null; body: string }[] = [];
  const simulator = createResendSimulator({ requestsPerSecond: null, now: () => Date.now() + seconds * 1000 });
  return {
    requests,
    setClock: (secondsFromNow: number) => void (seconds = secondsFromNow),
    /** What happens once, when the next answer is on its way. */
    onNextAnswer: (act: () => Promise<void>) => void (afterAnswer = act),
    simulator: {
      ...simulator,
      async fetch(request: Request) {
        requests.push({ key: request.headers.get("idempotency-key"), body: await request.clone().text() });
        const response = await simulator.fetch(request);
        const act = afterAnswer;
        afterAnswer = async () => {};
        await act();
        return response;
      },
    },
  };
}

/** A worker sends alpha's letter and dies before it can say so; then everything the letter says changes. */
async function dieAfterSending({ sql, connect }: TestDatabase) {
  const provider = createRecordingProvider();
  const [ann, bob] = await addPeople(sql, 2);
  const event = await addEvent(sql, { participants: [ann!, bob!] });
  const message = await post(sql, event, ann!, "alpha");
  const dying = connect({ max: 1 });
  provider.onNextAnswer(() => dying.end());
  await expect(createPostOffice(dying, provider.simulator).deliver(125)).rejects.toMatchObject({ code: "CONNECTION_ENDED" });
  await sql`update public.chat_messages set body = 'changed' where id = ${message}`;
  await sql`update public.profiles set display_name = 'Somebody Else'`;
  await sql`update public.events set title = 'Another Title'`;
  await sql`update private.settings set app_url = 'https://elsewhere.example', product_name = 'Other'`;
  const office = createPostOffice(sql, provider.simulator);
  return {
    provider,
    office,
    async deliver(secondsFromNow: number) {
      provider.setClock(secondsFromNow);
      return office.deliver(secondsFromNow);
    },
  };
}

test("a dispatch whose lease ran out is sent again with the same bytes under the same key", async ({ database }) => {
  const { provider, office, deliver } = await dieAfterSending(database);
  await deliver(130);
  expect(provider.requests).toHaveLength(1);
  await deliver(125 + 130);
  expect(provider.requests).toHaveLength(2);
  expect(provider.requests[1]).toEqual(provider.requests[0]);
  expect(provider.requests[0]!.body).toContain("alpha");
  expect(office.letters(["alpha", "changed"])).toEqual({ user2: ["alpha"] });
  const [dispatch] = await database.sql`select status, outcome, attempt from private.dispatches`;
  expect(dispatch).toEqual({ status: "sent", outcome: "accepted", attempt: 2 });
});

test("a dispatch whose lease ran out so long ago that the provider forgot its key is left to a person", async ({ database }) => {
  const { provider, office, deliver } = await dieAfterSending(database);
  await deliver(125 + 25 * 3600);
  expect(provider.requests).toHaveLength(1);
  expect(office.letters(["alpha"])).toEqual({ user2: ["alpha"] });
  const rows = await database.sql`
    select status, reason from public.notifications where email_id is not null`;
  expect([...rows]).toEqual([{ status: "failed", reason: "outcome_unknown" }]);
});

test("a dispatch whose worker died before sending is sent under its own key, once", async ({ database }) => {
  const { sql } = database;
  const provider = createRecordingProvider();
  const [ann, bob] = await addPeople(sql, 2);
  await post(sql, await addEvent(sql, { participants: [ann!, bob!] }), ann!, "alpha");
  const office = createPostOffice(sql, provider.simulator);
  await office.prepare(125);
  const [claimed] = await office.deps.database.getPendingNotifications(100);
  await office.deliver(125 + 130);
  await office.deliver(125 + 300);
  expect(provider.requests.map(({ key }) => key)).toEqual([claimed!.id]);
  expect(office.letters(["alpha"])).toEqual({ user2: ["alpha"] });
});
