import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampleFacts, sampleLetters } from "../samples/sample-facts.ts";
import { hostileFacts, hostileLetter } from "../samples/hostile-facts.ts";
import type { DispatchFacts, LetterFacts, LetterPart, MessageFacts } from "./letter-facts.ts";
import { createAppLinks } from "./letter-links.ts";
import { createLetterRenderer } from "./render-letter.ts";

const links = createAppLinks(sampleFacts.urls);
const render = createLetterRenderer(sampleFacts, links);
const { conversation, mention, combined, digest } = sampleLetters;
const lights = conversation.parts[0]!.event_id;

/** A dispatch with one event and these messages, and a letter that shows them all. */
function dispatch(messages: Partial<MessageFacts>[], part: Partial<LetterPart> = {}): [DispatchFacts, LetterFacts] {
  const full = { event_id: lights, author_name: "Ann", body: "text", posted_at: "2026-11-09T15:00:00Z", edited: false };
  const facts = { ...sampleFacts, messages: Object.fromEntries(messages.map((message, at) => [`${at + 1}`, { ...full, ...message }])) };
  const shown = Object.keys(facts.messages);
  const letter: LetterFacts = {
    ...conversation,
    parts: [{ event_id: lights, count: shown.length, shown, mentions: [], reason: "participant", ...part }],
  };
  return [facts, letter];
}

function renderOne([facts, letter]: [DispatchFacts, LetterFacts]) {
  return createLetterRenderer(facts, createAppLinks(facts.urls))(letter);
}

describe("a letter", () => {
  test("shows event, organization, author, time and text, in both versions", () => {
    const { html, text } = render(conversation);
    for (const version of [html, text]) {
      for (const words of ["Harbour Lights Festival", "Harbour Culture", "Olga Petrova", "16:02", "The stage is up!", "Monday 9 November"]) {
        expect(version).toContain(words);
      }
    }
  });

  test("links each message's time to that message", () => {
    expect(render(conversation).html).toContain(`href="https://chat.example.com/events/${lights}#message-103"`);
  });

  test("says how many messages it does not show", () => {
    expect(render(conversation).text).toContain("and 3 more messages");
    expect(render(mention).text).not.toContain("more message");
    expect(render(digest).text).toContain("and 2 more events with 9 new messages");
  });

  test("says why it came, how to mute the event and how to change what comes", () => {
    for (const version of [render(digest).html, render(digest).text]) {
      expect(version).toContain("you take part in Open Choir Night");
      expect(version).toContain("you are a member of Kiel Runners");
      expect(version).toContain(`/settings/notifications?mute=${lights}`);
      expect(version).toContain(`/receipts/${digest.parts[0]!.shown.at(-1)}`);
      expect(version).toContain("Harbour Culture e.V., Am Kai 12, 24103 Kiel, Germany");
      expect(version).toContain("Replies to this e-mail are not read.");
    }
  });

  test("offers to answer where replies are read", () => {
    const facts = { ...sampleFacts, sender: { ...sampleFacts.sender, replies_are_read: true } };
    expect(createLetterRenderer(facts, links)(mention).text).toContain("You can answer this e-mail");
  });

  test("calls an author whose account is gone someone who left", () => {
    expect(render(conversation).text).toContain("Someone who left (16:05)");
  });

  test("offers unsubscribing only where there is an address for it", () => {
    expect(render(conversation).html).not.toContain("Unsubscribe");
    const one = createLetterRenderer(sampleFacts, { ...links, unsubscribe: ({ kind }) => `https://u.example/?t=1&k=${kind}` })(conversation);
    expect(one.html).toContain('href="https://u.example/?t=1&amp;k=conversation"');
    expect(one.text).toContain("https://u.example/?t=1&k=conversation");
    expect(one.headers["List-Unsubscribe"]).toBe("<https://u.example/?t=1&k=conversation>");
  });

  test("leaves out a message the facts do not hold, and counts it", () => {
    const [facts, letter] = dispatch([{}, {}]);
    delete facts.messages["1"];
    expect(renderOne([facts, letter]).text).toContain("and 1 more message");
  });

  test("has a heading for each day, in the reader's zone", () => {
    const { text } = renderOne(dispatch([{ posted_at: "2026-11-08T22:30:00Z" }, { posted_at: "2026-11-08T23:30:00Z" }]));
    expect(text).toContain("Sunday 8 November\n\nAnn (23:30)");
    expect(text).toContain("Monday 9 November\n\nAnn (0:30)");
  });

  test("leads to the receipt of the message that mentions the reader, or else of the newest", () => {
    const [part] = conversation.parts;
    const { text } = render({ ...conversation, parts: [{ ...part!, shown: ["101", "102", "103"], mentions: ["101", "102"] }] });
    expect(text).toContain("https://chat.example.com/receipts/102\n");
    expect(render(conversation).text).toContain(`https://chat.example.com/receipts/${part!.shown.at(-1)}\n`);
  });

  test("refuses facts without the event it is about", () => {
    expect(() => createLetterRenderer({ ...sampleFacts, events: {} }, links)(conversation)).toThrow(lights);
  });
});

describe("readers who share a dispatch", () => {
  const other = { ...conversation, email_id: "other", recipient: { ...conversation.recipient, email: "other@example.com" } };

  test("each get their own address", () => {
    expect(render(other).text).toContain("Sent to other@example.com.");
    expect(render(conversation).text).not.toContain("other");
  });

  test("each get their own clock, mentions, messages and counts", () => {
    const tokyo = { ...other, recipient: { ...other.recipient, time_zone: "Asia/Tokyo" } };
    expect(render(tokyo).text).toContain("Olga Petrova (0:02)");
    const part = conversation.parts[0]!;
    expect(render({ ...other, parts: [{ ...part, mentions: ["102"] }] }).text).toContain("Ben Adeyemi (16:03, mentions you)");
    expect(render({ ...other, parts: [{ ...part, count: 5 }] }).text).not.toContain("more message");
    expect(render({ ...other, parts: [{ ...part, shown: ["102"] }] }).text).not.toContain("Olga");
  });

  test("get the same bytes whatever was rendered before", () => {
    for (const letter of [conversation, mention, combined, digest]) {
      expect(createLetterRenderer(structuredClone(sampleFacts), links)(structuredClone(letter))).toEqual(render(letter));
    }
  });
});

describe("the subject", () => {
  test("names what is new", () => {
    expect(render(conversation).subject).toBe("Harbour Lights Festival: new messages");
    expect(render(mention).subject).toBe("Ben Adeyemi mentioned you in Harbour Lights Festival");
    expect(render(combined).subject).toBe("5 new messages in Harbour Lights Festival and 1 more event");
    expect(render(digest).subject).toBe("Your daily digest: 27 new messages in 5 events");
  });

  test("of a conversation does not change with its messages", () => {
    const [facts, letter] = dispatch([{ body: "else" }], { mentions: ["1"], count: 99 });
    expect(renderOne([facts, letter]).subject).toBe(render(conversation).subject);
  });

  test("and all headers stay one short line without controls, whatever is written", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (title, name) => {
        const [facts, letter] = dispatch([{ author_name: name }], { mentions: ["1"], reason: "mention" });
        facts.events = { [lights]: { title: `${title}\r\nBcc: x@y.example`, organization_name: title } };
        const { subject, headers } = renderOne([facts, letter]);
        expect([...new Intl.Segmenter("und").segment(subject)].length).toBeLessThanOrEqual(121);
        for (const value of [subject, ...Object.values(headers)]) {
          expect(value).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u206f]|\p{Surrogate}/u);
        }
      }),
    );
  });
});

describe("hostile text", () => {
  const { html, text, headers } = createLetterRenderer(hostileFacts, links)(hostileLetter);

  test("is shown as text", () => {
    expect(html).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
    expect(html).not.toMatch(/<script|<img|<b\b/i);
    expect(headers).not.toHaveProperty("Bcc");
  });

  test("cannot pass for a part of the letter: every line of a message is indented", () => {
    const forged = "Unsubscribe:\nhttps://evil.example";
    const lines = renderOne(dispatch([{ body: forged }])).text.split("\n");
    expect(lines).toContain("    Unsubscribe:");
    expect(lines).not.toContain("Unsubscribe:");
    expect(text).toContain("    <script>");
  });
});

describe("size", () => {
  test.each(['"', "&", "😀", "語", "\u0301", "\n"])("stays under 100,000 bytes with 20 events of 10 messages full of %j", (character) => {
    const body = `a${character}`.repeat(4000);
    const facts: DispatchFacts = { ...sampleFacts, events: {}, messages: {} };
    const parts = Array.from({ length: 20 }, (_, at): LetterPart => {
      const event_id = `00000000-0000-4000-8000-0000000000${at + 10}`;
      facts.events[event_id] = { title: body, organization_name: body };
      const shown = Array.from({ length: 10 }, (_, of) => `${at * 10 + of}`);
      for (const id of shown) facts.messages[id] = { event_id, author_name: body, body, posted_at: "2026-11-09T15:00:00Z", edited: true };
      return { event_id, count: 10, shown, mentions: shown, reason: "member" };
    });
    const { html } = createLetterRenderer(facts, links)({ ...digest, parts });
    expect(Buffer.byteLength(html)).toBeLessThan(100_000);
    for (const { event_id } of parts) expect(html).toContain(event_id);
  });

  test("a letter that is too large keeps the messages that mention its reader", () => {
    const body = '"'.repeat(500);
    const messages = Array.from({ length: 10 }, (_, at) => ({ body: at === 0 ? "for you" : body, author_name: body }));
    const [facts, letter] = dispatch(messages, { mentions: ["1"] });
    const many = { ...letter, kind: "digest" as const, parts: Array.from({ length: 20 }, () => letter.parts[0]!) };
    const { html, text } = createLetterRenderer(facts, links)(many);
    expect(Buffer.byteLength(html)).toBeLessThan(100_000);
    expect(text.split("for you").length - 1).toBe(20);
    expect(text).toContain("and 9 more messages");
  });
});
