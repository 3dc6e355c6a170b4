import { expect, it } from "vitest";
import { createLetterRenderer } from "@chat-notifications/emails/render-letter.ts";
import { createAppLinks } from "@chat-notifications/emails/letter-links.ts";
import type { DispatchFacts, LetterFacts, LetterPart } from "@chat-notifications/emails/letter-facts.ts";
import { readLetter } from "./read-letter.ts";

const [FESTIVAL, TALK, OTHER] = [1, 2, 3].map((n) => `00000000-0000-4000-8000-00000000000${n}`) as [string, string, string];
const ids = Array.from({ length: 14 }, (_, at) => String(at + 1));
const facts: DispatchFacts = {
  template_version: 1,
  sender: { from: "Chat <c@x.test>", reply_to: null, replies_are_read: false, postal_address: "1 Street", product_name: "Chat" },
  urls: { app: "http://app.test", functions: "http://f.test", list_domain: "x.test" },
  events: {
    [FESTIVAL]: { title: "Festival 2006: and 7 more", organization_name: "Org" },
    [TALK]: { title: "Talk", organization_name: "Org" },
  },
  messages: Object.fromEntries(ids.map((id) => [id, {
    event_id: Number(id) > 10 ? TALK : FESTIVAL,
    author_name: "Ann",
    body: `see http://app.test/events/${FESTIVAL}#message-99 <b>and 3 more</b>`,
    posted_at: "2026-11-22T10:00:00Z",
    edited: false,
  }])),
};
const part = (event_id: string, shown: string[], count: number, mentions: string[] = []): LetterPart =>
  ({ event_id, shown, count, mentions, reason: mentions.length > 0 ? "mention" : "participant" });
const render = (kind: LetterFacts["kind"], ...parts: LetterPart[]) =>
  createLetterRenderer(facts, createAppLinks(facts.urls))({
    email_id: OTHER,
    kind,
    recipient: { user_id: OTHER, email: "r@x.test", display_name: null, locale: "en", time_zone: "UTC" },
    parts,
    more: { events: 0, messages: 0 },
    composed_at: "2026-11-22T10:00:00Z",
  }).html;

it("reads what a conversation letter shows and how many more it counts", () => {
  const html = render("conversation", part(FESTIVAL, ids.slice(0, 10), 1244, ["2"]));
  expect(readLetter(html, FESTIVAL)).toEqual({ shown: ids.slice(0, 10), more: 1234 });
  expect(readLetter(html, TALK)).toBeNull();
});

it("tells the events of a combined letter apart", () => {
  const html = render("combined", part(FESTIVAL, ids.slice(0, 3), 3), part(TALK, ids.slice(10), 5));
  expect(readLetter(html, FESTIVAL)).toEqual({ shown: ["1", "2", "3"], more: 0 });
  expect(readLetter(html, TALK)).toEqual({ shown: ids.slice(10), more: 1 });
});
