import type { DispatchFacts, LetterFacts, RenderedLetter } from "@chat-notifications/emails/letter-facts.ts";
import type { Database, Dispatch } from "./database.ts";
import { createJsonBody, reuseBody } from "./json-body.ts";
import type { Provider, ProviderEmail } from "./provider.ts";

/** Builds the renderer of one dispatch's letters. */
export type CreateRenderer = (facts: DispatchFacts) => (letter: LetterFacts) => RenderedLetter;

export interface DeliveryDeps {
  database: Database;
  provider: Provider;
  createRenderer: CreateRenderer;
  /** 0 to 1, for the jitter of retries. */
  random: () => number;
  log: Log;
  /** Milliseconds on any clock that goes forward, for the log's timings; none: no timings. */
  now?: () => number;
  /** Told of the provider's own limit with every answer; null: it did not say. */
  noteRateLimit: (requestsPerSecond: number | null) => void;
}

/** One line of a structured log: what happened, with ids and numbers only. */
export type Log = (level: "info" | "warn" | "error", event: string, fields?: Record<string, string | number | boolean | null>) => void;

export type DeliveryResult = "sent" | "stale" | "failed";

/**
 * Steps 5 to 7 for one dispatch: render, send under its id as the idempotency key, mark the outcome.
 * `stale`: another worker took it over, nothing was sent or marked.
 * Rejects when the database cannot be reached, or when links are signed with a key that this process was not given; the
 * lease then runs out and the same letters go again, perhaps elsewhere.
 */
export async function deliverDispatch(dispatch: Dispatch, deps: DeliveryDeps): Promise<DeliveryResult> {
  const { database, provider, log, random } = deps;
  const rendered = dispatch.body === null ? renderBody(dispatch, deps.createRenderer) : { ok: true as const, body: encoder.encode(dispatch.body) };
  if (!rendered.ok) {
    log("error", "letter_not_rendered", { dispatch_id: dispatch.id, letter_index: rendered.letterIndex });
    const failed = { outcome: "rejected", reason: "render_failed", letterIndex: rendered.letterIndex, retryAfterMs: null } as const;
    return (await database.markNotificationFailed(dispatch, failed, null, random())) ? "failed" : "stale";
  }
  const { body } = rendered;
  if (!(await database.beginAttempt(dispatch, await sha256(body)))) return "stale";

  const asked = deps.now?.() ?? null;
  const outcome = await provider.sendBatch(body, dispatch.id, dispatch.letters.length);
  const request_ms = asked === null ? null : Math.round(deps.now!() - asked);
  deps.noteRateLimit(outcome.requestsPerSecond);
  const fields = { dispatch_id: dispatch.id, attempt: dispatch.attempt, letters: dispatch.letters.length, request_ms };
  if (outcome.ok) {
    reuseBody(body);
    await database.markNotificationSent(dispatch, outcome.ids);
    log("info", "dispatch_sent", fields);
    return "sent";
  }
  await database.markNotificationFailed(dispatch, outcome, new TextDecoder().decode(body), random());
  log("warn", "dispatch_not_accepted", { ...fields, outcome: outcome.outcome, reason: outcome.reason });
  return "failed";
}

type Body = { ok: true; body: Uint8Array<ArrayBuffer> } | { ok: false; letterIndex: number };

const encoder = new TextEncoder();

/** The request's body, JSON in UTF-8: the same dispatch always gives the same bytes, which is what makes a retry safe. */
export function renderBody({ facts, letters }: Pick<Dispatch, "facts" | "letters">, createRenderer: CreateRenderer): Body {
  const render = createRenderer(facts);
  const body = createJsonBody();
  for (const [letterIndex, letter] of letters.entries()) {
    try {
      const { subject, headers, textPieces, htmlPieces } = render(letter);
      body.add(providerEmail(facts, letter, { subject, headers }), { text: textPieces, html: htmlPieces });
    } catch {
      return { ok: false, letterIndex };
    }
  }
  return { ok: true, body: body.end() };
}

function providerEmail({ sender }: DispatchFacts, letter: LetterFacts, rendered: Pick<RenderedLetter, "subject" | "headers">): Omit<ProviderEmail, "text" | "html"> {
  return {
    from: sender.from,
    to: [letter.recipient.email],
    ...(sender.reply_to === null ? {} : { reply_to: sender.reply_to }),
    ...rendered,
    tags: [
      { name: "email_id", value: letter.email_id },
      { name: "kind", value: letter.kind },
    ],
  };
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
