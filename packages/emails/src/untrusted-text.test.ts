import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanLine, cleanText, inert, messageContent, showsNothing } from "./untrusted-text.ts";

const limit = { graphemes: 500, lines: 10 };
const html = (raw: string) => messageContent(raw, limit).html;
const text = (raw: string) => messageContent(raw, limit).text;

/** Text as an attacker would mix it. */
const nasty = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: "grapheme" }),
      fc.constantFrom(
        "<script>", "</a>", "<a href='x'>", '"', "'", "&", "&lt;", "\n", "\r\n", "\r", "\t", "  ", "\u0000", "\u001b", "\u0085",
        "\u2028", "\u202e", "\u2066", "\u200f", "\ud800", "\udc00", "https://ok.example/a?b=c&d=e", "HTTP://x.example",
        "https://a@b.example", "http://[::1]/", "http://999.1.1.1.1", "javascript:alert(1)", "data:text/html,x", "//x.example", "mailto:a@b.example",
      ),
    ),
    { maxLength: 30 },
  )
  .map((pieces) => pieces.join(""));

const FORBIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u206f]|\p{Surrogate}/u;

describe("message text", () => {
  test("whatever is written, nothing but line breaks and links to http(s) addresses becomes a tag", () => {
    fc.assert(
      fc.property(nasty, (raw) => {
        const inside = html(raw).replace(/<br>|<\/a>|<a href="(https?:\/\/[^"<>]+)" target="_blank" rel="noopener noreferrer nofollow ugc">/g, "");
        expect(inside).not.toMatch(/[<>"']/);
        expect(inside).not.toMatch(/&(?!(?:amp|lt|gt|quot|#39|nbsp|#8230);)/);
      }),
    );
  });

  test("whatever is written, every link has a host and no user name", () => {
    fc.assert(
      fc.property(nasty, (raw) => {
        for (const [, href] of html(raw).matchAll(/<a href="([^"]+)"/g)) {
          const url = new URL(href!.replaceAll("&amp;", "&").replaceAll("&#39;", "'"));
          expect(["http:", "https:"]).toContain(url.protocol);
          expect(url.host).not.toBe("");
          expect(url.username + url.password).toBe("");
        }
      }),
    );
  });

  test("whatever is written, no control, override or lone surrogate is left in either version", () => {
    fc.assert(
      fc.property(nasty, (raw) => {
        expect(html(raw)).not.toMatch(FORBIDDEN);
        expect(text(raw)).not.toMatch(FORBIDDEN);
      }),
    );
  });

  test("both versions say the same words", () => {
    fc.assert(
      fc.property(nasty, (raw) => {
        const decoded = html(raw)
          .replaceAll("<br>", "\n")
          .replace(/<[^>]*>/g, "")
          .replaceAll("&nbsp;", " ")
          .replaceAll("&#8230;", "…")
          .replaceAll("&lt;", "<")
          .replaceAll("&gt;", ">")
          .replaceAll("&quot;", '"')
          .replaceAll("&#39;", "'")
          .replaceAll("&amp;", "&");
        expect(decoded).toBe(text(raw).replaceAll("\t", "    "));
      }),
    );
  });

  test("cleaning twice changes nothing more", () => {
    fc.assert(
      fc.property(nasty, (raw) => {
        expect(cleanText(cleanText(raw))).toBe(cleanText(raw));
      }),
    );
  });

  test.each([
    ["an address", "see https://ok.example/a?b=1&c=2.", "https://ok.example/a?b=1&amp;c=2"],
    ["an address in brackets", "(https://ok.example/wiki/A_(b))", "https://ok.example/wiki/A_(b)"],
    ["upper case", "HTTPS://OK.EXAMPLE/x", "https://ok.example/x"],
  ])("links %s", (_, raw, href) => {
    expect(html(raw)).toContain(`<a href="${href}"`);
  });

  test.each(["javascript:alert(1)", "data:text/html,x", "ftp://x.example/a", "mailto:a@b.example", "//x.example", "www.x.example", "https://bank.example@evil.example/", "steam://run/1"])(
    "does not link %s",
    (raw) => expect(html(raw)).not.toContain("<a"),
  );

  test.each([
    ["javascript:alert(1)", "javascript:\u2060alert(1)"],
    ["x ftp://a.example", "x ftp:\u2060//a.example"],
    ["https://a@b.example", "https:\u2060//a@b.example"],
    ["at 12:30, note: std::vector", "at 12:30, note: std::vector"],
  ])("keeps mail clients from linking %s by themselves", (raw, expected) => {
    expect(inert(raw)).toBe(expected);
    expect(text(raw)).toBe(expected);
  });

  test("line breaks and indentation survive in HTML", () => {
    expect(html("list:\r\n  - a\n\n\n\n\tb")).toBe("list:<br>&nbsp; - a<br><br>&nbsp;&nbsp;&nbsp; b");
  });
});

describe("clipping", () => {
  const family = "👩‍👩‍👧‍👦";

  test("cuts after 500 characters as people count them", () => {
    expect(text(family.repeat(100))).toBe(family.repeat(100));
    expect(text("é".repeat(501))).toBe(`${"é".repeat(500)}…`);
    expect(text(`${"e\u0301".repeat(501)}`)).toBe(`${"e\u0301".repeat(500)}…`);
  });

  test("never cuts inside a character, and always bounds the length", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(family, "a", "e\u0301", "🇩🇪", "\u0301", " ", "\n"), minLength: 300, maxLength: 900 }), (raw) => {
        const clipped = text(raw).replace(/…$/, "");
        expect(clipped.length).toBeLessThanOrEqual(1500);
        const whole = cleanText(raw);
        expect(whole.startsWith(clipped)).toBe(true);
        const boundaries = new Set([...new Intl.Segmenter("und").segment(whole)].map(({ index }) => index));
        expect(boundaries.has(clipped.length) || clipped.length === whole.length || /\s$/.test(whole.slice(0, clipped.length + 1))).toBe(true);
      }),
    );
  });

  test("cuts after 10 lines", () => {
    const lines = Array.from({ length: 12 }, (_, at) => `line ${at}`);
    expect(text(lines.join("\n"))).toBe(`${lines.slice(0, 10).join("\n")}…`);
  });

  test("an address that is cut still leads to the whole address", () => {
    const address = `https://ok.example/${"y".repeat(100)}`;
    const clipped = html(`${"x".repeat(450)} ${address}`);
    expect(clipped).toContain(`<a href="${address}"`);
    expect(clipped).toMatch(/>https:\/\/ok\.example\/y{30}<\/a>&#8230;$/);
  });
});

describe("names and titles", () => {
  test("are one bounded line without controls, whatever is written", () => {
    fc.assert(
      fc.property(nasty, fc.integer({ min: 1, max: 80 }), (raw, most) => {
        const line = cleanLine(raw, most);
        expect(line).not.toMatch(/[\n\r\t]/);
        expect(line).not.toMatch(FORBIDDEN);
        expect([...new Intl.Segmenter("und").segment(line)].length).toBeLessThanOrEqual(most + 1);
      }),
    );
  });

  test("that hold nothing visible are known as such", () => {
    expect(["", " \n", "\u200b\u200d\u2060", "\u0000\u202e", "\u0301"].map(showsNothing)).toEqual([true, true, true, true, true]);
    expect(["a", "🎶", ".", "م"].map(showsNothing)).toEqual([false, false, false, false]);
  });
});
