import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createReplayEvent } from "../apps/local/src/replay/create-replay-event.ts";
import { judgeReplay } from "../apps/local/src/replay/judge-replay.ts";
import { postMessage } from "../apps/local/src/replay/post-conversation.ts";
import { readMessages, readProgress } from "../apps/local/src/replay/engine-records.ts";
import { type SignedIn, signIn } from "../apps/local/src/replay/sign-in.ts";
import { DEMO_PEOPLE } from "../apps/local/src/demo-people.ts";
import { openInbox } from "./harness/inbox.ts";
import { type TestStack, startStack } from "./harness/start-stack.ts";
import { until } from "./harness/until.ts";

const WINDOW_SECONDS = 6;

describe.each(["worker", "functions"] as const)("processed by the %s", (runtime) => {
  let stack: TestStack;
  let organizer: SignedIn;

  beforeAll(async () => {
    stack = await startStack({}, runtime);
    // Well before the window's end, however slow the machine.
    await stack.sql`update private.settings set mention_grace_seconds = 1`;
    organizer = await signIn(stack.address, "organizer@demo.test");
  });

  afterAll(() => stack.stop());

  /** A new event with speaker and guest in it; volunteer and newcomer hear of it as members. */
  async function newEvent(window: number): Promise<string> {
    const { id } = await createReplayEvent(organizer, "Main story", window, null);
    const people = await stack.sql<{ user_id: string }[]>`
      select user_id from public.profiles where handle in ('speaker', 'guest')`;
    const { error } = await organizer.client.from("event_participants").insert(people.map(({ user_id }) => ({ event_id: id, user_id })));
    expect(error).toBeNull();
    return id;
  }

  const say = async (eventId: string, body: string) => {
    const outcome = await postMessage(eventId, { minute: 0, author: organizer, body });
    expect(outcome).toMatchObject({ ok: true });
    return outcome.ok ? outcome.messageId : "";
  };

  it("lets every demo account sign in", async () => {
    expect(DEMO_PEOPLE).toHaveLength(7);
    for (const { email } of DEMO_PEOPLE) {
      const { client } = await signIn(stack.address, email);
      expect((await client.auth.getUser()).data.user?.email).toBe(email);
    }
  });

  it("sends one letter each to everybody else after the window, and a mention after its grace", async () => {
    const eventId = await newEvent(WINDOW_SECONDS);
    const inbox = openInbox(stack.address, eventId);
    const first = await say(eventId, "Doors open at six.");
    const second = await say(eventId, "Bring a chair.");
    const third = await say(eventId, "And a lamp.");
    const mention = await say(eventId, "@speaker can you be there at five?");
    await until("everything to be told", async () => (await readProgress(stack.sql, eventId)).open === 0);
    await inbox.collect();

    const letters = [...inbox.letters.values()].map(({ address, shown, more }) => ({ address, shown, more }));
    const everybodyElse = ["guest@demo.test", "newcomer@demo.test", "volunteer@demo.test"];
    expect(letters.sort((a, b) => a.address.localeCompare(b.address) || a.shown.length - b.shown.length)).toEqual([
      ...everybodyElse.slice(0, 2).map((address) => ({ address, shown: [first, second, third, mention], more: 0 })),
      { address: "speaker@demo.test", shown: [mention], more: 0 },
      { address: "speaker@demo.test", shown: [first, second, third], more: 0 },
      { address: "volunteer@demo.test", shown: [first, second, third, mention], more: 0 },
    ]);

    const [burst] = await stack.sql<[{ closes_at: Date; opened_at: Date }]>`
      select opened_at, closes_at from private.bursts where event_id = ${eventId}`;
    expect(burst.closes_at.getTime() - burst.opened_at.getTime()).toBeGreaterThanOrEqual(WINDOW_SECONDS * 1000 - 100);
    for (const { id, shown } of inbox.letters.values()) {
      const accepted = Date.parse((await inbox.retrieve(id)).created_at);
      const told = await stack.sql<[{ created_at: Date }]>`select created_at from public.chat_messages where id = ${mention}`;
      if (shown.length === 1) {
        expect(accepted).toBeGreaterThanOrEqual(told[0].created_at.getTime() + 1000 - 100);
        expect(accepted).toBeLessThan(burst.closes_at.getTime());
      } else {
        expect(accepted).toBeGreaterThanOrEqual(burst.closes_at.getTime());
      }
    }
    const verdict = await judgeReplay(stack.sql, eventId, await readMessages(stack.sql, eventId), [...inbox.letters.values()]);
    expect(verdict).toMatchObject({ people: 5, covered: 16, missing: 0, doubled: 0, findings: [] });
  });

  it("writes letters that can be read in the mailbox, in both versions", async () => {
    const eventId = await newEvent(0);
    const inbox = openInbox(stack.address, eventId);
    await say(eventId, "The ferry leaves at nine.");
    await until("everything to be told", async () => (await readProgress(stack.sql, eventId)).open === 0);
    await inbox.collect();
    expect(inbox.letters.size).toBe(4);
    for (const { id, address } of inbox.letters.values()) {
      const { to, from, subject, html, text } = await inbox.retrieve(id);
      expect({ to, subject }).toEqual({ to: [address], subject: "Main story: new messages" });
      expect(from).toMatch(/^[^<>]+ <[^@\s]+@[^@\s]+>$/);
      for (const version of [html, text]) expect(version).toContain("The ferry leaves at nine.");
      const page = await fetch(`${stack.address.resendBaseUrl}/mailbox/${id}`);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain(address);
    }
  });

  it("tells somebody outside nothing", async () => {
    const [{ count }] = await stack.sql<[{ count: number }]>`
      select count(*)::integer as count
      from public.emails e
      join auth.users u on u.id = e.user_id
      where u.email in ('outsider@demo.test', 'operator@demo.test', 'organizer@demo.test')`;
    expect(count).toBe(0);
    const outsider = await signIn(stack.address, "outsider@demo.test");
    for (const table of ["events", "chat_messages", "notifications", "emails", "event_participants", "organizations"]) {
      const { data, error } = await outsider.client.from(table).select("*");
      expect({ table, data, error }).toEqual({ table, data: [], error: null });
    }
  });
});
