import type { TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, drain } from "../harness/world.ts";
import { test } from "./database-test.ts";
import { createPostOffice } from "./post-office.ts";
test("timing", async ({ database }) => {
  const { sql } = database;
  let t = performance.now(); const lap = (n: string) => { console.log(n, Math.round(performance.now() - t)); t = performance.now(); };
  const [author, ...readers] = await addPeople(sql, 601); lap("people");
  for (const body of ["a1","b1","c1","d1","e1","f1"]) {
    const event = await addEvent(sql, { title: `Event of ${body}`, participants: [author!, ...readers] });
    await sql`insert into public.chat_messages (event_id, user_id, body) values (${event}, ${author!}, ${body})`;
  } lap("events");
  const office = createPostOffice(sql);
  await office.prepare(125); lap("prepare");
  for (;;) {
    const d = await office.deps.database.getPendingNotifications(40); lap("claim");
    if (d.length === 0) break;
    const { deliverDispatch } = await import("../../../packages/core/src/deliver-dispatch.ts");
    for (const x of d) await deliverDispatch(x, office.deps); lap("deliver");
  }
  await drain(office.deps); lap("drain");
});
