import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bareAddress, parseAddress } from "./address.ts";

describe("addresses", () => {
  it.each([
    ["a@b.co", { name: "", address: "a@b.co" }],
    ["first.last+tag@sub.example.org", { name: "", address: "first.last+tag@sub.example.org" }],
    ["Ada <ada@demo.test>", { name: "Ada", address: "ada@demo.test" }],
    ["<ada@demo.test>", { name: "", address: "ada@demo.test" }],
    ['"Lovelace, Ada" <ada@demo.test>', { name: "Lovelace, Ada", address: "ada@demo.test" }],
    ['"A \\"B\\" C" <ada@demo.test>', { name: 'A "B" C', address: "ada@demo.test" }],
    ["Новичок 🎉 <n@demo.test>", { name: "Новичок 🎉", address: "n@demo.test" }],
    ["a@xn--bcher-kva.example", { name: "", address: "a@xn--bcher-kva.example" }],
  ])("takes %s", (text, parsed) => {
    expect(parseAddress(text)).toEqual(parsed);
  });

  it.each([
    "",
    "nobody",
    "a@b",
    "a@localhost",
    "@b.co",
    "a@",
    "a b@c.de",
    "a@b..co",
    "a..b@c.de",
    ".a@b.co",
    "a@-b.co",
    "a@b.c0m1-",
    "a@b.co, c@d.co",
    "Lovelace, Ada <ada@demo.test>",
    "Ada <ada@demo.test",
    "Ada ada@demo.test>",
    "Ada <<ada@demo.test>>",
    "Ada\r\nBcc: x@y.zz <ada@demo.test>",
    '"Ada\n" <ada@demo.test>',
    "ünïcode@demo.test",
    "a@demo.tést",
    `${"a".repeat(65)}@demo.test`,
    `a@${"b".repeat(64)}.test`,
  ])("refuses %j", (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  it("gives back any address it was given with any quoted name", () => {
    const name = fc.string({ unit: "grapheme" }).filter((text) => !/\p{Cc}/u.test(text));
    fc.assert(
      fc.property(name, fc.emailAddress({ size: "small" }), (displayName, address) => {
        fc.pre(parseAddress(address) !== null);
        const quoted = `"${displayName.replaceAll(/["\\]/g, "\\$&")}" <${address}>`;
        expect(parseAddress(quoted)).toEqual({ name: displayName, address });
        expect(bareAddress(quoted)).toBe(address.toLowerCase());
      }),
    );
  });

  it("never lets a line break through, wherever it stands", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("a@b.co", "Ada <a@b.co>", '"Ada, B" <a@b.co>'),
        fc.nat(20),
        fc.constantFrom("\r", "\n", "\r\n", "\0"),
        (good, at, ending) => {
          const place = Math.min(at, good.length);
          expect(parseAddress(good.slice(0, place) + ending + good.slice(place))).toBeNull();
        },
      ),
    );
  });
});
