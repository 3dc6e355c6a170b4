import { dropped, refused, type Answer } from "../answer.ts";

/**
 * Where on a request's way a fault strikes.
 * - `arrival`: the request has come in whole; its key was not looked at, so a replay is struck as well.
 * - `accept`: validated, the key is taken, nothing accepted yet; replays never come here.
 * - `answer`: accepted (or replayed) with a 200; only the answer can still change.
 */
export type FaultStage = "arrival" | "accept" | "answer";

/** What a fault may know of the request it strikes. */
export interface Struck {
  /** Position of the e-mail that the fault is about; null for a single send. */
  readonly index: number | null;
  readonly retryAfterSeconds: number | null;
}

interface FaultKind {
  readonly stage: FaultStage;
  /** One line for people. */
  readonly says: string;
  /** Null: it only takes time. */
  readonly answer: ((struck: Struck) => Answer) | null;
}

const invalidTo = "field. The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.";

export const faultKinds = {
  drop_before: { stage: "arrival", says: "connection dropped, nothing accepted", answer: () => dropped },
  drop_after: { stage: "answer", says: "accepted, then the connection dropped", answer: () => dropped },
  error_before: { stage: "arrival", says: "500, nothing accepted", answer: () => internalError() },
  error_after: { stage: "answer", says: "accepted, then 500", answer: () => internalError() },
  unavailable: {
    stage: "arrival",
    says: "503, nothing accepted",
    answer: () => refused(503, "service_unavailable", "The service is temporarily unavailable."),
  },
  slow: { stage: "accept", says: "waits `ms` before accepting", answer: null },
  slow_answer: { stage: "answer", says: "accepted, then waits `ms` before answering", answer: null },
  rate_limited: {
    stage: "arrival",
    says: "429 rate_limit_exceeded with `retryAfter` seconds (default 1; null: without the header)",
    answer: ({ retryAfterSeconds }) => ({
      ...refused(429, "rate_limit_exceeded", "Too many requests. See rate limit response headers for more information."),
      ...(retryAfterSeconds !== null && { headers: { "retry-after": String(retryAfterSeconds) } }),
    }),
  },
  daily_quota: {
    stage: "arrival",
    says: "429 daily_quota_exceeded",
    answer: () => refused(429, "daily_quota_exceeded", "You have reached your daily email sending quota."),
  },
  monthly_quota: {
    stage: "arrival",
    says: "429 monthly_quota_exceeded",
    answer: () => refused(429, "monthly_quota_exceeded", "You have reached your monthly email sending quota."),
  },
  unauthorized: {
    stage: "arrival",
    says: "401 restricted_api_key",
    answer: () => refused(401, "restricted_api_key", "This API key is not allowed to do this."),
  },
  forbidden: {
    stage: "arrival",
    says: "403 invalid_api_key",
    answer: () => refused(403, "invalid_api_key", "API key is invalid"),
  },
  malformed_answer: {
    stage: "answer",
    says: "accepted, 200 with broken JSON",
    answer: () => ({ status: 200, body: '{"data":[{"id":"', contentType: "application/json" }),
  },
  invalid_named: {
    stage: "accept",
    says: "422 that names the e-mail",
    answer: ({ index }) =>
      refused(422, "validation_error", `Invalid \`${index === null ? "to" : `emails[${index}].to`}\` ${invalidTo}`),
  },
  invalid_unnamed: {
    stage: "accept",
    says: "422 that does not say which e-mail",
    answer: () => refused(422, "validation_error", `Invalid \`to\` ${invalidTo}`),
  },
} as const satisfies Record<string, FaultKind>;

export type FaultKindName = keyof typeof faultKinds;

export const faultKindOf = (name: FaultKindName): FaultKind => faultKinds[name];

function internalError(): Answer {
  return refused(
    500,
    "application_error",
    "Internal server error. We are unable to process your request right now, please try again later.",
  );
}
