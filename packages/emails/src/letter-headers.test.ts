import fc from "fast-check";
import PostalMime, { type Email } from "postal-mime";
import { describe, expect, test } from "vitest";
import { sampleFacts, sampleLetters } from "../samples/sample-facts.ts";
import type { DispatchFacts, LetterFacts, RenderedLetter } from "./letter-facts.ts";
import { letterHeaders } from "./letter-headers.ts";
import { createAppLinks } from "./letter-links.ts";
import { createLetterRenderer } from "./render-letter.ts";

const { conversation, mention, combined, digest } = sampleLetters;
const id = conversation.parts[0]!.event_id;

test("letters of one event hang together by a root made of ids only", () => {
  const headers = letterHeaders(sampleFacts, conversation, "Any title", null);
  expect(headers["References"]).toBe(`<event-${id}@notify.example.com>`);
  expect(headers["In-Reply-To"]).toBe(headers["References"]);
  expect(letterHeaders(sampleFacts, digest, "Any title", null)).not.toHaveProperty("References");
});

test("the list is the event for a conversation, the kind for the others", () => {
  const listId = (letter: typeof conversation | typeof combined | typeof digest, title: string) => letterHeaders(sampleFacts, letter, title, null)["List-Id"];
  expect(listId(conversation, 'The "Big" One')).toBe(`"The \\"Big\\" One" <${id}.events.notify.example.com>`);
  expect(listId(conversation, "Sommerfest für alle")).toBe(`<${id}.events.notify.example.com>`);
  expect(listId(combined, "x")).toBe("<combined.notify.example.com>");
  expect(listId(digest, "x")).toBe("<digest.notify.example.com>");
});

test("machines are told that a machine wrote", () => {
  expect(letterHeaders(sampleFacts, digest, "x", null)).toMatchObject({ "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" });
});

test("one-click headers come with an unsubscribe address and never without", () => {
  expect(Object.keys(letterHeaders(sampleFacts, digest, "x", null)).filter((name) => name.startsWith("List-Unsub"))).toEqual([]);
  expect(letterHeaders(sampleFacts, digest, "x", "https://u.example/?t=a b")).toMatchObject({
    "List-Unsubscribe": "<https://u.example/?t=a%20b>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
  });
});

test("an unsubscribe address cannot add a header", () => {
  const value = letterHeaders(sampleFacts, digest, "x", "https://u.example/\r\nBcc: <a@b.example>")["List-Unsubscribe"]!;
  expect(value).toMatch(/^<[^<>\s]+>$/);
});

describe("a composed message, read by a mail parser", () => {
  const render = (facts: DispatchFacts, letter: LetterFacts, unsubscribe: string | null) =>
    createLetterRenderer(facts, { ...createAppLinks(facts.urls), unsubscribe: () => unsubscribe })(letter);

  /** Puts a letter on the wire as a provider does: each header as it was handed over. */
  function parse({ subject, headers, text, html }: RenderedLetter) {
    const encoded = /^[\x20-\x7e]*$/.test(subject) ? subject : `=?utf-8?B?${Buffer.from(subject).toString("base64")}?=`;
    const lines = Object.entries({ ...headers, Subject: encoded }).map(([name, value]) => `${name}: ${value}`);
    const body = (type: string, content: string) =>
      `--part\r\nContent-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(content).toString("base64").replace(/.{76}/g, "$&\r\n")}\r\n`;
    return PostalMime.parse(
      `From: Chat <chat@notify.example.com>\r\nTo: sam@example.com\r\n${lines.join("\r\n")}\r\nMIME-Version: 1.0\r\n` +
        `Content-Type: multipart/alternative; boundary=part\r\n\r\n${body("text/plain", text)}${body("text/html", html)}--part--\r\n`,
    );
  }

  const values = (email: Email, name: string) => email.headers.filter(({ key }) => key === name).map(({ value }) => value);
  const url = "https://chat.example.com/unsubscribe?token=e.abc_DEF-123&x=1";

  test.each(Object.entries(sampleLetters) as [string, LetterFacts][])("has the one-click headers of RFC 8058 exactly once: %s", async (_, letter) => {
    const email = await parse(render(sampleFacts, letter, url));
    expect(values(email, "list-unsubscribe")).toEqual([`<${url}>`]);
    expect(values(email, "list-unsubscribe-post")).toEqual(["List-Unsubscribe=One-Click"]);
    for (const name of ["list-id", "auto-submitted", "subject"]) expect(values(email, name)).toHaveLength(1);
    expect(values(email, "auto-submitted")).toEqual(["auto-generated"]);
  });

  test.each(Object.entries(sampleLetters) as [string, LetterFacts][])("has none of them without an address: %s", async (_, letter) => {
    const email = await parse(render(sampleFacts, letter, null));
    expect(email.headers.filter(({ key }) => key.startsWith("list-unsubscribe"))).toEqual([]);
  });

  test.each(["en", "de", "ar"])("arrives as it was written, in %s", async (locale) => {
    const letter = { ...mention, recipient: { ...mention.recipient, locale } };
    const rendered = render(sampleFacts, letter, url);
    const email = await parse(rendered);
    expect(email.subject).toBe(rendered.subject);
    expect(email.text?.replaceAll("\r\n", "\n").trim()).toBe(rendered.text.trim());
    expect(email.html?.trim()).toBe(rendered.html);
    expect([email.inReplyTo, email.references]).toEqual([rendered.headers["In-Reply-To"], rendered.headers["References"]]);
  });

  test("has the letter's headers and no others, whatever people write and wherever unsubscribing leads", async () => {
    const namesOf = (email: Email) => email.headers.map(({ key }) => key);
    const expected = namesOf(await parse(render(sampleFacts, mention, url)));
    const breaks = fc.constantFrom("\r\nBcc: a@evil.example", "\nX-Evil: 1", "\r", "\r\n\r\n<b>body</b>", "\u2028X: 1", "\u0085X: 1", '"', "\\", "=?utf-8?Q?=0D=0ABcc:x?=", "é", "ل");
    const text = fc.array(fc.oneof(breaks, fc.string())).map((pieces) => pieces.join(""));
    await fc.assert(
      fc.asyncProperty(text, text, text, async (title, name, path) => {
        const facts: DispatchFacts = {
          ...sampleFacts,
          events: { [id]: { title, organization_name: title } },
          messages: { "106": { ...sampleFacts.messages["106"]!, author_name: name, body: name } },
        };
        const email = await parse(render(facts, { ...mention, recipient: { ...mention.recipient, content_mode: "full" } }, `https://u.example/${path}`));
        expect(namesOf(email)).toEqual(expected);
        expect(values(email, "list-unsubscribe")).toHaveLength(1);
        expect(values(email, "list-unsubscribe-post")).toEqual(["List-Unsubscribe=One-Click"]);
        expect(email.bcc).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });
});
