import { createHash } from "node:crypto";
import * as v from "valibot";

/** The environment variable with the keys: the first signs, all of them verify, what is taken out is retired. */
export const UNSUBSCRIBE_KEYS = "UNSUBSCRIBE_KEYS";

export interface UnsubscribeKeys {
  /** The id of the key that signs. A dispatch freezes it, so that its letters keep their bytes when the key changes. */
  signingId: string;
  /** By id. */
  secrets: ReadonlyMap<string, string>;
}

const FEWEST_CHARACTERS = 32;

/**
 * `UNSUBSCRIBE_KEYS`: secrets of at least 32 characters (letters, digits, `_-+/=`) with commas between them. A key's id
 * is made of the key, so that nobody has to name keys and two deployments cannot mean different ones by one name.
 */
export const UnsubscribeKeyList = v.pipe(
  v.string(),
  v.transform((text) => text.split(",").map((secret) => secret.trim())),
  v.check(
    (secrets) => secrets.every((secret) => secret.length >= FEWEST_CHARACTERS && /^[\w+/=-]+$/.test(secret)),
    `${UNSUBSCRIBE_KEYS} must be one or more secrets of at least ${FEWEST_CHARACTERS} letters and digits, with commas between them`,
  ),
  v.transform(toKeys),
);

/** @param secrets at least one; the first signs */
export function toKeys(secrets: string[]): UnsubscribeKeys {
  const named = secrets.map((secret) => [keyId(secret), secret] as const);
  return { signingId: named[0]![0], secrets: new Map(named) };
}

/** Twelve hexadecimal digits that tell nothing of the key. */
function keyId(secret: string): string {
  return createHash("sha256").update(`unsubscribe key id\0${secret}`).digest("hex").slice(0, 12);
}
