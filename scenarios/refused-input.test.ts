import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SignedIn, signIn } from "../apps/local/src/replay/sign-in.ts";
import { rest } from "./harness/rest.ts";
import { type TestStack, startStack } from "./harness/start-stack.ts";

const OPEN_STUDIO_NIGHT = "d2000000-0000-4000-8000-000000000002";

let stack: TestStack;
let people: Record<"organizer" | "volunteer" | "outsider", SignedIn>;

beforeAll(async () => {
  stack = await startStack();
  const [organizer, volunteer, outsider] = await Promise.all(
    ["organizer", "volunteer", "outsider"].map((name) => signIn(stack.address, `${name}@demo.test`)),
  );
  people = { organizer: organizer!, volunteer: volunteer!, outsider: outsider! };
}, 120_000);

afterAll(() => stack.stop());

/** Everything that a request could have changed. */
async function everything(): Promise<unknown> {
  const [row] = await stack.sql`
    select
      (select jsonb_agg(m order by m.id) from public.chat_messages m) as messages,
      (select jsonb_agg(e order by e.id) from public.events e) as events,
      (select jsonb_agg(p order by p.user_id) from public.profiles p) as profiles,
      (select count(*) from private.untold_messages) as untold,
      (select count(*) from private.bursts) as bursts,
      (select count(*) from public.notifications) as notifications,
      (select count(*) from public.emails) as emails,
      (select count(*) from private.incidents) as incidents`;
  return row;
}

interface Refusal {
  name: string;
  by?: "organizer" | "volunteer" | "outsider" | null;
  /** The message, or the request's raw body. */
  message?: Record<string, unknown>;
  raw?: string;
  status: number;
  code: string;
  message_says: RegExp;
  hint?: RegExp;
}

const refusals: Refusal[] = [
  { name: "an empty message", message: { body: "" }, status: 400, code: "CN001", message_says: /needs some text/, hint: /other than white space/ },
  { name: "a message of white space", message: { body: " \t\r\n\u000b\f " }, status: 400, code: "CN001", message_says: /needs some text/, hint: /other than white space/ },
  { name: "a message of 100 kB", message: { body: "x".repeat(100_000) }, status: 400, code: "CN002", message_says: /100000 characters; 8000 is the most/, hint: /Shorten it/ },
  { name: "a message into an event that does not exist", message: { event_id: "00000000-0000-4000-8000-000000000000" }, status: 400, code: "CN003", message_says: /not in this event, or it does not exist/, hint: /Ask an organizer/ },
  { name: "a message without an event", message: { event_id: undefined }, status: 400, code: "CN003", message_says: /not in this event/, hint: /check the event's id/ },
  { name: "an event id that is none", message: { event_id: "nonsense" }, status: 400, code: "22P02", message_says: /invalid input syntax for type uuid: "nonsense"/ },
  { name: "a message by somebody who is not in the event", by: "outsider", message: {}, status: 400, code: "CN003", message_says: /not in this event/, hint: /Ask an organizer/ },
  { name: "a message in somebody else's name", by: "volunteer", message: { user_id: "d0000000-0000-4000-8000-000000000001" }, status: 403, code: "42501", message_says: /row-level security policy for table "chat_messages"/ },
  { name: "a message by nobody", by: null, message: {}, status: 401, code: "42501", message_says: /permission denied for table chat_messages/ },
  { name: "a message that says when it was written", message: { created_at: "2000-01-01" }, status: 403, code: "42501", message_says: /permission denied/ },
  { name: "a message without a body", message: { body: null }, status: 400, code: "23502", message_says: /null value in column "body"/ },
  { name: "a NUL character", message: { body: "a\u0000b" }, status: 400, code: "22021", message_says: /invalid byte sequence/ },
  { name: "JSON that breaks off", raw: '{"event_id": ', status: 400, code: "PGRST102", message_says: /invalid json/i },
  { name: "a column that does not exist", message: { nonsense: 1 }, status: 400, code: "PGRST204", message_says: /Could not find the 'nonsense' column/ },
];

describe("a message that cannot be posted gets a clear error and changes nothing:", () => {
  it.each(refusals)("$name", async ({ by = "organizer", message, raw, status, code, message_says, hint }) => {
    const before = await everything();
    const author = by === null ? null : people[by];
    const body = raw ?? JSON.stringify({ event_id: OPEN_STUDIO_NIGHT, user_id: author?.id, body: "hello", ...message });
    const answer = await rest(stack.address, author, "POST", "chat_messages", body);
    expect(answer).toEqual({
      status,
      error: { code, message: expect.stringMatching(message_says), hint: hint === undefined ? null : expect.stringMatching(hint) },
    });
    expect(await everything()).toEqual(before);
  });

  it("one bad message among good ones", async () => {
    const before = await everything();
    const message = { event_id: OPEN_STUDIO_NIGHT, user_id: people.organizer.id };
    const body = JSON.stringify([{ ...message, body: "good" }, { ...message, body: " " }]);
    expect(await rest(stack.address, people.organizer, "POST", "chat_messages", body)).toMatchObject({ status: 400, error: { code: "CN001" } });
    expect(await everything()).toEqual(before);
  });
});

describe("names and titles that would break headers are refused and change nothing:", () => {
  it.each([
    ["a title of two lines", "events", { title: "Gala\r\nBcc: victim@example.com" }, "events_title_is_a_short_line"],
    ["a title with a bare CR", "events", { title: "Gala\rBcc: victim@example.com" }, "events_title_is_a_short_line"],
    ["an empty title", "events", { title: " " }, "events_title_is_a_short_line"],
    ["a title of 201 characters", "events", { title: "x".repeat(201) }, "events_title_is_a_short_line"],
    ["a name of two lines", "profiles", { display_name: "Vera\nBcc: victim@example.com" }, "profiles_display_name_is_a_short_line"],
    ["an empty name", "profiles", { display_name: "\t" }, "profiles_display_name_is_a_short_line"],
    ["a handle with a line break", "profiles", { handle: "vera\n" }, "profiles_handle_is_a_word"],
    ["a handle that means everyone", "profiles", { handle: "everyone" }, "profiles_handle_is_a_word"],
    ["somebody else's handle", "profiles", { handle: "speaker" }, "profiles_handle_is_unique"],
  ])("%s", async (_name, table, change, constraint) => {
    const before = await everything();
    const path = table === "events" ? `events?id=eq.${OPEN_STUDIO_NIGHT}` : `profiles?user_id=eq.${people.organizer.id}`;
    const answer = await rest(stack.address, people.organizer, "PATCH", path, JSON.stringify(change));
    const unique = constraint.endsWith("unique");
    expect(answer).toMatchObject({
      status: unique ? 409 : 400,
      error: { code: unique ? "23505" : "23514", message: expect.stringContaining(constraint) },
    });
    expect(await everything()).toEqual(before);
  });
});
