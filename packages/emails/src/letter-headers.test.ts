import { expect, test } from "vitest";
import { sampleFacts, sampleLetters } from "../samples/sample-facts.ts";
import { letterHeaders } from "./letter-headers.ts";

const { conversation, combined, digest } = sampleLetters;
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
