import { createHash } from "node:crypto";
import { refused, type Answer } from "./answer.ts";

const KEPT_MS = 24 * 60 * 60 * 1000;

interface Entry {
  readonly since: number;
  readonly bodyHash: string;
  /** null while the first request is still being worked on */
  answer: Answer | null;
}

export type Begun =
  | { readonly state: "answered"; readonly answer: Answer }
  | {
      readonly state: "first";
      /** Base64 of the body's sha-256; null without a key. */
      readonly bodyHash: string | null;
      finish(answer: Answer): void;
    };

export interface IdempotencyKeys {
  /**
   * Claims a key for a request, or answers in its place: the original answer on a replay,
   * 400 `invalid_idempotency_key`, 409 `concurrent_idempotent_requests` while the first request runs,
   * 409 `invalid_idempotent_request` for another body. Whoever is `first` must call `finish` exactly once;
   * only a success is kept, after a failure the key is free again.
   */
  begin(endpoint: string, key: string | null, body: Uint8Array): Begun;
  /** Takes back a success that an earlier run answered; entries must come oldest first. */
  restore(
    endpoint: string,
    key: string,
    success: { readonly since: number; readonly bodyHash: string; readonly answer: Answer },
  ): void;
  readonly size: number;
  reset(): void;
}

const unkeyed: Begun = { state: "first", bodyHash: null, finish() {} };

/** Keys live 24 h per endpoint (its method and path); beyond `maxKeys` the oldest finished ones go early. */
export function createIdempotencyKeys(maxKeys: number, now: () => number): IdempotencyKeys {
  const entries = new Map<string, Entry>();

  function dropOld(at: number): void {
    for (const [scope, entry] of entries) {
      if (at - entry.since < KEPT_MS && entries.size < maxKeys) return;
      if (entry.answer) entries.delete(scope);
    }
  }

  return {
    get size() {
      return entries.size;
    },
    begin(endpoint, key, body) {
      if (key === null) return unkeyed;
      if (key.length < 1 || key.length > 256) {
        return { state: "answered", answer: refused(400, "invalid_idempotency_key", "The key must be between 1-256 chars.") };
      }
      const at = now();
      dropOld(at);
      const scope = `${endpoint} ${key}`;
      const bodyHash = createHash("sha256").update(body).digest("base64");
      const known = entries.get(scope);
      if (known) return { state: "answered", answer: answerAgain(known, bodyHash) };
      const entry: Entry = { since: at, bodyHash, answer: null };
      entries.set(scope, entry);
      return {
        state: "first",
        bodyHash,
        finish(answer) {
          if (answer.status === 200) entry.answer = answer;
          else if (entries.get(scope) === entry) entries.delete(scope);
        },
      };
    },
    restore(endpoint, key, success) {
      dropOld(now());
      entries.set(`${endpoint} ${key}`, { ...success });
    },
    reset() {
      entries.clear();
    },
  };
}

// While the first request runs, nobody knows whether its body will be taken, so "other body" is not said yet.
function answerAgain(known: Entry, bodyHash: string): Answer {
  if (!known.answer) {
    return refused(
      409,
      "concurrent_idempotent_requests",
      "Same idempotency key used while original request is still in progress.",
    );
  }
  if (known.bodyHash === bodyHash) return known.answer;
  return refused(
    409,
    "invalid_idempotent_request",
    "This idempotency key has been used with this HTTP method and endpoint within the last 24 hours, but the request body was modified and doesn't match the original request.",
  );
}
