import PostalMime, { type Email } from "postal-mime";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createReplayEvent } from "../apps/local/src/replay/create-replay-event.ts";
import { readProgress } from "../apps/local/src/replay/engine-records.ts";
import { postMessage } from "../apps/local/src/replay/post-conversation.ts";
import { type SignedIn, signIn } from "../apps/local/src/replay/sign-in.ts";
import { openInbox, type SentLetter } from "./harness/inbox.ts";
import { parseLetter } from "./harness/letter.ts";
import { startStack, type TestStack } from "./harness/start-stack.ts";
import { until } from "./harness/until.ts";

let stack: TestStack;
let organizer: SignedIn;
let eventId: string;

beforeAll(async () => {
  stack = await startStack();
  await stack.sql`update private.settings set mention_grace_seconds = 1`;
  organizer = await signIn(stack.address, "organizer@demo.test");
  ({ id: eventId } = await createReplayEvent(organizer, "Unsubscribing", 0, null));
  const people = await stack.sql<{ user_id: string }[]>`select user_id from public.profiles where handle in ('speaker', 'guest')`;
  await organizer.client.from("event_participants").insert(people.map(({ user_id }) => ({ event_id: eventId, user_id })));
}, 120_000);
afterAll(() => stack.stop());

/** Says something and waits until everybody who should know has a letter about it; those letters by address. */
async function say(body: string): Promise<Record<string, SentLetter>> {
  const inbox = openInbox(stack.address, eventId);
  await inbox.collect();
  const before = new Set(inbox.letters.keys());
  expect(await postMessage(eventId, { minute: 0, author: organizer, body })).toMatchObject({ ok: true });
  await until("everything to be told", async () => (await readProgress(stack.sql, eventId)).open === 0);
  await inbox.collect();
  const letters: Record<string, SentLetter> = {};
  for (const { id, address } of inbox.letters.values()) if (!before.has(id)) letters[address] = await inbox.sent(id);
  return letters;
}

/** The message as it travels, read by a mail program's parser. */
function parse({ from, to, subject, html, text, headers }: SentLetter): Promise<Email> {
  const part = (type: string, content: string) =>
    `--part\r\nContent-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(content).toString("base64").replace(/.{76}/g, "$&\r\n")}\r\n`;
  const lines = Object.entries({ From: from, To: to.join(), Subject: subject, ...headers, "MIME-Version": "1.0", "Content-Type": "multipart/alternative; boundary=part" });
  return PostalMime.parse(`${lines.map(([name, value]) => `${name}: ${value}`).join("\r\n")}\r\n\r\n${part("text/plain", text)}${part("text/html", html)}--part--\r\n`);
}

const header = (email: Email, name: string) => email.headers.filter(({ key }) => key === name).map(({ value }) => value);

/** Waits until the provider has reported each letter as sent and as delivered: what comes later would look like a change. */
const allReported = () =>
  until("all letters to be reported", async () => {
    const [row] = await stack.sql<[{ reported: boolean }]>`
      select (select count(*) from private.webhook_events) = 2 * count(*) and bool_and(status = 'delivered') as reported from public.emails`;
    return row.reported;
  });

/** Everything that belongs to people and their letters; what counts and watches goes on by itself. */
async function everything(): Promise<string> {
  const tables = await stack.sql<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname in ('public', 'private', 'auth')
      and tablename !~ '^(processors|provider_state|delays|event_days|rollup|statement_samples|alert|outages|audit_log$|retention|.*runs$)'`;
  const contents = [];
  for (const { name } of tables) {
    const [row] = await stack.sql.unsafe<[{ rows: string }]>(`select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as rows from ${name} t`);
    contents.push(`${name} ${row.rows}`);
  }
  expect(contents.length).toBeGreaterThan(25);
  return contents.sort().join("\n");
}

const page = async (token: string, action: string, choice?: object) => {
  const response = await fetch(`${stack.address.supabaseUrl}/functions/v1/unsubscribe`, {
    method: "POST", headers: { "content-type": "application/json", origin: stack.address.supabaseUrl }, body: JSON.stringify({ action, token, choice }),
  });
  return { status: response.status, ...((await response.json()) as object) };
};

it("a letter carries one-click unsubscribing; a scanner that opens all its links changes nothing; a click stops the event and nothing else", async () => {
  const letters = await say("The ferry leaves at nine.");
  expect(Object.keys(letters).sort()).toEqual(["guest@demo.test", "newcomer@demo.test", "speaker@demo.test", "volunteer@demo.test"]);
  const email = await parse(letters["guest@demo.test"]!);

  // RFC 8058, 2369, 2919 and 3834 as a mail program reads them.
  expect(header(email, "list-unsubscribe-post")).toEqual(["List-Unsubscribe=One-Click"]);
  const [listUnsubscribe, ...more] = header(email, "list-unsubscribe");
  expect(more).toEqual([]);
  const url = /^<(http:\/\/localhost:\d+\/functions\/v1\/unsubscribe\?token=[\w-]+)>$/.exec(listUnsubscribe!)![1]!;
  expect(header(email, "list-id")).toEqual([`"Unsubscribing" <${eventId}.events.notify.example.com>`]);
  expect(header(email, "auto-submitted")).toEqual(["auto-generated"]);
  expect(url).not.toMatch(/guest|demo/);
  const others = new Set(Object.values(letters).map(({ headers }) => headers["List-Unsubscribe"]));
  expect(others.size).toBe(4);

  // The link for people is the same, in both versions.
  const { links } = parseLetter(letters["guest@demo.test"]!.html);
  expect(links).toContain(url);
  expect(letters["guest@demo.test"]!.text).toContain(`\n${url}\n`);

  await allReported();
  const before = await everything();
  for (const link of new Set([...links, ...letters["guest@demo.test"]!.text.match(/https?:\/\/\S+/g)!])) {
    for (const method of ["GET", "HEAD"]) expect((await fetch(link, { method, redirect: "follow" })).status, link).toBe(200);
  }
  expect(await everything()).toBe(before);
  const landing = await fetch(url, { redirect: "manual" });
  const token = new URL(url).searchParams.get("token")!;
  expect([landing.status, landing.headers.get("location")]).toEqual([303, `${stack.address.supabaseUrl}/unsubscribe?token=${token}`]);

  // As a mail program does it: no cookies, no login.
  for (const body of [new URLSearchParams({ "List-Unsubscribe": "One-Click" }), Object.assign(new FormData(), {})]) {
    if (body instanceof FormData) body.set("List-Unsubscribe", "One-Click");
    const response = await fetch(url, { method: "POST", body, redirect: "manual" });
    expect([response.status, await response.text(), response.headers.get("set-cookie")]).toEqual([200, "", null]);
  }
  expect(Object.keys(await say("Correction: at ten. @guest are you coming?")).sort()).toEqual(["newcomer@demo.test", "speaker@demo.test", "volunteer@demo.test"]);
  const guest = await signIn(stack.address, "guest@demo.test");
  const { data } = await guest.client.from("event_notification_preferences").select("event_id, level");
  expect(data).toEqual([{ event_id: eventId, level: "none" }]);

  // The page takes it back, or part of it.
  expect(await page(token, "describe")).toMatchObject({ status: 200, scope: "event", stopped: true, can_undo: true, event: { title: "Unsubscribing" } });
  expect(await page(token, "choose", { level: "mentions" })).toMatchObject({ status: 200, level: "mentions", stopped: false });
  expect(Object.keys(await say("@guest at the pier, please.")).sort()).toContain("guest@demo.test");
  expect(await page(token, "undo")).toMatchObject({ status: 200, level: "all", can_undo: false });
  expect(await page(token.replace(/.$/, token.endsWith("A") ? "Q" : "A"), "confirm")).toMatchObject({ status: 400, code: "token_invalid" });
});

it("people take their data along and are forgotten, over the API", async () => {
  const newcomer = await signIn(stack.address, "newcomer@demo.test");
  const { data, error } = await newcomer.client.rpc("export_my_data");
  expect(error).toBe(null);
  expect(data).toMatchObject({ account: { email: "newcomer@demo.test" }, held: { "public.emails": [{ user_id: newcomer.id }, {}, {}] } });
  expect(await newcomer.client.rpc("forget_me")).toMatchObject({ data: true, error: null });
  const found = [];
  for (const { name } of await stack.sql<{ name: string }[]>`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'private', 'auth')`) {
    const [row] = await stack.sql.unsafe<[{ hits: number }]>(`select count(*)::int as hits from ${name} t where t::text ~ 'newcomer@demo.test|${newcomer.id}'`);
    if (row.hits > 0) found.push(name);
  }
  expect(found).toEqual([]);
  expect(Object.keys(await say("Who is still here?"))).not.toContain("newcomer@demo.test");
});
