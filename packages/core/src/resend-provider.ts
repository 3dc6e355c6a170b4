import * as v from "valibot";
import type { Provider, SendOutcome } from "./provider.ts";

export interface ResendOptions {
  apiKey: string;
  /** Default https://api.resend.com; the local stack's simulator otherwise. */
  baseUrl?: string;
  fetch: typeof fetch;
  /** How long to wait for an answer, in ms. An attempt without one is ambiguous. */
  timeoutMs?: number;
}

const Accepted = v.object({ data: v.array(v.object({ id: v.string() })) });
const Refusal = v.object({ name: v.string(), message: v.optional(v.string(), "") });

/** Resend's batch endpoint over plain fetch, strict mode: either every letter is accepted or none. */
export function createResendProvider({ apiKey, baseUrl = "https://api.resend.com", fetch, timeoutMs = 30_000 }: ResendOptions): Provider {
  return {
    async sendBatch(body, key, letterCount) {
      let response: Response;
      let text: string;
      try {
        response = await fetch(`${baseUrl}/emails/batch`, {
          method: "POST",
          headers: {
            authorization: `Bearer ${apiKey}`,
            "content-type": "application/json",
            "idempotency-key": key,
            "user-agent": "chat-notifications/0.1",
            "x-batch-validation": "strict",
          },
          body,
          redirect: "error",
          signal: AbortSignal.timeout(timeoutMs),
        });
        text = await response.text();
      } catch {
        return { ok: false, outcome: "ambiguous", reason: "no_answer", letterIndex: null, retryAfterMs: null };
      }
      return classifyAnswer(response.status, response.headers, text, letterCount);
    },
  };
}

/** What Resend's answer to a batch means: by HTTP status first, by error name second (names are not all documented). */
export function classifyAnswer(status: number, headers: Headers, text: string, letterCount: number): SendOutcome {
  const body = parseJson(text);
  if (status === 200) {
    const accepted = v.safeParse(Accepted, body);
    if (accepted.success && accepted.output.data.length === letterCount) {
      return { ok: true, ids: accepted.output.data.map(({ id }) => id) };
    }
    // An unreadable 200 may not come from Resend at all. Asking again under the same key is safe and brings the ids.
    return { ok: false, outcome: "ambiguous", reason: "unreadable_answer", letterIndex: null, retryAfterMs: null };
  }
  const refusal = v.safeParse(Refusal, body);
  const { name, message } = refusal.success ? refusal.output : { name: `http_${status}`, message: "" };
  return {
    ok: false,
    outcome: outcomeOf(status, name),
    reason: /^[a-z0-9_]{1,64}$/.test(name) ? name : `http_${status}`,
    letterIndex: namedLetter(message, letterCount),
    retryAfterMs: retryAfter(headers),
  };
}

function outcomeOf(status: number, name: string) {
  if (status === 409) return name === "invalid_idempotent_request" ? "unconfirmed" : "in_progress";
  if (status === 429 || status === 401 || status === 403) return "refused";
  if (status >= 500 || status === 408 || status < 400) return "ambiguous";
  return "rejected";
}

/** Resend names a bad item of a strict batch in its message, e.g. `emails[3].to` or `index 3`; without one, null. */
function namedLetter(message: string, letterCount: number): number | null {
  const match = /(?:emails?\[|\bindex:? )(\d{1,3})\b/i.exec(message);
  const index = match === null ? -1 : Number(match[1]);
  return index >= 0 && index < letterCount ? index : null;
}

function retryAfter(headers: Headers): number | null {
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 86_400) * 1000 : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
