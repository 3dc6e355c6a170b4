import type { Operation, Scenario } from "./scenario.ts";

/** Everybody takes part in event 0, whose window is 120 s. */
const setting: Omit<Scenario, "operations"> = {
  begins: "2027-01-11T10:00:00Z",
  planner: "",
  windows: [120, 120, 120],
  consentRequired: [false, false],
  people: Array.from({ length: 6 }, () => ({ participates: ["member", "none", "none"], belongs: ["none", "none"] })),
};

const post = (mentions: number | null = null): Operation =>
  ({ do: "post", who: 0, event: 0, mentions, everyone: false, messages: 1 });
const wait = (seconds: number): Operation => ({ do: "wait", seconds });
const drain: Operation = { do: "drain" };
const DAY_AND_MORE = 26 * 3600;

/** A processor claims the burst's letters and goes silent. */
const claimAndStall = (where: "before sending" | "on its way" | "arrived"): Operation[] => [
  post(), wait(125), { do: "settle" }, { do: "fan out", page: 100 }, { do: "stall", batch: 100, where },
];

const cases: Record<string, Operation[]> = {
  "a mention's letter with a lost answer is not told again by its burst a day later": [
    post(1), wait(31), { do: "fail", faults: ["lost"] }, drain, wait(DAY_AND_MORE), drain,
  ],
  "letters refused for a moment go out a day later, when no processor ran meanwhile": [
    post(), wait(125), { do: "fail", faults: ["busy"] }, drain, wait(DAY_AND_MORE), drain,
  ],
  "a processor that wakes up a day after its claim sends nothing twice": [
    ...claimAndStall("before sending"), wait(DAY_AND_MORE), drain, { do: "resume" }, drain,
  ],
  "a letter with a lost answer, held by a silent processor at its last chance, is a person's to decide about": [
    post(), wait(125), { do: "fail", faults: ["unsent"] }, drain, wait(13 * 3600), { do: "stall", batch: 100, where: "before sending" },
    drain, wait(13 * 3600), drain,
  ],
  "a request that was overtaken by another attempt is not a second letter": [
    ...claimAndStall("on its way"), wait(1800), drain, { do: "resume" }, drain,
  ],
  "a request that is still being worked on is waited for": [
    ...claimAndStall("arrived"), wait(1800), drain, { do: "resume" }, drain,
  ],
  "what a digest must tell because it was late stays there when its reader's time zone changes": [
    post(), wait(DAY_AND_MORE), drain, { do: "zone", who: 1, timeZone: "Asia/Kathmandu" }, drain, wait(DAY_AND_MORE), drain,
  ],
  "what nobody processed for a day is the digest's, also for a reader who comes by, reads some of it and changes their time zone": [
    post(), post(), wait(DAY_AND_MORE), { do: "read", who: 1, event: 0, back: 1 }, { do: "zone", who: 1, timeZone: "Asia/Kathmandu" }, drain,
    wait(DAY_AND_MORE), drain,
  ],
  "two events' news in one letter are both settled with it, whatever the plan": [
    { do: "join", who: 1, place: 1, organizer: false }, post(), { do: "post", who: 2, event: 1, mentions: null, everyone: false, messages: 1 },
    wait(125), drain,
  ],
};

/** What the oracle has found before, or nearly; each is over in a moment. */
export const knownCases: [string, Scenario][] = Object.entries(cases).map(([name, operations]) => [
  name,
  { ...setting, operations },
]);
