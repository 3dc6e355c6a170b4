import PostalMime from "postal-mime";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createReplayEvent } from "../apps/local/src/replay/create-replay-event.ts";
import { readProgress } from "../apps/local/src/replay/engine-records.ts";
import { postMessage } from "../apps/local/src/replay/post-conversation.ts";
import { type SignedIn, signIn } from "../apps/local/src/replay/sign-in.ts";
import { type Inbox, type SentLetter, openInbox } from "./harness/inbox.ts";
import { parseLetter } from "./harness/letter.ts";
import { rest } from "./harness/rest.ts";
import { type TestStack, startStack } from "./harness/start-stack.ts";
import { until } from "./harness/until.ts";

// Short and plain enough to go into a subject and a List-Id whole and unencoded.
const TITLE = "<b>Gala</b> =?utf-8?B?QmNjOiB4QHkueg==?= \u202etxt, Bcc: you";
const SHOWN_TITLE = "<b>Gala</b> =?utf-8?B?QmNjOiB4QHkueg==?= txt, Bcc: you";
const NAME = 'Vera <script>alert(1)</script>\u0007\u202e, To: you 🦀';
const SHOWN_NAME = "Vera <script>alert(1)</script>, To: you 🦀";

/** What somebody writes, and what the letter shows. Without addresses and numbers, which a letter may mask. */
const MESSAGES: readonly (readonly [written: string, shown: string])[] = [
  ["bell\u0007 esc\u001b[31mred\u001b[0m del\u007f c1\u0085end", "bell esc[31mred[0m del c1\nend"],
  ["👩‍👩‍👧‍👦 🦀 𝕏 日本 עברית", "👩‍👩‍👧‍👦 🦀 𝕏 日本 עברית"],
  ["invoice\u202egnp.exe\u202c and \u2066more\u2069", "invoicegnp.exe and more"],
  ["<img src=x onerror=alert(1)><script>alert(2)</script></p></td>&lt;i&gt;<!--", "<img src=x onerror=alert(1)><script>alert(2)</script></p></td>&lt;i&gt;<!--"],
  ["=?utf-8?B?PHNjcmlwdD4=?= =?utf-8?Q?Bcc:_x@y.z?=", "=?utf-8?B?PHNjcmlwdD4=?= =?utf-8?Q?Bcc:_x@y.z?="],
  ["first\r\nX-Injected: yes\r\n\r\n<h1>injected</h1>", "first\nX-Injected: yes\n\n<h1>injected</h1>"],
  ["x".repeat(8000), `${"x".repeat(500)}…`],
  ["zero\u200bwidth\u200djoined", "zero\u200bwidth\u200djoined"],
  ["\u200b\u200d\u2060", "(nothing that can be shown)"],
  // The API takes it as U+FFFD: half a character has no form in UTF-8.
  ["half\ud83da character", "half\ufffda character"],
];

let stack: TestStack;
let volunteer: SignedIn;
let inbox: Inbox;
let ids: string[];
let letters: SentLetter[];

beforeAll(async () => {
  stack = await startStack();
  const organizer = await signIn(stack.address, "organizer@demo.test");
  volunteer = await signIn(stack.address, "volunteer@demo.test");
  const renamed = await rest(stack.address, volunteer, "PATCH", `profiles?user_id=eq.${volunteer.id}`, JSON.stringify({ display_name: NAME }));
  expect(renamed.status).toBe(204);
  const event = await createReplayEvent(organizer, TITLE, 1, null);
  inbox = openInbox(stack.address, event.id);
  ids = [];
  for (const [body] of MESSAGES) {
    const outcome = await postMessage(event.id, { minute: 0, author: volunteer, body });
    expect(outcome).toMatchObject({ ok: true });
    if (outcome.ok) ids.push(outcome.messageId);
  }
  await until("everything to be told", async () => (await readProgress(stack.sql, event.id)).open === 0);
  await inbox.collect();
  letters = await Promise.all([...inbox.letters.keys()].map((id) => inbox.sent(id)));
  expect(letters.length).toBeGreaterThanOrEqual(2);
});

afterAll(() => stack.stop());

const lettersTo = (address: string) => letters.filter(({ to }) => to.includes(address));

it.each(MESSAGES.map(([written, shown], place) => [JSON.stringify(written.slice(0, 60)), shown, place] as const))(
  "shows %s as text",
  (_written, shown, place) => {
    const texts = lettersTo("newcomer@demo.test").flatMap(({ html }) => parseLetter(html).messageText(ids[place]!) ?? []);
    // White space that HTML would swallow is sent as no-break spaces.
    expect(texts.map((text) => text.replaceAll("\u00a0", " "))).toEqual([shown]);
  },
);

it("has no elements and links but its own", () => {
  for (const { html } of letters) {
    const { elements, links } = parseLetter(html);
    const tags = new Set(elements.map(({ tagName }) => tagName));
    for (const tag of ["script", "img", "iframe", "object", "form", "input", "b", "base", "link"]) expect(tags).not.toContain(tag);
    for (const element of elements) expect(element.attrs.filter(({ name }) => name.startsWith("on"))).toEqual([]);
    for (const link of links) expect(link.startsWith(`${stack.address.supabaseUrl}/`), link).toBe(true);
  }
});

it("keeps control and bidirectional characters out of every part, but for whole isolates of its own", () => {
  const unwanted = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/;
  for (const { subject, html, text, headers } of letters) {
    // In the text, and in the preview that a mail client shows beside the subject.
    const [htmlWithout, textWithout] = [html, text].map((part) => part.replace(/\u2068([^\u2068\u2069]*)\u2069/g, "$1"));
    for (const part of [subject, htmlWithout, textWithout, ...Object.values(headers)]) {
      expect(part).not.toMatch(unwanted);
    }
    for (const line of [subject, ...Object.values(headers)]) expect(line).not.toMatch(/[\r\n\u2028\u2029]/);
  }
});

it("shows names and titles as text, in the letter and in the subject that a mail client decodes", async () => {
  for (const letter of letters) {
    const html = parseLetter(letter.html);
    const words = html.elements.flatMap((element) => element.childNodes.flatMap((node) => ("value" in node ? [node.value] : [])));
    expect(words).toContain(SHOWN_TITLE);
    expect(words).toContain(SHOWN_NAME);
    expect(letter.text).toContain("<b>Gala</b>");
    const received = await PostalMime.parse(asReceived(letter));
    expect(received.subject?.replaceAll("\u2060", "")).toBe(`${SHOWN_TITLE}: new messages`);
  }
});

it("has no headers but its own", async () => {
  for (const letter of letters) {
    const { headers, to, cc, bcc } = await PostalMime.parse(asReceived(letter));
    const known = ["subject", "from", "to", "list-id", "auto-submitted", "x-auto-response-suppress", "in-reply-to", "references", "list-unsubscribe", "list-unsubscribe-post"];
    expect(headers.map(({ key }) => key).filter((key) => !known.includes(key))).toEqual([]);
    expect(new Set(headers.map(({ key }) => key)).size).toBe(headers.length);
    expect(to).toEqual([{ address: letter.to[0], name: "" }]);
    expect({ cc, bcc }).toEqual({ cc: undefined, bcc: undefined });
  }
});

/** The letter as a provider writes it: what is not ASCII becomes an encoded word, everything else goes as it is. */
function asReceived({ from, to, subject, headers, text }: SentLetter): string {
  const field = (value: string) => (/^[\x20-\x7e]*$/.test(value) ? value : `=?utf-8?B?${Buffer.from(value).toString("base64")}?=`);
  const lines = Object.entries({ From: from, To: to.join(", "), Subject: field(subject), ...headers });
  return `${lines.map(([name, value]) => `${name}: ${value}`).join("\r\n")}\r\n\r\n${text}`;
}
