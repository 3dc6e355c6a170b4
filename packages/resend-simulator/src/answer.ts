/** The names Resend gives its refusals, as far as the simulator answers them. */
export type RefusalName =
  | "application_error"
  | "concurrent_idempotent_requests"
  | "daily_quota_exceeded"
  | "invalid_api_key"
  | "invalid_attachment"
  | "invalid_from_address"
  | "invalid_idempotency_key"
  | "invalid_idempotent_request"
  | "invalid_parameter"
  | "method_not_allowed"
  | "missing_api_key"
  | "missing_required_field"
  | "monthly_quota_exceeded"
  | "not_found"
  | "rate_limit_exceeded"
  | "restricted_api_key"
  | "service_unavailable"
  | "validation_error";

/** What goes back over the wire; `body` is already text so that a replay costs nothing. */
export interface Answer {
  /** 0: no answer at all, the connection is dropped (as the status of `Response.error()`). */
  readonly status: number;
  readonly body: string;
  readonly contentType: "application/json" | "application/x-ndjson" | "text/plain";
  readonly headers?: Readonly<Record<string, string>>;
}

/** No answer: the connection breaks. */
export const dropped: Answer = { status: 0, body: "", contentType: "text/plain" };

/** A 200 with `value` as JSON. */
export function accepted(value: unknown): Answer {
  return { status: 200, body: JSON.stringify(value), contentType: "application/json" };
}

/** Resend's flat error body: `{statusCode, name, message}`. */
export function refused(status: number, name: RefusalName, message: string): Answer {
  return { status, body: JSON.stringify({ statusCode: status, message, name }), contentType: "application/json" };
}

/** A refusal of one field or of the whole body that cannot be read. */
export function invalid(message: string): Answer {
  return refused(422, "validation_error", message);
}
