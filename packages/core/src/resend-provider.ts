import * as v from "valibot";
import type { ListedEmail, Provider, SendOutcome } from "./provider.ts";

/** fetch, or as much of it as is asked here. */
export type MailFetch = (
  url: string,
  init: { method?: "POST"; headers: Record<string, string>; body?: string | Uint8Array<ArrayBuffer>; redirect: "error"; signal: AbortSignal },
) => Promise<Response>;

export interface ResendOptions {
  apiKey: string;
  /** Default https://api.resend.com; the local stack's simulator otherwise. */
  baseUrl?: string;
  fetch: MailFetch;
  /** How long to wait for an answer, in ms. An attempt without one is ambiguous. */
  timeoutMs?: number;
}

const Accepted = v.object({ data: v.array(v.object({ id: v.string() })) });
const Refusal = v.object({ name: v.string(), message: v.optional(v.string(), "") });

const List = v.object({
  has_more: v.optional(v.boolean(), false),
  data: v.array(v.object({ id: v.string(), to: v.array(v.string()), created_at: v.string() })),
});
const Tagged = v.object({ tags: v.nullish(v.array(v.object({ name: v.string(), value: v.string() }))) });
const USER_AGENT = "chat-notifications/0.1";
/** 100 letters a page: what one dispatch wave of a busy minute may have put in front. */
const MOST_PAGES = 50;

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
            "user-agent": USER_AGENT,
            "x-batch-validation": "strict",
          },
          body,
          redirect: "error",
          signal: AbortSignal.timeout(timeoutMs),
        });
        text = await response.text();
      } catch {
        return { ...ambiguous("no_answer"), requestsPerSecond: null };
      }
      return classifyAnswer(response.status, response.headers, text, letterCount);
    },
    async listEmails(since) {
      const found: ListedEmail[] = [];
      let after = "";
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const list = await read(`/emails?limit=100${after}`, List);
        if (list === null) return null;
        const emails = list.data.map(({ id, to, created_at }) => ({ id, to, createdAt: new Date(created_at) }));
        const recent = emails.filter(({ createdAt }) => createdAt >= since);
        found.push(...recent);
        if (!list.has_more || recent.length < emails.length || emails.length === 0) break;
        after = `&after=${emails.at(-1)!.id}`;
      }
      return found;
    },
    async readTags(id) {
      const email = await read(`/emails/${encodeURIComponent(id)}`, Tagged);
      return email === null ? null : Object.fromEntries((email.tags ?? []).map(({ name, value }) => [name, value]));
    },
  };

  async function read<Schema extends v.GenericSchema>(path: string, schema: Schema): Promise<v.InferOutput<Schema> | null> {
    try {
      const response = await fetch(`${baseUrl}${path}`, {
        headers: { authorization: `Bearer ${apiKey}`, "user-agent": USER_AGENT },
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
      // 401: a sending-only key. That is a good choice and no fault: webhooks confirm then.
      return response.ok ? v.parse(schema, await response.json()) : null;
    } catch {
      return null;
    }
  }
}

const ambiguous = (reason: string) => ({ ok: false, outcome: "ambiguous", reason, letterIndex: null, retryAfterMs: null }) as const;

/** What Resend's answer to a batch means: by HTTP status first, by error name second (names are not all documented). */
export function classifyAnswer(status: number, headers: Headers, text: string, letterCount: number): SendOutcome {
  const body = parseJson(text);
  const requestsPerSecond = positiveNumber(headers.get("ratelimit-limit"));
  if (status === 200) {
    const accepted = v.safeParse(Accepted, body);
    if (accepted.success && accepted.output.data.length === letterCount) {
      return { ok: true, ids: accepted.output.data.map(({ id }) => id), requestsPerSecond };
    }
    // An unreadable 200 may not come from Resend at all. Asking again under the same key is safe and brings the ids.
    return { ...ambiguous("unreadable_answer"), requestsPerSecond };
  }
  const refusal = v.safeParse(Refusal, body);
  const { name, message } = refusal.success ? refusal.output : { name: `http_${status}`, message: "" };
  return {
    ok: false,
    outcome: outcomeOf(status, name),
    reason: /^[a-z0-9_]{1,64}$/.test(name) ? name : `http_${status}`,
    letterIndex: namedLetter(message, letterCount),
    retryAfterMs: retryAfter(headers),
    requestsPerSecond,
  };
}

function outcomeOf(status: number, name: string) {
  if (status === 409) return name === "invalid_idempotent_request" ? "unconfirmed" : "in_progress";
  if (status === 429) return name.endsWith("quota_exceeded") ? "quota_exceeded" : "rate_limited";
  if (status === 401 || status === 403) return "unauthorized";
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

function positiveNumber(text: string | null): number | null {
  const number = Number(text ?? Number.NaN);
  return Number.isFinite(number) && number > 0 ? number : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
