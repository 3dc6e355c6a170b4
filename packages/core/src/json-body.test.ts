import fc from "fast-check";
import { expect, test } from "vitest";
import { createJsonBody } from "./json-body.ts";

const email = { from: "a@example.com", to: ["b@example.com"], subject: "s", text: "t", headers: {}, tags: [] };

test("the body says what JSON.stringify would of the same e-mails, whatever the pieces hold", () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 5 }), { maxLength: 4 }), (letters) => {
      const body = createJsonBody();
      letters.forEach((pieces, at) => body.add({ ...email, subject: `${at} "…" \u2028` }, pieces));
      const emails = letters.map((pieces, at) => ({ ...email, subject: `${at} "…" \u2028`, html: pieces.join("") }));
      expect(JSON.parse(new TextDecoder().decode(body.end()))).toEqual(emails);
    }),
  );
});

test("pieces that letters share give the same bytes in each", () => {
  const body = createJsonBody();
  body.add(email, ["<p>1</p>", "“shared”", "<p>a</p>"]);
  body.add(email, ["<p>2</p>", "“shared”", "<p>b</p>"]);
  expect(JSON.parse(new TextDecoder().decode(body.end()))).toEqual([
    { ...email, html: "<p>1</p>“shared”<p>a</p>" },
    { ...email, html: "<p>2</p>“shared”<p>b</p>" },
  ]);
});

test("a few wide characters are escaped, a letter that is made of them is not", () => {
  const body = createJsonBody();
  const text = "Doors open at six … ".repeat(20);
  body.add({ ...email, text }, [text, "😀".padEnd(80, "-"), "شكرا جزيلا"]);
  const written = new TextDecoder().decode(body.end());
  expect(written).toContain("six \\u2026 Doors");
  expect(written).toContain("\\ud83d\\ude00--");
  expect(written).toContain("شكرا جزيلا");
});
