import { expect } from "vitest";
import type { TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, post } from "../harness/world.ts";
import { breakRule } from "./break-rule.ts";
import { test } from "./database-test.ts";
import { createPostOffice } from "./post-office.ts";

const BODIES = ["alpha", "bravo"];

/** alpha takes the smaller id and commits last: after bravo was posted, and after `between` happened. */
async function commitInReverse(
  { sql, connect }: TestDatabase,
  { alpha = "alpha", between }: { alpha?: string; between: (office: ReturnType<typeof createPostOffice>, event: string, bravo: string, reader: string) => Promise<unknown> },
) {
  const [ann, bob, cem] = await addPeople(sql, 3);
  const event = await addEvent(sql, { participants: [ann!, bob!, cem!] });
  const slow = connect({ max: 1 });
  await slow.unsafe("begin");
  const first = await post(slow, event, ann!, alpha);
  const second = await post(sql, event, bob!, "bravo");
  expect(BigInt(first)).toBeLessThan(BigInt(second));
  const office = createPostOffice(sql);
  await between(office, event, second, cem!);
  await slow.unsafe("commit");
  await office.deliver(250);
  return office.letters(BODIES).user3 ?? [];
}

const tellBravo = (office: ReturnType<typeof createPostOffice>) => office.deliver(125);

function readBravo({ connectAs }: TestDatabase) {
  return (_office: unknown, event: string, bravo: string, reader: string) =>
    connectAs("authenticated", reader)`select public.mark_event_read(${event}, ${bravo})`;
}

test("a message that commits after one with a larger id was told is told", async ({ database }) => {
  expect(await commitInReverse(database, { between: tellBravo })).toEqual(["bravo", "alpha"]);
});

test("broken on purpose: settling that goes by a cursor over ids loses what commits behind it", async ({ database }) => {
  await breakRule(
    database.sql,
    "private.settle_locked_bursts",
    "and u.announcement = t.announcement\n",
    "and u.announcement = t.announcement and u.message_id > coalesce((select max(m.message_id) from private.burst_messages m), 0)\n",
  );
  expect(await commitInReverse(database, { between: tellBravo })).toEqual(["bravo"]);
});

test("a message that commits below a read mark set before is told, the read one is not", async ({ database }) => {
  expect(await commitInReverse(database, { between: readBravo(database) })).toEqual(["alpha"]);
});

test("a mention that commits below a read mark set before is told", async ({ database }) => {
  expect(await commitInReverse(database, { alpha: "@user3 alpha", between: readBravo(database) })).toEqual(["alpha"]);
});

test("broken on purpose: a read mark that compares ids only swallows what commits below it", async ({ database }) => {
  await breakRule(database.sql, "private.is_read", " AND pg_visible_in_snapshot(posted_in, read_snapshot)", "");
  expect(await commitInReverse(database, { between: readBravo(database) })).toEqual([]);
});
