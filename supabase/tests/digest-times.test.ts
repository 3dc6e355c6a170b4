import { expect } from "vitest";
import type { Sql } from "postgres";
import { test } from "./concurrency/database-test.ts";
import { createDelivery, addEvent, addPeople, drain, post } from "./harness/world.ts";

const dueAt = async (sql: Sql, digestAt: string, zone: string, readyAt: string) => {
  const [row] = await sql<[{ at: Date }]>`
    select private.next_digest_at('daily', ${digestAt}, null, ${zone}, ${readyAt}) as at`;
  return row.at.toISOString().replace(".000Z", "Z");
};

test("a digest is due at the reader's hour by the reader's clock, on days the clocks change too", async ({ database: { sql } }) => {
  for (const [zone, digestAt, readyAt, due] of [
    ["UTC", "08:00", "2027-01-10T07:59:59Z", "2027-01-10T08:00:00Z"],
    ["UTC", "08:00", "2027-01-10T08:00:00Z", "2027-01-10T08:00:00Z"],
    ["UTC", "08:00", "2027-01-10T08:00:01Z", "2027-01-11T08:00:00Z"],
    ["Pacific/Kiritimati", "08:00", "2027-01-10T17:00:00Z", "2027-01-10T18:00:00Z"],
    ["Pacific/Pago_Pago", "08:00", "2027-01-10T18:00:00Z", "2027-01-10T19:00:00Z"],
    ["Asia/Kolkata", "08:00", "2027-01-10T02:30:00Z", "2027-01-10T02:30:00Z"],
    ["America/New_York", "08:00", "2027-07-10T12:30:00Z", "2027-07-11T12:00:00Z"],
    // Berlin, 28 March 2027: 02:00 is 03:00, so 08:00 comes an hour earlier than the day before, and 02:30 is 03:30.
    ["Europe/Berlin", "08:00", "2027-03-27T07:00:01Z", "2027-03-28T06:00:00Z"],
    ["Europe/Berlin", "02:30", "2027-03-27T01:30:01Z", "2027-03-28T01:30:00Z"],
    ["Europe/Berlin", "02:30", "2027-03-28T01:30:01Z", "2027-03-29T00:30:00Z"],
    // Berlin, 31 October 2027: 03:00 is 02:00 again. Of two 02:30 the second counts, once.
    ["Europe/Berlin", "08:00", "2027-10-30T06:00:01Z", "2027-10-31T07:00:00Z"],
    ["Europe/Berlin", "02:30", "2027-10-30T23:00:00Z", "2027-10-31T01:30:00Z"],
    ["Europe/Berlin", "02:30", "2027-10-31T00:45:00Z", "2027-10-31T01:30:00Z"],
    ["Europe/Berlin", "02:30", "2027-10-31T01:30:01Z", "2027-11-01T01:30:00Z"],
    // Santiago, 4 September 2027: midnight is 01:00.
    ["America/Santiago", "00:00", "2027-09-04T12:00:00Z", "2027-09-05T04:00:00Z"],
  ] as const) {
    expect(await dueAt(sql, digestAt, zone, readyAt), `${digestAt} in ${zone} after ${readyAt}`).toBe(due);
  }
});

/** Digest readers at 02:30 in Berlin and 08:00 in Kolkata; a message's burst closes at that moment. Who has mail when? */
async function digestsAfter(sql: Sql, closesAt: string, moments: readonly string[]) {
  const [ann, berlin, kolkata] = await addPeople(sql, 3);
  await sql`update public.profiles set time_zone = 'Europe/Berlin' where user_id = ${berlin!}`;
  await sql`update public.profiles set time_zone = 'Asia/Kolkata' where user_id = ${kolkata!}`;
  await sql`
    insert into public.notification_preferences (user_id, delivery, digest_at)
    values (${berlin!}, 'daily', '02:30'), (${kolkata!}, 'daily', '08:00')`;
  const event = await addEvent(sql, { participants: [ann!, berlin!, kolkata!] });
  await post(sql, event, ann!, "alpha");
  await sql`update private.bursts set closes_at = ${closesAt}`;
  await sql`delete from public.notifications`;
  let clock = new Date(closesAt);
  const { deps, simulator } = createDelivery(sql, () => clock);
  const delivered: Record<string, string[]> = {};
  for (const moment of [closesAt, ...moments]) {
    clock = new Date(moment);
    const before = simulator.accepted.totals.emails;
    await drain(deps);
    delivered[moment] = simulator.accepted.all().slice(before).map(({ wire }) => String(wire.to));
  }
  const kinds = await sql`select distinct kind from public.emails`;
  return { delivered, kinds: kinds.map(({ kind }) => kind) };
}

test("on the day the clocks go forward each digest comes once, at its hour", async ({ database: { sql } }) => {
  const day = ["2027-03-28T01:29:59Z", "2027-03-28T01:30:00Z", "2027-03-28T02:29:59Z", "2027-03-28T02:30:00Z", "2027-03-29T00:30:00Z"];
  expect(await digestsAfter(sql, "2027-03-27T22:00:00Z", day)).toEqual({
    delivered: {
      "2027-03-27T22:00:00Z": [], [day[0]!]: [], [day[1]!]: ["user2@example.com"], [day[2]!]: [], [day[3]!]: ["user3@example.com"], [day[4]!]: [],
    },
    kinds: ["digest"],
  });
});

test("on the day the clocks go back a digest at the hour that comes twice comes once", async ({ database: { sql } }) => {
  const day = ["2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z", "2027-10-31T02:30:00Z", "2027-11-01T01:30:00Z"];
  expect(await digestsAfter(sql, "2027-10-30T22:00:00Z", day)).toEqual({
    delivered: {
      "2027-10-30T22:00:00Z": [], [day[0]!]: [], [day[1]!]: ["user2@example.com"], [day[2]!]: ["user3@example.com"], [day[3]!]: [],
    },
    kinds: ["digest"],
  });
});
