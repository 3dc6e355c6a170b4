import { type Author, type Story, timesOf } from "./story.ts";

/** What was written in a room, in whole bursts. A message's number is that of its act. */
export interface Room {
  event: number;
  messages: Message[];
  bursts: Burst[];
}

export interface Message {
  number: number;
  at: number;
  by: Author;
  mentions: number | null;
}

export interface Burst {
  announcement: boolean;
  messages: Message[];
  opened: number;
  closes: number;
  /** When people began to write again after twelve silent hours. */
  stirredAt: number;
}

const SILENCE = 12 * 3600_000;

/** The rooms of a story: a burst is open for its window, an organizer's @everyone is one of its own, and over at once. */
export function tellRooms(story: Story): Room[] {
  const times = timesOf(story);
  const rooms = story.windows.map((_, event): Room => ({ event, messages: [], bursts: [] }));
  for (const [number, act] of story.acts.entries()) {
    if (act.do !== "post") continue;
    const { messages, bursts } = rooms[act.event]!;
    const at = times[number]!;
    const message = { number, at, by: act.by, mentions: act.mentions };
    messages.push(message);
    const announcement = act.everyone && act.by === "organizer";
    const open = announcement ? undefined : bursts.find((burst) => !burst.announcement && burst.closes > at);
    if (open !== undefined) {
      open.messages.push(message);
      continue;
    }
    const before = bursts.at(-1);
    const silent = bursts.every(({ closes }) => closes <= at - SILENCE);
    const closes = at + (announcement ? 0 : story.windows[act.event]! * 1000);
    bursts.push({ announcement, messages: [message], opened: at, closes, stirredAt: silent ? at : before!.stirredAt });
  }
  return rooms;
}
