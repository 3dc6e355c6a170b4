import type { Sql } from "postgres";
import { addEvent, addPeople } from "../../supabase/tests/harness/world.ts";

export interface Person {
  id: string;
  handle: string;
  address: string;
}

export interface Room {
  id: string;
  /** Who writes and is told, members of the organization included. */
  people: Person[];
  /** Of them, who wants only what addresses them. */
  mentionsOnly: Set<Person>;
  organizer: Person;
  /** Transactions that are writing into it. */
  writers: number;
  /** Somebody joins: nobody writes meanwhile, so that it is clear who came first. */
  joining: boolean;
}

export interface House {
  people: Person[];
  rooms: Room[];
}

const WINDOWS = [0, 1, 1, 2];

/** People and events, everybody in several of them, windows of 0 to 2 seconds. */
export async function fillHouse(sql: Sql, { people: count, rooms: roomCount, perRoom }: { people: number; rooms: number; perRoom: number }): Promise<House> {
  const ids = await addPeople(sql, count);
  const people = ids.map((id, at) => ({ id, handle: `user${at + 1}`, address: `user${at + 1}@example.com` }));
  const rooms: Room[] = [];
  for (let at = 0; at < roomCount; at += 1) {
    const inRoom = Array.from({ length: perRoom }, (_, seat) => people[(at * 3 + seat * 2 + (seat >> 2)) % count]!).filter((person, seat, all) => all.indexOf(person) === seat);
    const [organizer, member, quiet, ...others] = inRoom as [Person, Person, Person, ...Person[]];
    const id = await addEvent(sql, {
      title: `Room ${at + 1}`,
      organizers: [organizer.id],
      members: [member.id],
      participants: [quiet, ...others].map((person) => person.id),
      window: WINDOWS[at % WINDOWS.length]!,
    });
    await sql`insert into public.event_notification_preferences (user_id, event_id, level) values (${quiet.id}, ${id}, 'mentions')`;
    rooms.push({ id, people: inRoom, mentionsOnly: new Set([quiet]), organizer, writers: 0, joining: false });
  }
  return { people, rooms };
}
