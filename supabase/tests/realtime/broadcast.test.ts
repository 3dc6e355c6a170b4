import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Sql } from "postgres";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { prepareDatabase } from "../../../apps/local/src/prepare-database.ts";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, post } from "../harness/world.ts";

let home: TestDatabase;
let sql: Sql;
let people: string[];
let event: string;
let otherEvent: string;

beforeAll(async () => {
  home = await createTestDatabase();
  await home.sql`create database with_realtime`;
  sql = home.connect({ database: "with_realtime", max: 1 });
  await sql.unsafe(readFileSync(new URL("stand-in.sql", import.meta.url), "utf8")).simple();
  const url = new URL(home.url);
  url.pathname = "/with_realtime";
  await prepareDatabase({ url: url.href, migrations: fileURLToPath(new URL("../../migrations", import.meta.url)), embedded: true });
  people = await addPeople(sql, 200);
  event = await addEvent(sql, { participants: people.slice(0, 100) });
  otherEvent = await addEvent(sql, { title: "Elsewhere", participants: people.slice(50) });
});
afterAll(async () => {
  await sql?.end();
  await home.sql`drop database with_realtime with (force)`;
  await home.drop();
});
beforeEach(() => sql`truncate realtime.messages`);

const broadcasts = () => sql`select topic, event, payload, private from realtime.messages order by id`;

/** What somebody hears who subscribes to a topic: Realtime asks the policies with the topic set. */
async function heardBy(person: string, topic: string): Promise<number> {
  return await sql.begin(async (transaction) => {
    await transaction`select set_config('request.jwt.claim.sub', ${person}, true), set_config('realtime.topic', ${topic}, true)`;
    await transaction`set local role authenticated`;
    return (await transaction`select from realtime.messages where topic = ${topic}`).count;
  }) as number;
}

test("a message is one broadcast to its event, however many people hear it, and says nothing of its text", async () => {
  const id = await post(sql, event, people[0]!, "a secret among a hundred");
  expect([...await broadcasts()]).toEqual([
    { topic: `event:${event}`, event: "message_posted", payload: { event_id: event, message_id: Number(id), messages: 1 }, private: true },
  ]);
});

test("a statement with many messages is one broadcast an event; an edit is another kind", async () => {
  await sql`
    insert into public.chat_messages (event_id, user_id, body)
    select case when i % 2 = 0 then ${event}::uuid else ${otherEvent}::uuid end, ${people[60]!}, 'message ' || i from generate_series(1, 100) i`;
  expect((await broadcasts()).map(({ topic, payload }) => [topic, payload.messages])).toEqual(
    [event, otherEvent].sort().map((id) => [`event:${id}`, 50]));
  await sql`truncate realtime.messages`;
  await sql`update public.chat_messages set body = 'edited' where event_id = ${event}`;
  expect((await broadcasts()).map((row) => row.event)).toEqual(["message_changed"]);
});

test("only people of the event hear it, under no other topic, and nobody may send", async () => {
  await post(sql, event, people[0]!, "for us");
  expect(await heardBy(people[10]!, `event:${event}`)).toBe(1);
  expect(await heardBy(people[150]!, `event:${event}`)).toBe(0);
  expect(await heardBy(people[10]!, `event:${event}'; --`)).toBe(0);
  expect(await heardBy(people[10]!, "event:nonsense")).toBe(0);
  await expect(sql.begin(async (transaction) => {
    await transaction`select set_config('request.jwt.claim.sub', ${people[10]!}, true), set_config('realtime.topic', ${`event:${event}`}, true)`;
    await transaction`set local role authenticated`;
    await transaction`insert into realtime.messages (topic, extension, event) values (${`event:${event}`}, 'broadcast', 'message_posted')`;
  })).rejects.toThrow(/row-level security/);
});

test("a broadcast that fails leaves the message in place and an incident for operators", async () => {
  await sql`set realtime.broken = 'yes'`;
  const id = await post(sql, event, people[0]!, "said all the same");
  await sql`reset realtime.broken`;
  expect((await broadcasts()).count).toBe(0);
  expect((await sql`select from public.chat_messages where id = ${id}`).count).toBe(1);
  expect((await sql`select from private.untold_messages where message_id = ${id}`).count).toBe(1);
  expect(await sql`select step, event_id, message from private.incidents`).toMatchObject([{ step: "broadcast", event_id: event, message: expect.stringContaining("no partition") }]);
});

test("without Realtime there are no triggers that would cost a message time", async () => {
  const triggers = (database: Sql) => database`select tgname from pg_trigger where tgname like '%broadcast%'`;
  expect((await triggers(sql)).count).toBe(2);
  expect((await triggers(home.sql)).count).toBe(0);
});
