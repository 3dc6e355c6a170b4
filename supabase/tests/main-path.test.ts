import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "./harness/test-database.ts";
import { addEvent, addPeople, createDelivery, drain, later, post } from "./harness/world.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test("three messages in a window become one letter to everybody else, none before the window ends", async () => {
  const { sql } = database;
  const [organizer, ...others] = await addPeople(sql, 4);
  const event = await addEvent(sql, { organizers: [organizer!], participants: others.slice(0, 2), members: others.slice(2) });
  for (const body of ["Doors open at six.", "Bring a jacket.", "See you there!"]) await post(sql, event, organizer!, body);

  let clock = later(60);
  const { deps, simulator } = createDelivery(sql, () => clock);
  expect(await drain(deps)).toBe(0);

  clock = later(121);
  expect(await drain(deps)).toBe(3);
  const letters = simulator.accepted.all().map(({ wire }) => wire);
  expect(letters.map(({ to }) => to).flat().sort()).toEqual(["user2@example.com", "user3@example.com", "user4@example.com"]);
  for (const letter of letters) {
    for (const body of ["Doors open at six.", "Bring a jacket.", "See you there!"]) expect(letter.text).toContain(body);
  }
  const rows = await sql`select status, reason, count(*)::int from notifications group by 1, 2 order by 1`;
  expect([...rows]).toEqual([
    { status: "sent", reason: null, count: 3 },
    { status: "skipped", reason: "own_messages", count: 1 },
  ]);
});
