import type { DispatchFacts, LetterFacts } from "../src/letter-facts.ts";

/** A small festival's evening, for previews, golden files and tests. */

const lights = "5b0e6c1e-0f3a-4a55-9a1e-3c8f5d0b7a01";
const run = "5b0e6c1e-0f3a-4a55-9a1e-3c8f5d0b7a02";
const choir = "5b0e6c1e-0f3a-4a55-9a1e-3c8f5d0b7a03";
const poetry = "5b0e6c1e-0f3a-4a55-9a1e-3c8f5d0b7a04";

const message = (event_id: string, author_name: string | null, posted_at: string, body: string, edited = false) => ({
  event_id,
  author_name,
  body,
  posted_at,
  edited,
});

export const sampleFacts: DispatchFacts = {
  template_version: 1,
  sender: {
    from: "Harbour Culture <chat@notify.example.com>",
    reply_to: null,
    replies_are_read: false,
    postal_address: "Harbour Culture e.V., Am Kai 12, 24103 Kiel, Germany",
    product_name: "Event Chat",
  },
  urls: {
    app: "https://chat.example.com",
    functions: "https://project.supabase.co/functions/v1",
    list_domain: "notify.example.com",
  },
  events: {
    [lights]: { title: "Harbour Lights Festival", organization_name: "Harbour Culture" },
    [run]: { title: "Sunrise Run along the Fjord", organization_name: "Kiel Runners" },
    [choir]: { title: "Open Choir Night", organization_name: "Harbour Culture" },
    [poetry]: { title: "أمسية الشعر في الميناء", organization_name: "بيت الثقافة" },
  },
  messages: {
    "101": message(lights, "Olga Petrova", "2026-11-09T15:02:00Z", "The stage is up! Sound check moves to 17:30, so please be at the container by 17:15."),
    "102": message(lights, "Ben Adeyemi", "2026-11-09T15:03:10Z", "Great. Do we still have the spare power strips?\nI can bring four from home if not."),
    "103": message(lights, "Olga Petrova", "2026-11-09T15:04:00Z", "Bring them, please. The plan with all positions is here: https://chat.example.com/files/stage-plan?v=3 – page 2 is the one that matters.", true),
    "104": message(lights, null, "2026-11-09T15:05:30Z", "I left two extension reels in the blue crate."),
    "105": message(lights, "ليلى حداد", "2026-11-09T15:06:45Z", "شكرا جزيلا! سأكون هناك في الموعد."),
    "106": message(lights, "Ben Adeyemi", "2026-11-09T15:09:00Z", "@sam could you take the lamps for the east pier? You have the key to the shed."),
    "201": message(run, "Jonas Brandt", "2026-11-08T19:40:00Z", "Meeting point is the lighthouse, not the car park."),
    "202": message(run, "Mei Lin", "2026-11-09T05:12:00Z", "Minus two degrees. Gloves!"),
    "203": message(run, "Jonas Brandt", "2026-11-09T05:20:00Z", "Route:\n  1. lighthouse\n  2. old lock\n  3. back along the beach"),
    "301": message(choir, "Aino Virtanen", "2026-11-09T12:00:00Z", "Sheet music for tonight is on the piano. 🎶"),
    "401": message(poetry, "ليلى حداد", "2026-11-09T14:20:00Z", "أهلا بالجميع! للاستفسار: layla@example.org أو ٠١٠٠ ١٢٣ ٤٥٦٧."),
    "402": message(poetry, "Ben Adeyemi", "2026-11-09T14:22:00Z", "The door code is 4711, the list is here: https://chat.example.com/list?token=3f9a7c1e5b – and the plan: https://chat.example.com/files/plan?v=3"),
    "403": message(poetry, "Olga Petrova", "2026-11-09T14:25:00Z", "@sam, Ben's number: +49 171 3920012. Deposit goes to DE89 3704 0044 0532 0130 00, please."),
  },
};

const recipient = {
  user_id: "5b0e6c1e-0f3a-4a55-9a1e-3c8f5d0b7b01",
  email: "sam@example.com",
  display_name: "Sam",
  locale: "en-GB",
  time_zone: "Europe/Berlin",
};

const letter = { recipient, more: { events: 0, messages: 0 }, composed_at: "2026-11-09T15:10:00Z" };
const lightsShown = ["101", "102", "103", "104", "105"];

export const sampleLetters = {
  conversation: {
    ...letter,
    email_id: "5b0e6c1e-0f3a-4a55-9a1e-3c8f5d0b7c01",
    kind: "conversation",
    parts: [{ event_id: lights, count: 8, shown: lightsShown, mentions: [], reason: "participant" }],
  },
  mention: {
    ...letter,
    email_id: "5b0e6c1e-0f3a-4a55-9a1e-3c8f5d0b7c02",
    kind: "conversation",
    parts: [{ event_id: lights, count: 1, shown: ["106"], mentions: ["106"], reason: "mention" }],
  },
  combined: {
    ...letter,
    email_id: "5b0e6c1e-0f3a-4a55-9a1e-3c8f5d0b7c03",
    kind: "combined",
    parts: [
      { event_id: lights, count: 3, shown: ["104", "105", "106"], mentions: ["106"], reason: "participant" },
      { event_id: run, count: 2, shown: ["202", "203"], mentions: [], reason: "member" },
    ],
  },
  /** What should not travel by mail, in two directions of writing. */
  confidential: {
    ...letter,
    email_id: "5b0e6c1e-0f3a-4a55-9a1e-3c8f5d0b7c05",
    kind: "conversation",
    parts: [{ event_id: poetry, count: 4, shown: ["401", "402", "403"], mentions: ["403"], reason: "mention" }],
  },
  digest: {
    ...letter,
    email_id: "5b0e6c1e-0f3a-4a55-9a1e-3c8f5d0b7c04",
    kind: "digest",
    recipient: { ...recipient, locale: "en-US", time_zone: "America/New_York" },
    parts: [
      { event_id: lights, count: 14, shown: lightsShown, mentions: [], reason: "participant" },
      { event_id: choir, count: 1, shown: ["301"], mentions: [], reason: "participant" },
      { event_id: run, count: 3, shown: ["201", "202", "203"], mentions: [], reason: "member" },
    ],
    more: { events: 2, messages: 9 },
  },
} satisfies Record<string, LetterFacts>;
