import fc from "fast-check";
import type { Rhythm } from "./calendar.ts";

/** What somebody wants; null: what the organization says, or no such wish. Times as HH:MM. */
export interface Wishes {
  delivery: Rhythm | "immediate" | "off" | null;
  level: "all" | "mentions" | null;
  digestAt: string;
  weeklyOn: number;
  quiet: { from: string; until: string; exceptMentions: boolean } | null;
  lettersPerDay: number | null;
}

export interface Reader {
  zone: string;
  wishes: Wishes;
}

export type Author = "organizer" | "colleague";

/** What people do, `after` so many seconds. Readers, events and messages are numbers, modulo what there is. */
export type Act = { after: number } & (
  | { do: "post"; event: number; by: Author; mentions: number | null; everyone: boolean }
  | { do: "visit"; who: number; event: number; back: number }
  | { do: "wish"; who: number; wishes: Wishes }
  | { do: "move"; who: number; zone: string }
  | { do: "level"; who: number; event: number; level: "all" | "mentions" | "none" | null; mutedFor: number | null }
  | { do: "block"; who: number; blocked: boolean }
);

/** Some events of one organization, readers in all of them, and what happens. */
export interface Story {
  begins: string;
  /** Of each event, in seconds. Not under a minute unless 0: who is in the room is seen when a window ends. */
  windows: number[];
  byDefault: { delivery: "immediate" | "daily"; level: "all" | "mentions" };
  readers: Reader[];
  acts: Act[];
}

export const READERS = 3;

const who = fc.nat({ max: READERS - 1 });
const event = fc.constantFrom(0, 0, 0, 1, 2);

const wishes: fc.Arbitrary<Wishes> = fc.record({
  delivery: fc.constantFrom(null, null, "immediate" as const, "immediate" as const, "immediate" as const, "hourly" as const, "daily" as const, "weekly" as const, "off" as const),
  level: fc.constantFrom(null, null, null, "all" as const, "mentions" as const),
  digestAt: fc.constantFrom("08:00", "02:30", "18:45", "00:00"),
  weeklyOn: fc.integer({ min: 1, max: 7 }),
  quiet: fc.option(
    fc.record({ from: fc.constantFrom("22:00", "08:00", "12:30"), until: fc.constantFrom("07:00", "18:45", "00:00"), exceptMentions: fc.boolean() }),
    { freq: 2 },
  ),
  lettersPerDay: fc.option(fc.integer({ min: 1, max: 4 }), { freq: 2 }),
});
const zone = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "Australia/Lord_Howe", "Pacific/Kiritimati");

const SECOND = 1, MINUTE = 60, HOUR = 3600;
const after = fc.constantFrom(
  SECOND, 3 * SECOND, 20 * SECOND, 45 * SECOND, MINUTE, 125 * SECOND, 150 * SECOND, 5 * MINUTE, 11 * MINUTE, 40 * MINUTE,
  HOUR + MINUTE, 3 * HOUR, 7 * HOUR, 14 * HOUR, 26 * HOUR,
);
const soon = fc.constantFrom(SECOND, 3 * SECOND, 20 * SECOND, 45 * SECOND, 125 * SECOND, 11 * MINUTE);

const post = fc.record({
  do: fc.constant("post" as const),
  after: fc.oneof({ weight: 2, arbitrary: after }, { weight: 3, arbitrary: soon }),
  event,
  by: fc.constantFrom<Author>("organizer", "colleague", "colleague"),
  mentions: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: who }),
  everyone: fc.integer({ min: 0, max: 9 }).map((die) => die === 0),
});

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 24, arbitrary: post },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("visit" as const), after, who, event, back: fc.constantFrom(0, 0, 1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wish" as const), after, who, wishes }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("move" as const), after, who, zone }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("level" as const), after, who, event,
      level: fc.constantFrom(null, "all" as const, "mentions" as const, "none" as const),
      mutedFor: fc.constantFrom(null, null, 10 * MINUTE, 30 * HOUR),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("block" as const), after, who, blocked: fc.boolean() }) },
);

export const stories: fc.Arbitrary<Story> = fc.record({
  // Ordinary days, and days before clocks change in Berlin, New York and Auckland.
  begins: fc.constantFrom("2027-01-11T09:00:00Z", "2027-01-14T21:30:00Z", "2027-03-27T20:00:00Z", "2027-10-30T20:00:00Z", "2027-11-06T22:00:00Z", "2027-09-25T06:00:00Z"),
  windows: fc.tuple(fc.constantFrom(120, 120, 0), fc.constantFrom(120, 0), fc.constantFrom(120, 3600)).map((windows) => [...windows]),
  byDefault: fc.record({ delivery: fc.constantFrom("immediate" as const, "immediate" as const, "daily" as const), level: fc.constantFrom("all" as const, "all" as const, "mentions" as const) }),
  readers: fc.array(fc.record({ zone, wishes }), { minLength: READERS, maxLength: READERS }),
  acts: fc.array(act, { minLength: 1, maxLength: 40, size: "max" }),
});

/** When each act happens, in ms: no two at once, and none on a whole second as slots are. */
export function timesOf({ begins, acts }: Story): number[] {
  let seconds = Date.parse(begins) / 1000;
  return acts.map(({ after: pause }, place) => (seconds += pause) * 1000 + place + 1);
}
