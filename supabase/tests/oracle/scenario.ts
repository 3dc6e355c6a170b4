import fc from "fast-check";
import type { Level, Wishes } from "./history.ts";

/** Events 0 and 1 belong to organization 0, event 2 to organization 1. */
export const ORGANIZATION_OF_EVENT = [0, 0, 1];
export const ORGANIZATIONS = 2;
export const PEOPLE = 6;

export type Role = "none" | "member" | "organizer";

/** What the world is before anything happens. Everything is small numbers, so that a failing case shrinks well. */
export interface Scenario {
  /** A moment to begin at. */
  begins: string;
  /** What the processors' database may not use, so that plans of other sizes of data come up: results must not depend on them. */
  planner: string;
  /** Of each event, in seconds. */
  windows: number[];
  /** Of each organization: mails only people who agreed. */
  consentRequired: boolean[];
  /** Per person: in each event, in each organization. */
  people: { participates: Role[]; belongs: Role[] }[];
  operations: Operation[];
}

/** What people do. Numbers count modulo what there is. */
export type Act =
  | { do: "post"; who: number | null; event: number; mentions: number | null; everyone: boolean; messages: number }
  | { do: "edit" | "delete"; message: number }
  | { do: "join"; who: number; place: number; organizer: boolean }
  | { do: "leave"; who: number; place: number }
  | { do: "read"; who: number; event: number; back: number }
  | { do: "wish"; who: number; wishes: Wishes }
  | { do: "zone"; who: number; timeZone: string }
  | { do: "level"; who: number; event: number; level: Level }
  | { do: "mute"; who: number; event: number; seconds: number | null }
  | { do: "block"; who: number; whom: number; yes: boolean }
  | { do: "suppress" | "confirm" | "consent"; who: number; yes: boolean };

export type Fault = "lost" | "unsent" | "busy" | "refused" | "rejected";

export type Finish = { do: "finish"; transaction: number; commit: boolean };

/** Before its request, with the request on its way, or with the request at the provider. */
export type Silence = "before sending" | "on its way" | "arrived";

export type Operation =
  | Act
  /** A message in a transaction that stays open; opens it if need be. */
  | { do: "write"; transaction: number; post: Extract<Act, { do: "post" }> }
  | Finish
  | { do: "wait"; seconds: number }
  | { do: "drain" }
  | { do: "settle" }
  | { do: "fan out"; page: number }
  | { do: "pass"; batch: number; page: number }
  /** Several processors at once, and people beside them. */
  | { do: "together"; processors: number; batch: number; page: number; acts: (Act | Finish)[] }
  /** What becomes of the next requests to the provider. */
  | { do: "fail"; faults: Fault[] }
  /** A processor that claims and then goes silent. */
  | { do: "stall"; batch: number; where: Silence }
  | { do: "resume" };

const who = fc.nat({ max: PEOPLE - 1 });
const event = fc.nat({ max: 2 });

const post: fc.Arbitrary<Extract<Act, { do: "post" }>> = fc.record({
  do: fc.constant("post" as const),
  who: fc.oneof({ weight: 11, arbitrary: who }, { weight: 1, arbitrary: fc.constant(null) }),
  event,
  mentions: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: who }),
  everyone: fc.oneof({ weight: 11, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  messages: fc.oneof({ weight: 12, arbitrary: fc.integer({ min: 1, max: 2 }) }, { weight: 1, arbitrary: fc.integer({ min: 11, max: 14 }) }),
});

const wishes: fc.Arbitrary<Wishes> = fc.record({
  delivery: fc.constantFrom("immediate", "immediate", "immediate", "immediate", "daily", "daily", "daily", "hourly", "hourly", "weekly", "off", "off"),
  level: fc.constantFrom(null, null, null, "all", "mentions"),
  digestAt: fc.constantFrom("08:00", "20:15", "00:30"),
});

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: post },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("edit" as const, "delete" as const), message: fc.nat({ max: 30 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("join" as const), who, place: fc.nat({ max: 4 }), organizer: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("leave" as const), who, place: fc.nat({ max: 4 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("read" as const), who, event, back: fc.constantFrom(0, 0, 1, 2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wish" as const), who, wishes }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("zone" as const),
      who,
      timeZone: fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("level" as const), who, event, level: fc.constantFrom<Level>("all", "mentions", "none", null) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("mute" as const), who, event, seconds: fc.constantFrom(null, 60, 3600, 24 * 3600) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("block" as const), who, whom: who, yes: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("suppress" as const, "confirm" as const, "consent" as const), who, yes: fc.boolean() }) },
);

const finish: fc.Arbitrary<Finish> = fc.record({
  do: fc.constant("finish" as const),
  transaction: fc.nat({ max: 2 }),
  commit: fc.integer({ min: 0, max: 3 }).map((die) => die > 0),
});

const batch = fc.constantFrom(1, 2, 100);
const page = fc.constantFrom(1, 3, 10_000);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 24, arbitrary: act },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("write" as const), transaction: fc.nat({ max: 2 }), post }) },
  { weight: 3, arbitrary: finish },
  { weight: 9, arbitrary: fc.record({ do: fc.constant("wait" as const), seconds: fc.constantFrom(1, 10, 31, 31, 125, 125, 125, 1800, 5 * 3600, 13 * 3600, 26 * 3600) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("drain" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("settle" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("fan out" as const), page }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("pass" as const), batch, page }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("together" as const), processors: fc.integer({ min: 1, max: 3 }), batch, page, acts: fc.array(fc.oneof({ weight: 6, arbitrary: act }, { weight: 1, arbitrary: finish }), { maxLength: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("fail" as const), faults: fc.array(fc.constantFrom<Fault>("lost", "lost", "unsent", "busy", "refused", "refused", "rejected"), { minLength: 1, maxLength: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("stall" as const), batch, where: fc.constantFrom<Silence>("before sending", "on its way", "arrived") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("resume" as const) }) },
);

const role = fc.constantFrom<Role>("none", "member", "member", "organizer");

export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  // An ordinary day, and days before clocks change in Berlin, New York and Auckland.
  begins: fc.constantFrom("2027-01-11T10:00:00Z", "2027-03-27T21:00:00Z", "2027-11-06T23:00:00Z", "2027-09-25T06:00:00Z"),
  planner: fc.constantFrom("", "nestloop", "hashjoin mergejoin", "hashjoin mergejoin indexscan bitmapscan", "nestloop seqscan material"),
  windows: fc.tuple(fc.constantFrom(120, 0), fc.constantFrom(120, 0, 45), fc.constantFrom(120, 3600)).map((windows) => [...windows]),
  consentRequired: fc.constantFrom([false, false], [false, false], [false, true], [true, false]),
  people: fc.array(
    fc.record({ participates: fc.array(role, { minLength: 3, maxLength: 3 }), belongs: fc.array(fc.constantFrom<Role>("none", "none", "member", "organizer"), { minLength: 2, maxLength: 2 }) }),
    { minLength: PEOPLE, maxLength: PEOPLE },
  ),
  operations: fc.array(operation, { maxLength: 80, size: "max" }),
});
