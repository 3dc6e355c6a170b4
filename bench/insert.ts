import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Sql } from "postgres";
import type { BenchServer } from "./bench-server.ts";
import { addAuthor, addCrowd, addEvents } from "./crowd.ts";
import { type Benchmark, type Comparison, percentile, timed, type Variant } from "./measure.ts";

const TEXT = "Does anybody know whether the doors open at seven or at half past seven?";

/** At once, into one event. */
const CLIENTS = [1, 8, 32];

interface Room {
  sql: Sql;
  event: string;
  author: string;
}

/** A message into an event whose burst is open, and one that opens it: against the same table without any trigger. */
export async function insertBenchmark(server: BenchServer, quick: boolean): Promise<Benchmark> {
  const sizes = quick ? [10, 1000] : [10, 1000, 10_000, 100_000];
  const ours = await server.createDatabase();
  await addCrowd(ours.sql, sizes.at(-1)!);
  const author = await addAuthor(ours.sql);
  const rooms: [number, Room][] = [];
  for (const size of sizes) rooms.push([size, { sql: ours.sql, author, event: (await addEvents(ours.sql, 1, size))[0]! }]);
  const plain = await server.createDatabase();
  const plainAuthor = await addAuthor(plain.sql);
  const plainRoom: Room = { sql: plain.sql, author: plainAuthor, event: (await addEvents(plain.sql, 1, 0))[0]! };
  await plain.sql`alter table public.chat_messages disable trigger on_chat_message_created`;
  const literal = await server.createDatabase("empty");
  const literalRooms = await layOutLiteralDesign(literal.sql, quick ? [10] : [10, 1000, 10_000]);

  const each = quick ? 50 : 400;
  const variants: Variant[] = [
    { name: "no trigger", run: () => warm(plainRoom, (room) => latencies("open burst", room, each)) },
    ...rooms.map(([size, room]): Variant => ({
      name: `ours, ${size} recipients`,
      run: () => warm(room, async (writer) => ({ ...(await latencies("open burst", writer, each)), ...(await openings(writer, quick ? 5 : 60)) })),
    })),
    ...literalRooms.map(([size, room]): Variant => ({
      name: `literal design, ${size} recipients`, run: () => warm(room, (writer) => latencies("open burst", writer, size > 1000 ? 5 : each)),
    })),
    ...CLIENTS.flatMap((clients): Variant[] => [
      { name: `no trigger, ${clients} clients`, run: async () => rate(plainRoom, clients, quick ? 200 : 6000) },
      { name: `ours, ${clients} clients`, run: async () => rate(rooms.find(([size]) => size === (quick ? 1000 : 10_000))![1], clients, quick ? 200 : 6000) },
    ]),
  ];
  return {
    name: "insert",
    about: "What a message costs its writer: an insert into an event whose burst is open, one that opens it, and many clients at once (10,000 recipients). Extra: beyond the same insert without a trigger, in the same round.",
    units: { "open burst, p50": "ms", "open burst, p95": "ms", "opening, p95": "ms", "extra p95": "ms", rate: "messages/s", "beside no trigger": "times" },
    variants,
    comparisons: [
      ...rooms.map(([size]): Comparison => ({ variant: `ours, ${size} recipients`, with: "no trigger", figure: "open burst, p95", as: "extra p95", by: "difference" })),
      ...CLIENTS.map((clients): Comparison => ({ variant: `ours, ${clients} clients`, with: `no trigger, ${clients} clients`, figure: "rate", as: "beside no trigger", by: "quotient" })),
    ],
    async close() {
      for (const database of [ours, plain, literal]) await database.drop();
    },
  };
}

const write = ({ sql, event, author }: Room) => sql`insert into chat_messages (event_id, user_id, body) values (${event}, ${author}, ${TEXT})`;

/** On one connection, which has planned: an app's pool keeps its connections, and each plans once. */
async function warm<T>(room: Room, work: (room: Room) => Promise<T>): Promise<T> {
  const connection = await room.sql.reserve();
  try {
    await write({ ...room, sql: connection });
    return await work({ ...room, sql: connection });
  } finally {
    connection.release();
  }
}

async function latencies(figure: string, room: Room, count: number): Promise<Record<string, number>> {
  const took: number[] = [];
  for (let i = 0; i < count; i += 1) took.push(await timed(async () => write(room)));
  return { [`${figure}, p50`]: percentile(took, 0.5), [`${figure}, p95`]: percentile(took, 0.95) };
}

async function openings(room: Room, count: number): Promise<Record<string, number>> {
  const took: number[] = [];
  for (let i = 0; i <= count; i += 1) {
    await room.sql`update private.bursts set settled_at = now(), fanned_out_at = now(), message_count = 1 where event_id = ${room.event} and settled_at is null`;
    const ms = await timed(async () => write(room));
    // The first one plans.
    if (i > 0) took.push(ms);
  }
  return { "opening, p95": percentile(took, 0.95) };
}

async function rate(room: Room, clients: number, messages: number): Promise<Record<string, number>> {
  const connections = await Promise.all(Array.from({ length: clients }, () => room.sql.reserve()));
  // As in `warm`: 32 that plan take as long as 500 messages.
  await Promise.all(connections.map((sql) => write({ ...room, sql })));
  let left = messages;
  const ms = await timed(() => Promise.all(connections.map(async (sql) => {
    while ((left -= 1) >= 0) await write({ ...room, sql });
  })));
  for (const connection of connections) connection.release();
  return { rate: (messages / ms) * 1000 };
}

async function layOutLiteralDesign(sql: Sql, sizes: number[]): Promise<[number, Room][]> {
  await sql.unsafe(await readFile(path.join(import.meta.dirname, "peers/literal-design.sql"), "utf8")).simple();
  await sql`insert into users (email) select 'person' || i || '@example.com' from generate_series(1, ${sizes.at(-1)!}) i`;
  const [author] = await sql<[{ id: string }]>`insert into users (email) values ('author@example.com') returning id`;
  const rooms: [number, Room][] = [];
  for (const size of sizes) {
    const [event] = await sql<[{ id: string }]>`insert into events (title) values (${`Event of ${size}`}) returning id`;
    await sql`insert into event_participants select ${event.id}, u.id from (select id from users order by id limit ${size}) u`;
    rooms.push([size, { sql, event: event.id, author: author.id }]);
  }
  await sql`vacuum analyze`;
  return rooms;
}
