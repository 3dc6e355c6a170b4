import { readdirSync, readFileSync } from "node:fs";
import examples from "libphonenumber-js/examples.mobile.json" with { type: "json" };
import { getCountries, getExampleNumber, type PhoneNumber } from "libphonenumber-js/min";
import { describe, expect, test } from "vitest";
import { findSecrets, hideSecrets } from "./redact-text.ts";
import type { SecretKind } from "./secrets/finding.ts";
import { cleanText } from "./untrusted-text.ts";

const folder = new URL("../redaction-sample/", import.meta.url);
const conversations = new URL("../../../scenarios/data/irc/", import.meta.url);
const sample = <Item>(name: string) => JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Item[];

const words: Record<SecretKind, string> = { email: "[1]", phone: "[2]", card: "[3]", bankAccount: "[4]", key: "[5]", code: "[6]", link: "[7]" };
const redact = (text: string) => hideSecrets(text, findSecrets(text), words);

/** Sentences that a secret may stand in. */
const SENTENCES = ["{}", "Write it down: {} please", "({})", "das ist {}.", "هذا {} هنا", "first line\n{}\nlast line", "«{}»"];

interface Measured {
  secret: string;
  sentences: string[];
}

const measured = (secret: string, context?: string): Measured => ({
  secret,
  sentences: context === undefined ? SENTENCES : [context, `first line\n${context}\nlast line`],
});

interface Parts {
  parts: string[];
  context?: string;
}

const inParts = (file: string) => sample<Parts>(file).map(({ parts, context }) => measured(parts.join(""), context));
const grouped = (digits: string, separator: string) => digits.replace(/(.{4})(?=.)/g, `$1${separator}`);
const countries = getCountries().map((country) => getExampleNumber(country, examples)!);
const formatted = (write: (number: PhoneNumber) => string, context?: string) => countries.map((number) => measured(write(number), context));

const KINDS: Record<string, { least: number; sample: Measured[] }> = {
  "e-mail addresses": { least: 0.99, sample: inParts("emails.json") },
  "cards": {
    least: 0.99,
    sample: sample<{ number: string[] }>("cards.json").flatMap(({ number }) => {
      const digits = number.join("");
      return [digits, grouped(digits, " "), grouped(digits, "-")].map((card) => measured(card));
    }),
  },
  "keys, tokens, passwords": { least: 0.99, sample: inParts("keys.json") },
  "links with a secret": { least: 0.99, sample: inParts("links.json") },
  "bank accounts": {
    least: 0.99,
    sample: sample<{ number: string[] }>("bank-accounts.json").flatMap(({ number }) => {
      const account = number.join("");
      return [account, grouped(account, " "), account.toLowerCase()].map((iban) => measured(iban));
    }),
  },
  "one-time codes": {
    least: 0.95,
    sample: sample<{ text: string; code: string }>("codes.json").map(({ text, code }) => measured(code, text)),
  },
  "phones as people write them": {
    least: 0.95,
    sample: sample<{ number: string; context?: string }>("phones.json").map(({ number, context }) => measured(number, context)),
  },
  "phones of all countries, +1234": { least: 0.99, sample: formatted(({ number }) => number) },
  "phones of all countries, +12 34": { least: 0.99, sample: formatted((number) => number.formatInternational()) },
  // On some small islands numbers have four or five digits; those could be anything.
  "phones of all countries, national": { least: 0.95, sample: formatted((number) => number.formatNational(), "call me: {}") },
};

/** Whether nothing of a secret longer than five characters is left, and everything around it is. */
function isHidden(secret: string, sentence: string): boolean {
  const redacted = redact(cleanText(sentence.replace("{}", () => secret)));
  const [before = "", after = ""] = sentence.split("{}");
  if (!redacted.startsWith(before.slice(0, -2)) || !redacted.endsWith(after.slice(2))) return false;
  for (let at = 0; at + 6 <= secret.length; at += 1) if (redacted.includes(secret.slice(at, at + 6))) return false;
  return !redacted.includes(secret);
}

describe("recall", () => {
  test.each(Object.entries(KINDS))("%s", (kind, { least, sample }) => {
    const trials = sample.flatMap(({ secret, sentences }) => sentences.map((sentence) => ({ secret, sentence })));
    const missed = trials.filter(({ secret, sentence }) => !isHidden(secret, sentence));
    const recall = 1 - missed.length / trials.length;
    console.log(`recall ${(recall * 100).toFixed(2)} % of ${sample.length} ${kind}, ${trials.length} sentences`);
    expect(recall, JSON.stringify(missed.slice(0, 5))).toBeGreaterThanOrEqual(least);
    expect(trials.length).toBeGreaterThanOrEqual(36);
  });

  test("each secret is hidden as what it is", () => {
    expect(redact("mail a@b.example, call +49 171 3920012, pay by 4242 4242 4242 4242 or DE89 3704 0044 0532 0130 00")).toBe(
      "mail [1], call [2], pay by [3] or [4]",
    );
    expect(redact(`key ${"re_"}123456789, code is 123456, https://x.example/?token=abcdef`)).toBe("key [5], code is [6], [7]");
  });

  test("a secret in another script's digits, full width or with invisible characters in it is the same secret", () => {
    expect(redact("اتصل بي: ٠١٠٠ ١٢٣ ٤٥٦٧.")).toBe("اتصل بي: [2].");
    expect(redact("４２４２ ４２４２ ４２４２ ４２４２")).toBe("[3]");
    expect(redact("4242\u200b4242\u00ad4242\u20604242!")).toBe("[3]!");
    expect(redact("a\u200b@b.example\u200b, c")).toBe("[1]\u200b, c");
  });

  test("a secret that white space around it has been joined to does not hide its neighbours", () => {
    expect(redact("+49 171 3920012 20:00 Uhr")).toBe("[2] 20:00 Uhr");
    expect(redact("4242 4242 4242 4242 12/27 314")).toBe("[3] 12/27 314");
  });
});

describe("false alarms", () => {
  test("there are none in messages without a secret", () => {
    const messages = sample<string>("clean.json");
    expect(messages.filter((message) => redact(message) !== message)).toEqual([]);
    expect(messages.length).toBeGreaterThan(50);
  });

  test("are below 1 % of the messages of two real conversations, and their one address is hidden", () => {
    const known = sample<{ file: string; line: number; kind: SecretKind }>("conversations.json");
    const found: { file: string; line: number; kind: SecretKind }[] = [];
    let messages = 0;
    for (const file of readdirSync(conversations)) {
      for (const [at, line] of readFileSync(new URL(file, conversations), "utf8").split("\n").entries()) {
        const text = /^\[\d\d:\d\d\] (?:<[^>]+>| \* \S+) (.*)$/.exec(line)?.[1];
        if (text === undefined) continue;
        messages += 1;
        for (const { kind } of findSecrets(cleanText(text))) found.push({ file, line: at + 1, kind });
      }
    }
    const isKnown = (finding: (typeof found)[number]) => known.some((one) => one.file === finding.file && one.line === finding.line && one.kind === finding.kind);
    const falseAlarms = found.filter((finding) => !isKnown(finding));
    console.log(`${falseAlarms.length} false alarms in ${messages} messages`);
    expect(messages).toBeGreaterThan(2900);
    expect(falseAlarms.length / messages, JSON.stringify(falseAlarms)).toBeLessThan(0.01);
    expect(found.filter(isKnown)).toHaveLength(known.length);
  });

  test("a link without a secret stays as it is, whatever figures are in it", () => {
    const link = "https://example.com/orders/4242424242424242/+491713920012?page=2#DE89370400440532013000";
    expect(redact(`see ${link}, please`)).toBe(`see ${link}, please`);
  });
});

describe("hostile text", () => {
  const UNITS = [
    "1", "1 ", "1-", "1.", "0 ", "(", "+", "+1 ", "00", "@", "a@", "a", "a.", "a.b@", '"', '"@', "eyJ", "eyJ.", "eyJa.", "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN ", "http://", "a://", "a+", "http://a@", "?token=", "http://a?token=", "key = ", "api_key: ", "token token ", "password is ", "the code for a ",
    "your a code ", "1 is your ", "Bearer ", "sk-", "sk-a-", "re_", "xoxb-", "A", "AA", "A1", "DE89 ", "4", "42", "0171 ", "call ", " at ", " dot ", "a at b dot ",
    "a (at) b.", "\u200b1", "٠", "é", "漢", "😀", "a\n", "12345678901234.atlasv1.", "postgres://a:b@", "رمز التحقق ", "-", "_", "a_", "A-1", "\ud800",
  ];

  test("8,000 characters of anything are searched in a time that grows with their number only", { timeout: 30_000 }, () => {
    for (const unit of UNITS) {
      const text = unit.repeat(Math.ceil(8000 / unit.length)).slice(0, 8000);
      for (const hostile of [text, `key code @ 1 call password token :// dot ${text}`, `${text} x@y.example`]) {
        const findings = findSecrets(hostile);
        for (const [at, { start, end }] of findings.entries()) {
          expect(start).toBeLessThan(end);
          expect(start).toBeGreaterThanOrEqual(at === 0 ? 0 : findings[at - 1]!.end);
        }
      }
    }
  });
});
