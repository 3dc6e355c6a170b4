import type { Act, Story, Wishes } from "./story.ts";

const MINUTE = 60;
const HOUR = 3600;

const plain: Wishes = { delivery: "immediate", level: null, digestAt: "08:00", weeklyOn: 3, quiet: null, lettersPerDay: null };

type What<Kind extends Act["do"]> = Omit<Extract<Act, { do: Kind }>, "do" | "after">;
const post = (after: number, what: Partial<What<"post">> = {}): Act =>
  ({ do: "post", after, event: 0, by: "colleague", mentions: null, everyone: false, ...what });
const visit = (after: number, what: Partial<What<"visit">> = {}): Act => ({ do: "visit", after, who: 0, event: 0, back: 0, ...what });
const wish = (after: number, who: number, wishes: Wishes): Act => ({ do: "wish", after, who, wishes });

/** One story in which every rule of a reader's rhythm decides about some letter: quick to tell, for rules broken on purpose. */
export const busyWeek: Story = {
  // A Monday.
  begins: "2027-01-11T09:00:00Z",
  windows: [120, 0, 3600],
  byDefault: { delivery: "immediate", level: "all" },
  readers: [
    { zone: "UTC", wishes: plain },
    { zone: "Europe/Berlin", wishes: { ...plain, quiet: { from: "22:00", until: "07:00", exceptMentions: true }, lettersPerDay: 4 } },
    { zone: "Asia/Kathmandu", wishes: { ...plain, delivery: "hourly" } },
  ],
  acts: [
    // Three letters further and further apart, mentions and announcements between them.
    post(1), post(5 * MINUTE), post(61 * MINUTE), post(20 * MINUTE, { mentions: 0 }), post(MINUTE, { by: "organizer", everyone: true }),
    // A visit that leaves some of it unread, then one who is in the room.
    visit(10 * MINUTE, { back: 3 }), post(11 * MINUTE), post(4 * MINUTE), visit(20), post(20, { mentions: 0 }),
    // More mentions than an hour takes, where no burst is open and where one is.
    ...[0, 1, 2, 3, 4, 5, 6].map(() => post(MINUTE, { event: 1, mentions: 0 })),
    post(MINUTE, { event: 1, by: "organizer", everyone: true }),
    ...[0, 1, 2, 3, 4, 5, 6].map(() => post(MINUTE, { event: 2, mentions: 1 })),
    // Blocked and muted for a while.
    { do: "block", after: 2 * HOUR, who: 0, blocked: true }, visit(HOUR, { event: 1 }), post(5 * MINUTE, { event: 1 }), post(MINUTE, { event: 1, by: "organizer" }),
    { do: "block", after: 5 * MINUTE, who: 0, blocked: false },
    { do: "level", after: MINUTE, who: 0, event: 2, level: null, mutedFor: 2 * HOUR }, post(5 * MINUTE, { event: 2 }),
    // The evening: quiet in Berlin, and weekly letters from now on in Kathmandu.
    post(6 * HOUR), post(3 * MINUTE, { mentions: 1 }), wish(MINUTE, 2, { ...plain, delivery: "weekly", digestAt: "18:45" }),
    // Silence, then news again.
    post(14 * HOUR), post(5 * MINUTE), post(90 * MINUTE), wish(55 * HOUR, 2, plain), post(HOUR, { mentions: 2 }),
    // Late in the evening in Berlin.
    post(3 * HOUR, { event: 1 }), post(MINUTE, { event: 1, mentions: 1 }),
  ],
};
