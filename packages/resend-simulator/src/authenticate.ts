import { refused, type Answer } from "./answer.ts";

export type KeyAccess = "full_access" | "sending_access";

/**
 * Whether this caller may do this; null means yes. Without configured keys every non-empty key has full access.
 * Refusals: 401 `missing_api_key`, 403 `invalid_api_key`, 401 `restricted_api_key` (a sending key that wants to read).
 */
export function authenticate(
  headers: Headers,
  keys: ReadonlyMap<string, KeyAccess> | null,
  purpose: "send" | "read",
): Answer | null {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.get("authorization")?.trim() ?? "");
  if (!bearer) {
    return refused(
      401,
      "missing_api_key",
      "Missing API key in the authorization header. Include the following header in the request: Authorization: Bearer YOUR_API_KEY.",
    );
  }
  if (!keys) return null;
  const access = keys.get(bearer[1] ?? "");
  if (!access) return refused(403, "invalid_api_key", "API key is invalid");
  if (access === "sending_access" && purpose === "read") {
    return refused(401, "restricted_api_key", "This API key is restricted to only send emails");
  }
  return null;
}

/** Cloudflare, in front of Resend, turns away requests without a User-Agent before the API sees them. */
export function turnAwayWithoutUserAgent(headers: Headers): Answer | null {
  if (headers.get("user-agent")) return null;
  return { status: 403, body: "error code: 1010", contentType: "text/plain" };
}
