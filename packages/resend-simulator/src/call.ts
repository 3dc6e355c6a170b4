import type { Answer } from "./answer.ts";

/** Every endpoint behind the API key. */
export const endpoints = [
  "POST /emails",
  "POST /emails/batch",
  "GET /emails",
  "GET /emails/:id",
  "POST /suppressions",
  "GET /suppressions",
  "GET /suppressions/:id",
  "DELETE /suppressions/:id",
  "POST /suppressions/batch/add",
  "POST /suppressions/batch/remove",
  "POST /webhooks",
  "GET /webhooks",
  "GET /webhooks/:id",
  "DELETE /webhooks/:id",
  "POST /webhooks/:id/signing-secret/rotate",
] as const;

export type Endpoint = (typeof endpoints)[number];
export type SendEndpoint = "POST /emails" | "POST /emails/batch";

/** One authenticated API request on its way through the pipeline. */
export interface Call {
  readonly endpoint: Endpoint;
  /** Whether it asks for letters to be sent. */
  readonly sends: boolean;
  readonly request: Request;
  /** Null without a key, and for everything that does not send. */
  readonly idempotencyKey: string | null;
  readonly body: Uint8Array;
}

/**
 * The places where a fault or a gate can be put. An answer returned here goes out in place of the real one.
 * - `onArrival`: read whole and within the rate; neither its key nor its content was looked at.
 * - `beforeAccept`: validated, nothing accepted yet. Its key is taken, so others with it get the concurrent 409.
 * - `beforeAnswer`: what is done is done (accepted, counted, kept for replay); only the answer can still change.
 */
export interface FaultPoints {
  onArrival?(call: Call): Answer | void | Promise<Answer | void>;
  beforeAccept?(call: Call): Answer | void | Promise<Answer | void>;
  beforeAnswer?(call: Call, answer: Answer): Answer | void | Promise<Answer | void>;
}

/** Two sets of faults as one; the first to answer decides. */
export function inTurn(first: FaultPoints, second: FaultPoints): FaultPoints {
  return {
    onArrival: async (call) => (await first.onArrival?.(call)) ?? second.onArrival?.(call),
    beforeAccept: async (call) => (await first.beforeAccept?.(call)) ?? second.beforeAccept?.(call),
    beforeAnswer: async (call, answer) => (await first.beforeAnswer?.(call, answer)) ?? second.beforeAnswer?.(call, answer),
  };
}
