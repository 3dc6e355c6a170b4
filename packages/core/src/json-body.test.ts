import fc from "fast-check";
import { expect, test } from "vitest";
import { createJsonBody, reuseBody } from "./json-body.ts";

const email = { from: "a@example.com", to: ["b@example.com"], subject: "s", headers: {}, tags: [] };
const pieces = fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 5 });

test("the body says what JSON.stringify would of the same e-mails, whatever the pieces hold", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ text: pieces, html: pieces }), { maxLength: 4 }), (letters) => {
      const body = createJsonBody();
      letters.forEach((letter, at) => body.add({ ...email, subject: `${at} "…" \u2028` }, letter));
      const emails = letters.map(({ text, html }, at) => ({ ...email, subject: `${at} "…" \u2028`, text: text.join(""), html: html.join("") }));
      expect(JSON.parse(new TextDecoder().decode(body.end()))).toEqual(emails);
    }),
  );
});

test("pieces that letters share give the same bytes in each", () => {
  const body = createJsonBody();
  body.add(email, { text: ["", "“shared”", "a"], html: ["<p>1</p>", "“shared”", "<p>a</p>"] });
  body.add(email, { text: ["", "“shared”", "b"], html: ["<p>2</p>", "“shared”", "<p>b</p>"] });
  expect(JSON.parse(new TextDecoder().decode(body.end()))).toEqual([
    { ...email, text: "“shared”a", html: "<p>1</p>“shared”<p>a</p>" },
    { ...email, text: "“shared”b", html: "<p>2</p>“shared”<p>b</p>" },
  ]);
});

test("a few wide characters are escaped, a letter that is made of them is not", () => {
  const body = createJsonBody();
  body.add(email, { text: ["Doors open at six … ".repeat(20)], html: ["Doors open at six … ".repeat(20), "😀".padEnd(80, "-"), "شكرا جزيلا"] });
  const written = new TextDecoder().decode(body.end());
  expect(written).toContain("six \\u2026 Doors");
  expect(written).toContain("\\ud83d\\ude00--");
  expect(written).toContain("شكرا جزيلا");
});

test("a body is as long as its letters, however many", () => {
  const body = createJsonBody();
  const letters = Array.from({ length: 100 }, (_, at) => ({ text: [`${at}`], html: ["x".repeat(12_000), `…${at}`.repeat(500)] }));
  for (const letter of letters) body.add(email, letter);
  const emails = letters.map(({ text, html }) => ({ ...email, text: text.join(""), html: html.join("") }));
  expect(JSON.parse(new TextDecoder().decode(body.end()))).toEqual(emails);
});

test("bytes that are used again hold the next body alone", () => {
  const write = (text: string) => {
    const body = createJsonBody();
    body.add(email, { text: [text], html: [text] });
    return body.end();
  };
  const first = write("long ".repeat(100_000));
  const kept = write("kept");
  reuseBody(first);
  const next = write("next");
  expect(next.buffer).toBe(first.buffer);
  expect(JSON.parse(new TextDecoder().decode(next))).toEqual([{ ...email, text: "next", html: "next" }]);
  expect(JSON.parse(new TextDecoder().decode(kept))).toEqual([{ ...email, text: "kept", html: "kept" }]);
  const huge = write("huge ".repeat(1_000_000));
  reuseBody(huge);
  expect(write("small").buffer).not.toBe(huge.buffer);
});
