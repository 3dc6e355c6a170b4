import { describe, expect, it } from "vitest";
import { checkEmail } from "./check-email.ts";
import { letter, noon } from "./testing/start-simulator.ts";

const days = (count: number) => new Date(noon + count * 86_400_000).toISOString();
const { html: _html, text: _text, ...bare } = letter;
const topic = "6fe4c710-0e8a-4c58-8e72-706633f3c1e0";

describe("field rules", () => {
  it.each<[string, object]>([
    ["text only", { ...bare, text: "x" }],
    ["HTML with the text opted out", { ...bare, html: "<p>x</p>", text: "" }],
    ["fifty recipients", { ...letter, to: Array.from({ length: 50 }, (_, index) => `p${index}@demo.test`) }],
    ["copies and a reply address", { ...letter, cc: "a@b.co", bcc: ["c@d.co"], reply_to: ["E <e@f.co>"] }],
    ["header fields", { ...letter, headers: { "List-Id": "x <y.z>", References: "<a@b>" } }],
    ["tags of 256 characters", { ...letter, tags: [{ name: "n".repeat(256), value: "A_z-9" }] }],
    ["a time within 30 days", { ...letter, scheduled_at: days(29) }],
    ["a relative time", { ...letter, scheduled_at: "in 5 minutes" }],
    ["a spoken time", { ...letter, scheduled_at: "tomorrow at 9am" }],
    ["a topic", { ...letter, topic_id: topic }],
    ["a template without from and subject", { to: "a@b.co", template: { id: "welcome", variables: { name: "Ada", count: 2 } } }],
    ["fields that are null", { ...letter, cc: null, headers: null, tags: null, scheduled_at: null, topic_id: null }],
    ["fields nobody knows", { ...letter, colour: "blue" }],
  ])("takes %s", (_title, email) => {
    expect(checkEmail(email, "single", noon)).toBeNull();
  });

  it.each<[string, string, unknown]>([
    ["missing_required_field", "no from", { ...letter, from: undefined }],
    ["missing_required_field", "no to", { ...letter, to: undefined }],
    ["missing_required_field", "an empty list of recipients", { ...letter, to: [] }],
    ["missing_required_field", "no subject", { ...letter, subject: "" }],
    ["missing_required_field", "neither html nor text", bare],
    ["missing_required_field", "an empty text alone", { ...bare, text: "" }],
    ["missing_required_field", "a template without id", { to: "a@b.co", template: {} }],
    ["invalid_from_address", "a from without domain", { ...letter, from: "chat" }],
    ["invalid_from_address", "a from that is no string", { ...letter, from: ["a@b.co"] }],
    ["validation_error", "a to that is no address", { ...letter, to: ["a@b.co", "b"] }],
    ["validation_error", "a to that is no string", { ...letter, to: 7 }],
    ["validation_error", "fifty-one recipients", { ...letter, to: Array.from({ length: 51 }, () => "a@b.co") }],
    ["validation_error", "a bad cc", { ...letter, cc: "a@b" }],
    ["validation_error", "a bad bcc", { ...letter, bcc: [""] }],
    ["validation_error", "a bad reply_to", { ...letter, reply_to: "x y@z.co" }],
    ["validation_error", "a line break in the subject", { ...letter, subject: "a\r\nBcc: b@c.de" }],
    ["validation_error", "a subject that is no string", { ...letter, subject: 7 }],
    ["validation_error", "html that is no string", { ...letter, html: {} }],
    ["validation_error", "headers that are a list", { ...letter, headers: ["a"] }],
    ["validation_error", "a header that is no string", { ...letter, headers: { a: 1 } }],
    ["validation_error", "a line break in a header", { ...letter, headers: { a: "b\nc: d" } }],
    ["validation_error", "a line break in a header name", { ...letter, headers: { "a\r\nb": "c" } }],
    ["validation_error", "tags that are no list", { ...letter, tags: {} }],
    ["validation_error", "a tag without value", { ...letter, tags: [{ name: "a" }] }],
    ["validation_error", "a tag with a dot", { ...letter, tags: [{ name: "a", value: "b.c" }] }],
    ["validation_error", "a tag with a line break at its end", { ...letter, tags: [{ name: "a", value: "b\n" }] }],
    ["validation_error", "a tag that is not ASCII", { ...letter, tags: [{ name: "ä", value: "b" }] }],
    ["validation_error", "an empty tag", { ...letter, tags: [{ name: "a", value: "" }] }],
    ["validation_error", "a tag of 257 characters", { ...letter, tags: [{ name: "a", value: "b".repeat(257) }] }],
    ["validation_error", "a time 31 days ahead", { ...letter, scheduled_at: days(31) }],
    ["validation_error", "a time 31 days ahead, said in words", { ...letter, scheduled_at: "in 31 days" }],
    ["validation_error", "a time that is none", { ...letter, scheduled_at: "blue" }],
    ["validation_error", "a date that is none", { ...letter, scheduled_at: "2026-13-45T00:00:00Z" }],
    ["validation_error", "a template beside html", { ...letter, template: { id: "a" } }],
    [
      "validation_error",
      "a template variable of 2,001 characters",
      { to: "a@b.co", template: { id: "a", variables: { b: "c".repeat(2001) } } },
    ],
    ["invalid_attachment", "an attachment without content", { ...letter, attachments: [{ filename: "a" }] }],
    ["invalid_parameter", "a topic that is no UUID", { ...letter, topic_id: "news" }],
    ["validation_error", "no object", "hello"],
    ["validation_error", "null", null],
    ["validation_error", "a list", [letter]],
  ])("answers %s to %s", (name, _title, email) => {
    const answer = checkEmail(email, "single", noon);
    expect(answer?.status).toBe(422);
    expect(JSON.parse(answer?.body ?? "{}")).toMatchObject({ statusCode: 422, name });
  });
});
