import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openInbox } from "../../../scenarios/harness/inbox.ts";
import { type TestStack, startStack } from "../../../scenarios/harness/start-stack.ts";
import { until } from "../../../scenarios/harness/until.ts";
import { openBrowser } from "../testing/find-browser.ts";
import { type Visit, expectMessage, openVisit, signIn, write } from "../testing/web-visit.ts";

const EVENT = "d2000000-0000-4000-8000-000000000001";
const ROOM = `/events/${EVENT}`;

let stack: TestStack;
let browser: Browser;
let organizer: Visit;
let guest: Visit;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack({ BATCH_WINDOW_SECONDS: "4" }), openBrowser()]);
  organizer = await openVisit(browser, stack.address.supabaseUrl);
  guest = await openVisit(browser, stack.address.supabaseUrl);
  await signIn(organizer.page, "organizer");
  await signIn(guest.page, "guest");
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

test("somebody writes, somebody else sees it live, and gets no letter about what they read", async () => {
  await organizer.page.goto(ROOM);
  await guest.page.goto(ROOM);
  await guest.page.bringToFront();
  await guest.page.getByRole("textbox", { name: /^Write to/ }).waitFor();
  await write(organizer.page, "Doors open at six.");
  await expectMessage(organizer.page, "Doors open at six.");
  await expectMessage(guest.page, "Doors open at six.");
  await until("the read mark", async () => (await unreadOf("guest")) === 0);
  await until("the others' letters", async () => (await lettersTo("volunteer")).length === 1);
  expect(await lettersTo("guest")).toEqual([]);
});

test("what they leave unread comes by letter, whose link leads to the message", async () => {
  await guest.page.goto("/settings/account");
  // Some minutes later: who was in the room just now gets no letter yet.
  await stack.sql`update private.recipient_states set last_seen_at = now() - interval '5 minutes'`;
  await write(organizer.page, "The ferry leaves at nine.");
  await until("the letter", async () => (await lettersTo("guest")).length === 1);
  const [letter] = await lettersTo("guest");
  await guest.page.goto("/mailbox");
  await guest.page.frameLocator("iframe").getByText("guest@demo.test").first().waitFor();
  const link = new RegExp(`${stack.address.supabaseUrl}${ROOM}#message-\\d+`).exec(letter!.text)?.[0] ?? new RegExp(`href="([^"]*${ROOM}[^"]*)"`).exec(letter!.html)![1]!;
  await guest.page.goto(link);
  await expectMessage(guest.page, "The ferry leaves at nine.");
});

test("the bell shows a mention, leads to it, and is quiet once it is read", async () => {
  await guest.page.goto("/bell");
  await write(organizer.page, "@guest can you bring a lamp?");
  await guest.page.getByRole("link", { name: "To the mention" }).click();
  await expectMessage(guest.page, "can you bring a lamp?");
  await until("the read mark", async () => (await unreadOf("guest")) === 0);
  await guest.page.goto("/bell");
  await guest.page.getByRole("heading", { name: "You have read everything" }).waitFor();
});

test("own messages are edited and deleted, and the other side sees it", async () => {
  await guest.page.goto(ROOM);
  await write(organizer.page, "Sound check at for.");
  await expectMessage(guest.page, "Sound check at for.");
  const mine = organizer.page.getByRole("article").filter({ hasText: "Sound check" });
  await mine.hover();
  await mine.getByRole("button", { name: "What to do with this message" }).click();
  await organizer.page.getByRole("menuitem", { name: "Edit message" }).click();
  await organizer.page.getByRole("dialog").getByRole("textbox").fill("Sound check at four.");
  await organizer.page.getByRole("button", { name: "Save" }).click();
  await expectMessage(guest.page, "Sound check at four.");
  await mine.hover();
  await mine.getByRole("button", { name: "What to do with this message" }).click();
  await organizer.page.getByRole("menuitem", { name: "Delete message" }).click();
  await organizer.page.getByRole("dialog").getByRole("button", { name: "Delete message" }).click();
  await guest.page.getByText("This message was deleted.").waitFor();
  expect(await guest.page.getByText("Sound check at four.").count()).toBe(0);
});

test("mentions are completed by keyboard, and a draft survives a reload", async () => {
  const field = organizer.page.getByRole("textbox", { name: /^Write to/ });
  await field.pressSequentially("Thanks @vol");
  await organizer.page.getByRole("option", { name: /Vera Lindqvist/ }).waitFor();
  await field.press("Enter");
  expect(await field.inputValue()).toBe("Thanks @volunteer ");
  await organizer.page.reload();
  await organizer.page.getByRole("article").first().waitFor();
  expect(await field.inputValue()).toBe("Thanks @volunteer ");
  await field.fill("");
});

test("with a dead connection on one side nothing is lost or doubled on either screen", async () => {
  await guest.page.goto(ROOM);
  await expectMessage(guest.page, "The ferry leaves at nine.");
  await guest.page.context().setOffline(true);
  for (const text of ["offline one", "offline two", "offline three"]) await write(guest.page, text);
  await guest.page.getByText("it is tried again by itself").first().waitFor();
  for (const text of ["meanwhile one", "meanwhile two"]) await write(organizer.page, text);
  await expectMessage(organizer.page, "meanwhile two");
  await guest.page.context().setOffline(false);
  for (const { page } of [guest, organizer]) {
    for (const text of ["meanwhile one", "meanwhile two", "offline one", "offline two", "offline three"]) await expectMessage(page, text);
  }
  const stored = await stack.sql`select body from public.chat_messages where body like 'offline%' order by id`;
  expect(stored.map(({ body }) => body)).toEqual(["offline one", "offline two", "offline three"]);
});

test("an answer that gets lost does not write the message twice", async () => {
  let lost = 0;
  await guest.page.route("**/rest/v1/chat_messages?select=*", async (route) => {
    if (route.request().method() !== "POST" || lost > 0) return route.continue();
    lost += 1;
    await route.fetch();
    await route.abort("connectionreset");
  });
  await write(guest.page, "sent but not heard");
  await expectMessage(organizer.page, "sent but not heard");
  await guest.page.getByText("it is tried again by itself").waitFor({ state: "detached" });
  await expectMessage(guest.page, "sent but not heard");
  expect(await stack.sql`select from public.chat_messages where body = 'sent but not heard'`).toHaveLength(1);
  expect(lost).toBe(1);
});

test("an event is muted from its room, and unsubscribing by the letter's header shows on the page, where it can be undone", async () => {
  await guest.page.getByRole("button", { name: "Letters about this event" }).click();
  await guest.page.getByRole("menuitemradio", { name: "Mentions only" }).click();
  const level = async () => (await stack.sql<{ level: string }[]>`select e.level from public.event_notification_preferences e join public.profiles p using (user_id) where p.handle = 'guest' and e.event_id = ${EVENT}`)[0]?.level;
  await until("the mute", async () => (await level()) === "mentions");
  const [letter] = await lettersTo("guest");
  const sent = await openInbox(stack.address, EVENT).sent(letter!.id);
  const target = /<(https?:[^>]+)>/.exec(sent.headers["List-Unsubscribe"]!)![1]!;
  const answer = await fetch(target, { method: "POST", body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }) });
  expect(answer.status).toBe(200);
  await until("the end of letters", async () => (await level()) === "none");
  await guest.page.goto(target);
  await guest.page.getByRole("heading", { name: "Done: these letters stop" }).waitFor();
  await guest.page.getByRole("button", { name: "Undo" }).click();
  await guest.page.getByRole("button", { name: "Stop them" }).waitFor();
  expect(await level()).toBe("mentions");
});

test("the browser found nothing to complain of", () => {
  expect([...organizer.complaints, ...guest.complaints]).toEqual([]);
});

/** Messages of the event after somebody's read mark. */
async function unreadOf(handle: string): Promise<number> {
  const [row] = await stack.sql<[{ count: number }]>`
    select count(*)::integer as count
    from public.chat_messages m
    left join private.recipient_states s on s.event_id = m.event_id and s.user_id = (select p.user_id from public.profiles p where p.handle = ${handle})
    where m.event_id = ${EVENT} and m.id > coalesce(s.read_up_to, 0)`;
  return row.count;
}

async function lettersTo(handle: string) {
  const inbox = openInbox(stack.address, EVENT);
  await inbox.collect();
  const letters = [...inbox.letters.values()].filter(({ address }) => address === `${handle}@demo.test`);
  return Promise.all(letters.map(({ id }) => inbox.retrieve(id)));
}
