import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import type { UnsubscribeKeys } from "./unsubscribe-keys.ts";

/**
 * What a link in a letter may turn down, for whom: this event, digests, or everything. Bytes of a token:
 * key id 6 | scope 1 | user 16 | event 16 (scope event only) | HMAC-SHA256 32, in base64url. It holds no
 * address and never expires: people unsubscribe from letters that are years old.
 */
export interface UnsubscribeClaim {
  userId: string;
  scope: UnsubscribeScope;
  /** Of scope `event`; null otherwise. */
  eventId: string | null;
}

export type UnsubscribeScope = "event" | "digest" | "all";

/** `token_invalid`: altered, truncated or made up. `key_retired`: of a key that is not (or no longer) ours. */
export type TokenRefusal = "token_invalid" | "key_retired";

const SCOPES: UnsubscribeScope[] = ["event", "digest", "all"];
const KEY_BYTES = 6;
const ID_BYTES = 16;
const MAC_BYTES = 32;

/** Throws for a key id that is not among the keys: this process cannot sign for that dispatch. */
export function sealUnsubscribeToken(claim: UnsubscribeClaim, keyId: string, keys: UnsubscribeKeys): string {
  const secret = keys.secrets.get(keyId);
  if (secret === undefined) throw new MissingKey(keyId);
  const signed = Buffer.concat([
    Buffer.from(keyId, "hex"),
    Buffer.of(SCOPES.indexOf(claim.scope)),
    uuidBytes(claim.userId),
    ...(claim.eventId === null ? [] : [uuidBytes(claim.eventId)]),
  ]);
  return Buffer.concat([signed, mac(signed, secret)]).toString("base64url");
}

export function openUnsubscribeToken(
  token: string,
  keys: UnsubscribeKeys,
): { ok: true; claim: UnsubscribeClaim } | { ok: false; code: TokenRefusal } {
  const bytes = Buffer.from(token, "base64url");
  const scope = SCOPES[bytes[KEY_BYTES] ?? SCOPES.length];
  const ids = KEY_BYTES + 1;
  const macAt = ids + (scope === "event" ? 2 : 1) * ID_BYTES;
  // Decoding forgives strange characters and stray bits; a token has one spelling only.
  if (scope === undefined || bytes.length !== macAt + MAC_BYTES || bytes.toString("base64url") !== token) {
    return { ok: false, code: "token_invalid" };
  }
  const secret = keys.secrets.get(bytes.toString("hex", 0, KEY_BYTES));
  if (secret === undefined) return { ok: false, code: "key_retired" };
  if (!timingSafeEqual(bytes.subarray(macAt), mac(bytes.subarray(0, macAt), secret))) return { ok: false, code: "token_invalid" };
  const userId = uuidText(bytes.subarray(ids, ids + ID_BYTES));
  return { ok: true, claim: { userId, scope, eventId: scope === "event" ? uuidText(bytes.subarray(ids + ID_BYTES, macAt)) : null } };
}

/** The dispatch was composed under a key that this process was not given; another process can send it. */
export class MissingKey extends Error {
  readonly code = "unsubscribe_key_missing";
  constructor(keyId: string) {
    super(`UNSUBSCRIBE_KEYS lacks the key ${keyId}, with which this dispatch's links are signed.`);
  }
}

function mac(bytes: Uint8Array, secret: string): Buffer {
  // The words keep signatures of other things made with the same secret from passing as tokens.
  return createHmac("sha256", secret).update("unsubscribe token\0").update(bytes).digest();
}

function uuidBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll("-", ""), "hex");
}

function uuidText(bytes: Buffer): string {
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
