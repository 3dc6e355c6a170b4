import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Sql } from "postgres";
import type { BenchServer } from "./bench-server.ts";
import { addAuthor, addCrowd, addEvents } from "./crowd.ts";
import { type Benchmark, type Comparison, percentile, timed, together, type Variant } from "./measure.ts";

const TEXT = "Does anybody know whether the doors open at seven or at half past seven?";

/** At once, into one event. */
const CLIENTS = [1, 8, 32];
/** How often the clients of one room give way to those of the next. */
const TURNS = 10;

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
  const crowd = quick ? 200 : 6000;
  const crowded = rooms.find(([size]) => size === (quick ? 1000 : 10_000))![1];
  const variants: Variant[] = [
    ...together(["no trigger", ...rooms.map(([size]) => `ours, ${size} recipients`)], async () => {
      const [withoutTrigger, ...open] = await latencies([plainRoom, ...rooms.map(([, room]) => room)], each);
      const figures = [withoutTrigger!];
      for (const [i, [, room]] of rooms.entries()) figures.push({ ...open[i], ...(await openings(room, quick ? 5 : 60)) });
      return figures;
    }),
    ...literalRooms.map(([size, room]): Variant => ({
      name: `literal design, ${size} recipients`, run: async () => (await latencies([room], size > 1000 ? 5 : each))[0]!,
    })),
    ...CLIENTS.flatMap((clients) => together([`no trigger, ${clients} clients`, `ours, ${clients} clients`], () => rates([plainRoom, crowded], clients, crowd))),
  ];
  return {
    name: "insert",
    about: `What a message costs its writer: an insert into an event whose burst is open, one that opens it, and many clients at once (10,000 recipients). Extra: beyond the same insert without a trigger; with and without take turns, message by message, with many clients every ${crowd / TURNS} messages.`,
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

/** Writers of each room, as many as there are clients, whose connections have planned: an app's pool keeps its connections, and each plans once. */
async function warm<T>(rooms: Room[], clients: number, work: (writers: Room[][]) => Promise<T>): Promise<T> {
  const writers = await Promise.all(rooms.map((room) => Promise.all(
    Array.from({ length: clients }, async () => ({ ...room, sql: await room.sql.reserve() })))));
  try {
    await Promise.all(writers.flat().map((writer) => write(writer)));
    return await work(writers);
  } finally {
    for (const { sql } of writers.flat()) sql.release();
  }
}

/** A message here, a message there: what else the machine does then meets all rooms alike. */
async function latencies(rooms: Room[], count: number): Promise<Record<string, number>[]> {
  return warm(rooms, 1, async (writers) => {
    const took = rooms.map((): number[] => []);
    for (let i = 0; i < count; i += 1) {
      for (const [place, [writer]] of writers.entries()) took[place]!.push(await timed(async () => write(writer!)));
    }
    return took.map((each) => ({ "open burst, p50": percentile(each, 0.5), "open burst, p95": percentile(each, 0.95) }));
  });
}

async function openings(room: Room, count: number): Promise<Record<string, number>> {
  return warm([room], 1, async (writers) => {
    const writer = writers[0]![0]!;
    const took: number[] = [];
    for (let i = 0; i <= count; i += 1) {
      await writer.sql`update private.bursts set settled_at = now(), fanned_out_at = now(), message_count = 1 where event_id = ${room.event} and settled_at is null`;
      const ms = await timed(async () => write(writer));
      // The first one plans.
      if (i > 0) took.push(ms);
    }
    return { "opening, p95": percentile(took, 0.95) };
  });
}

/** Clients at once into one room, then as many into the next, in turn. */
async function rates(rooms: Room[], clients: number, messages: number): Promise<Record<string, number>[]> {
  return warm(rooms, clients, async (crowds) => {
    const ms = rooms.map(() => 0);
    for (let turn = 0; turn < TURNS; turn += 1) {
      for (const [place, writers] of crowds.entries()) {
        let left = messages / TURNS;
        ms[place]! += await timed(() => Promise.all(writers.map(async (writer) => {
          while ((left -= 1) >= 0) await write(writer);
        })));
      }
    }
    return ms.map((all) => ({ rate: (messages / all) * 1000 }));
  });
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
