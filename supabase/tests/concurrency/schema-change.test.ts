import { expect } from "vitest";
import type { TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, post } from "../harness/world.ts";
import { breakRule } from "./break-rule.ts";
import { test } from "./database-test.ts";
import { incidentsSeen } from "./planted-fault.ts";
import { createPostOffice } from "./post-office.ts";

/** user1 posts, mentioning user2, who wants mentions only, while a schema change holds a table of ours, and the change ends only after the message is in. */
async function postUnderLock(database: TestDatabase, table: string, patienceMs: number) {
  const { sql, connect, connectAs } = database;
  const [ann, bob, operator] = await addPeople(sql, 3);
  const event = await addEvent(sql, { participants: [ann!, bob!] });
  await sql`insert into public.event_notification_preferences (user_id, event_id, level) values (${bob!}, ${event}, 'mentions')`;
  const change = connect({ max: 1 });
  await change.unsafe(`begin; lock table ${table} in access exclusive mode`);
  const chat = connectAs("authenticated", ann!, { connection: { statement_timeout: patienceMs } });
  await post(chat, event, ann!, "@user2 alpha");
  const incidents = await incidentsSeen(database, operator!, bob!);
  await change.unsafe("commit");
  const office = createPostOffice(sql);
  await office.deliver(250);
  return { incidents, letters: office.letters(["alpha"]) };
}

for (const [table, steps] of Object.entries({
  "private.bursts": ["open 55P03"],
  "public.notifications": ["mention 55P03", "open 55P03"],
})) {
  test(`while a schema change holds ${table} messages go in, operators see it, and they are told once afterwards`, async ({ database }) => {
    expect(await postUnderLock(database, table, 20_000)).toEqual({
      incidents: { operator: steps, other: [] },
      letters: { user2: ["alpha"] },
    });
  });

  test(`broken on purpose: without a limit to waiting the chat waits as long as ${table} is held`, async ({ database }) => {
    for (const step of ["notice_messages", "open_burst"]) await breakRule(database.sql, `private.${step}`, " nowait", "");
    await breakRule(database.sql, "private.notice_messages", /SET lock_timeout TO '\d+ms'/, "");
    await expect(postUnderLock(database, table, 300)).rejects.toMatchObject({ code: "57014" });
  });
}
