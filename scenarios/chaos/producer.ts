import { setTimeout as wait } from "node:timers/promises";
import type { Sql } from "postgres";
import type { House, Person, Room } from "./house.ts";
import type { ScratchDatabase } from "./scratch-database.ts";
import { createSturdyConnection } from "./sturdy-connection.ts";
import { type Tally, tokenOf } from "./tally.ts";

export interface ProducerOptions {
  database: ScratchDatabase;
  house: House;
  tally: Tally;
  /** One stream of chance for each writer; their number is the number of connections. */
  randoms: (() => number)[];
  /** Mean pause of a writer between two transactions. */
  pauseMs: number;
}

export interface Producer {
  /** Transactions whose commit was not answered. */
  doubts(): number;
  /** Lets the writers finish, finds out what became of everything, then resolves. */
  stop(): Promise<void>;
}

/**
 * A letter shows ten messages of an event and counts the others; fewer wait in a room at any time, so that every letter
 * shows everything it tells.
 */
const MOST_IN_ROOM = 7;
/** Joining goes on until then. */
const MOST_PEOPLE = 14;

interface Draft {
  room: Room;
  author: Person;
  token: string;
  body: string;
}

/** Writers at work, each on a connection of its own: one message, several, several rooms, late commits, mentions. */
export function startProducer({ database, house, tally, randoms, pauseMs }: ProducerOptions): Producer {
  let stopping = false;
  let count = 0;
  let doubts = 0;

  function draft(room: Room, random: () => number): Draft {
    const pick = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)]!;
    const kind = random();
    const announcement = kind < 0.04;
    const author = announcement ? room.organizer : pick(room.people);
    const mentioned = kind >= 0.04 && kind < 0.25 ? [pick(house.people), pick(room.people)].slice(0, 1 + Math.floor(random() * 2)) : [];
    const token = tokenOf((count += 1));
    const body = ["See", announcement ? "@everyone" : "", ...mentioned.map(({ handle }) => `@${handle}`), token].filter((word) => word !== "").join(" ");
    const readers = room.people.filter(
      (person) => person !== author && (announcement || mentioned.includes(person) || !room.mentionsOnly.has(person)),
    );
    tally.announce(token, room.id, readers.map(({ address }) => address));
    return { room, author, token, body };
  }

  /** What one transaction writes; nothing when the rooms are full. */
  function draftTransaction(random: () => number): Draft[] {
    const shape = random();
    const count = shape < 0.6 ? 1 : shape < 0.8 ? 3 : 2;
    const first = Math.floor(random() * house.rooms.length);
    const drafts: Draft[] = [];
    for (let at = 0; at < count; at += 1) {
      // Up to 0.8 in one room, beyond that in rooms that lie side by side.
      const room = house.rooms[(first + (shape < 0.8 ? 0 : at)) % house.rooms.length]!;
      if (!room.joining && tally.outstanding(room.id) < MOST_IN_ROOM) drafts.push(draft(room, random));
    }
    return drafts;
  }

  async function write(sql: Sql, drafts: Draft[], random: () => number): Promise<void> {
    const isolation = random() < 0.1 ? "isolation level repeatable read" : "";
    const lateMs = random() < 0.2 ? 300 + random() * 2_500 : 0;
    const atOnce = random() < 0.3;
    const rows = drafts.map(({ room, author, body }) => ({ event_id: room.id, user_id: author.id, body }));
    await sql.begin(isolation, async (transaction) => {
      for (const some of atOnce ? [rows] : rows.map((row) => [row])) await transaction`insert into public.chat_messages ${transaction(some)}`;
      await wait(lateMs);
    });
  }

  /** The answer to a commit got lost, or there never was one: the messages are there, all of them, or they are not. */
  async function findOut(drafts: Draft[]): Promise<void> {
    doubts += 1;
    await wait(500);
    const bodies = drafts.map(({ body }) => body);
    const found = await database.persist((sql) => sql`select from public.chat_messages where body = any(${bodies})`);
    if (found.length !== 0 && found.length !== drafts.length) throw new Error(`Half of a transaction is there: ${bodies.join(", ")}.`);
    for (const { token } of drafts) tally.decide(token, found.length > 0);
  }

  async function join(room: Room, random: () => number): Promise<void> {
    const strangers = house.people.filter((person) => !room.people.includes(person));
    const person = strangers[Math.floor(random() * strangers.length)];
    if (person === undefined || room.people.length >= MOST_PEOPLE || room.writers > 0 || room.joining) return;
    room.joining = true;
    await database.persist((sql) => sql`insert into public.event_participants (event_id, user_id) values (${room.id}, ${person.id}) on conflict do nothing`);
    room.people.push(person);
    room.joining = false;
  }

  async function work(random: () => number): Promise<void> {
    const connection = createSturdyConnection(database.url, "chaos writer");
    while (!stopping) {
      await wait(random() * 2 * pauseMs);
      if (random() < 0.02) await join(house.rooms[Math.floor(random() * house.rooms.length)]!, random);
      const drafts = draftTransaction(random);
      if (drafts.length === 0) continue;
      for (const { room } of drafts) room.writers += 1;
      try {
        await connection.run((sql) => write(sql, drafts, random));
        for (const { token } of drafts) tally.decide(token, true);
      } catch {
        await findOut(drafts);
      }
      for (const { room } of drafts) room.writers -= 1;
    }
    await connection.end();
  }

  const working = Promise.all(randoms.map((random) => work(random)));
  return {
    doubts: () => doubts,
    async stop() {
      stopping = true;
      await working;
    },
  };
}
