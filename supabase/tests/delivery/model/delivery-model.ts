import type { Dispatch, WebhookEvent } from "../../../../packages/core/src/database.ts";

/** A dispatch in a worker's memory; `begunAt`: its attempt has begun, the request is about to leave. */
export interface Held {
  dispatch: Dispatch;
  body?: string;
  begunAt?: number;
}

/** What the test remembers beside the system: enough to say what may happen next and what must not. */
export interface DeliveryModel {
  held: Held[][];
  /** Every letter that a worker was ever given. */
  given: Set<string>;
  /** Letters after which their messages may be told again: an operator retried them, or the provider's quota withdrew them. */
  tellAgain: Set<string>;
  heard: WebhookEvent[];
  posted: number;
  /** Whose account was deleted. */
  gone: Set<number>;
  /** Readers who did something, or whose address did, so that they need not be told everything. */
  disturbed: Set<number>;
  /** Accepted letters that were looked at. */
  seen: number;
  /** Letters by `recipient message`, in the order they were accepted. */
  told: Map<string, string[]>;
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
});
