import { Buffer } from "node:buffer";
import fc from "fast-check";
import * as v from "valibot";
import { expect, test } from "vitest";
import { toKeys, UnsubscribeKeyList } from "./unsubscribe-keys.ts";
import { createUnsubscribeLinks } from "./unsubscribe-links.ts";
import { openUnsubscribeToken, sealUnsubscribeToken, type UnsubscribeClaim } from "./unsubscribe-token.ts";

const OLD = "the_first_key_of_this_deployment_";
const NEW = "the_second_key_of_this_deployment";
const keys = toKeys([OLD]);
const rotated = toKeys([NEW, OLD]);
const claims: UnsubscribeClaim[] = [
  { userId: "5b0e6c1e-0f3a-4a55-9a1e-3c8f5d0b7b01", scope: "event", eventId: "00000000-0000-4000-8000-0000000000ff" },
  { userId: "ffffffff-ffff-ffff-ffff-ffffffffffff", scope: "digest", eventId: null },
  { userId: "00000000-0000-0000-0000-000000000000", scope: "all", eventId: null },
];
const seal = (claim: UnsubscribeClaim, by = keys) => sealUnsubscribeToken(claim, by.signingId, by);

test.each(claims)("a token says again what was sealed in it: %o", (claim) => {
  const token = seal(claim);
  expect(token).toMatch(/^[\w-]+$/);
  expect(openUnsubscribeToken(token, keys)).toEqual({ ok: true, claim });
  expect(seal(claim)).toBe(token);
});

test.each(claims)("a token is refused with any bit changed, cut anywhere, or spelled otherwise: %o", (claim) => {
  const token = seal(claim);
  const bytes = Buffer.from(token, "base64url");
  const codes = new Set<string>();
  const refuse = (altered: string) => {
    const opened = openUnsubscribeToken(altered, keys);
    expect(opened.ok, altered).toBe(false);
    if (!opened.ok) codes.add(opened.code);
  };
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const altered = Buffer.from(bytes);
    altered[bit >> 3]! ^= 1 << (bit & 7);
    refuse(altered.toString("base64url"));
  }
  for (let length = 0; length < token.length; length += 1) refuse(token.slice(0, length));
  for (const spelling of [`${token}A`, `${token}=`, ` ${token}`, token.replace(/.$/, (c) => (c === "A" ? "B" : "A")), `${token}\n`, `${token.slice(0, 9)}+${token.slice(9)}`]) refuse(spelling);
  expect([...codes].sort()).toEqual(["key_retired", "token_invalid"]);
});

test("no text that was not sealed opens", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.base64String(), fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString("base64url"))), (text) => !openUnsubscribeToken(text, keys).ok));
});

test("one person's signature does not pass for another person, event or scope", () => {
  const [event, digest] = claims.map((claim) => Buffer.from(seal(claim), "base64url"));
  const forged = Buffer.concat([digest!.subarray(0, 23), event!.subarray(39)]);
  expect(openUnsubscribeToken(forged.toString("base64url"), keys)).toEqual({ ok: false, code: "token_invalid" });
});

test("after a rotation the new key signs and both open; a key that is taken out is retired", () => {
  const [old, fresh] = [seal(claims[0]!), seal(claims[0]!, rotated)];
  expect(fresh).not.toBe(old);
  for (const token of [old, fresh]) expect(openUnsubscribeToken(token, rotated)).toEqual({ ok: true, claim: claims[0] });
  expect(openUnsubscribeToken(old, toKeys([NEW]))).toEqual({ ok: false, code: "key_retired" });
  expect(openUnsubscribeToken(fresh, keys)).toEqual({ ok: false, code: "key_retired" });
});

test("another deployment's token is refused", () => {
  const foreign = toKeys(["a key that somebody else made up"]);
  expect(openUnsubscribeToken(seal(claims[0]!, foreign), keys)).toEqual({ ok: false, code: "key_retired" });
  const renamed = Buffer.concat([Buffer.from(keys.signingId, "hex"), Buffer.from(seal(claims[0]!, foreign), "base64url").subarray(6)]);
  expect(openUnsubscribeToken(renamed.toString("base64url"), keys)).toEqual({ ok: false, code: "token_invalid" });
});

test("keys are read from one line; what is too short is refused without repeating it", () => {
  expect(v.parse(UnsubscribeKeyList, `${NEW}, ${OLD}`)).toEqual(rotated);
  for (const bad of ["", "short", `${OLD},`, `${OLD},short`, `${OLD} with blanks`]) {
    const parsed = v.safeParse(UnsubscribeKeyList, bad);
    expect(parsed.success).toBe(false);
    expect(parsed.issues?.[0].message).not.toContain(OLD);
  }
});

const facts = {
  template_version: 1, token_key_id: keys.signingId, events: {}, messages: {},
  sender: { from: "a@b.example", reply_to: null, replies_are_read: false, postal_address: "x", product_name: "x" },
  urls: { app: "https://app.example", functions: "https://api.example/functions/v1", list_domain: "b.example" },
};
const letter = (kind: "conversation" | "combined" | "digest") => ({
  email_id: "5b0e6c1e-0f3a-4a55-9a1e-3c8f5d0b7c01", kind, composed_at: "2026-11-09T15:10:00Z", more: { events: 0, messages: 0 },
  recipient: { user_id: claims[0]!.userId, email: "sam@example.com", display_name: null, locale: "en", time_zone: "UTC" },
  parts: [{ event_id: claims[0]!.eventId!, count: 1, shown: [], mentions: [], reason: "member" as const }],
});

test("a conversation's link stops its event, a digest's the digests, a combined letter's everything", () => {
  const links = createUnsubscribeLinks(facts, rotated);
  const opened = (["conversation", "digest", "combined"] as const).map((kind) => {
    const url = new URL(links(letter(kind))!);
    expect(url.origin + url.pathname).toBe("https://api.example/functions/v1/unsubscribe");
    expect(url.href).not.toContain("sam");
    return openUnsubscribeToken(url.searchParams.get("token")!, keys);
  });
  const { userId, eventId } = claims[0]!;
  expect(opened).toEqual([
    { ok: true, claim: { userId, scope: "event", eventId } },
    { ok: true, claim: { userId, scope: "digest", eventId: null } },
    { ok: true, claim: { userId, scope: "all", eventId: null } },
  ]);
});

test("a dispatch is signed with the key it has frozen, or not at all", () => {
  const [before, after] = [keys, rotated].map((at) => createUnsubscribeLinks(facts, at)(letter("digest")));
  expect(after).toBe(before);
  expect(() => createUnsubscribeLinks(facts, toKeys([NEW]))).toThrow(expect.objectContaining({ code: "unsubscribe_key_missing" }));
  expect(createUnsubscribeLinks({ ...facts, token_key_id: null }, keys)(letter("digest"))).toBe(null);
});
