import { expect } from "vitest";
import { createResendSimulator } from "../../../packages/resend-simulator/src/simulator.ts";
import { addCrowd } from "../concurrency/add-crowd.ts";
import { test } from "../concurrency/database-test.ts";
import { addEvent, addPeople, createDelivery, drain, later, post } from "../harness/world.ts";

const PROCESSORS = 8;
const RECIPIENTS = 20_000;

test("8 processors at once over 20,000 due recipients: each e-mail is accepted once", async ({ database }) => {
  const { sql, connectAs } = database;
  const [author] = await addPeople(sql, 1);
  const event = await addEvent(sql, { participants: [author!], window: 0 });
  await addCrowd(sql, event, RECIPIENTS);
  await post(sql, event, author!, "alpha");
  const now = later(3600);
  const simulator = createResendSimulator({ requestsPerSecond: null, maxEmails: RECIPIENTS + 1, now: () => now.getTime() });
  const processors = Array.from({ length: PROCESSORS }, () => ({
    ...createDelivery(connectAs("notifier", null, { max: 4 }), () => now, simulator).deps,
    // What letters look like is not the question here; rendering and parsing 200 MB would be most of the time.
    createRenderer: () => () => ({
      subject: "alpha", html: "<p>alpha</p>", htmlPieces: ["<p>alpha</p>"], text: "alpha", textPieces: ["alpha"], headers: {},
    }),
  }));
  const [first] = processors;
  while ((await first!.database.settleBursts()) + (await first!.database.continueFanOut()) > 0);
  // Nothing vacuums or analyzes the tests' databases by itself.
  await sql`analyze public.notifications`;

  const claimed = await Promise.all(processors.map((deps) => drain(deps, 400)));

  const accepted = simulator.accepted.all();
  expect(accepted).toHaveLength(RECIPIENTS);
  expect(new Set(accepted.map(({ wire }) => String(wire.to))).size).toBe(RECIPIENTS);
  expect(new Set(accepted.map(({ wire }) => wire.tags!.find(({ name }) => name === "email_id")!.value)).size).toBe(RECIPIENTS);
  expect(claimed.reduce((sum, letters) => sum + letters)).toBe(RECIPIENTS);
  expect(claimed.filter((letters) => letters > 0).length, "processors that had a part in it").toBe(PROCESSORS);
  const states = await sql`select status, count(*)::int from public.notifications where user_id <> ${author!} group by 1`;
  expect([...states]).toEqual([{ status: "sent", count: RECIPIENTS }]);
});
