import type { Dispatch, WebhookEvent } from "../../../../packages/core/src/database.ts";

/** A dispatch in a worker's memory; `begunAt`: its attempt has begun, the request is about to leave. */
export interface Held {
  dispatch: Dispatch;
  body?: string;
  begunAt?: number;
}

/** A webhook that came; `reader`: whose letter it is about. */
export interface Heard {
  event: WebhookEvent;
  reader: number | null;
}

/** What the test remembers beside the system: enough to say what may happen next and what must not. */
export interface DeliveryModel {
  held: Held[][];
  /** Every letter that a worker was ever given. */
  given: Set<string>;
  /** Letters after which their messages may be told again: an operator retried them, or the provider's quota withdrew them. */
  tellAgain: Set<string>;
  heard: Heard[];
  posted: number;
  /** Whose account was deleted. */
  gone: Set<number>;
  /** Readers who did something, or whose address did, so that they need not be told everything. */
  disturbed: Set<number>;
  /** Accepted letters that were looked at. */
  seen: number;
  /** Letters by `recipient message`, in the order they were accepted. */
  told: Map<string, string[]>;
  /** By recipient: how many messages letters counted ("and 2 more messages") without showing them. */
  counted: Map<string, number>;
}

export const createDeliveryModel = (workers: number): DeliveryModel => ({
  held: Array.from({ length: workers }, () => []),
  given: new Set(),
  tellAgain: new Set(),
  heard: [],
  posted: 0,
  gone: new Set(),
  disturbed: new Set(),
  seen: 0,
  told: new Map(),
  counted: new Map(),
});
