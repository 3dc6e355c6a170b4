import { accepted, refused, type Answer } from './answer.ts';
import { authenticate, turnAwayWithoutUserAgent, type KeyAccess } from './authenticate.ts';
import type { IdempotencyKeys } from './idempotency-keys.ts';
import type { Ledger } from './ledger.ts';
import { parseBatch, parseSingle, type ParsedSend } from './parse-send.ts';
import type { Quota } from './quota.ts';
import type { RateWindow } from './rate-window.ts';
import { readBody } from './read-body.ts';
import { recipientCount } from './wire-email.ts';

const MAX_BODY_BYTES = 40 * 1024 * 1024;

export type Endpoint = 'POST /emails' | 'POST /emails/batch' | 'GET /emails' | 'GET /emails/:id';

/** One authenticated API request on its way through the pipeline. */
export interface Call {
  readonly endpoint: Endpoint;
  readonly request: Request;
  /** Null for reads and for sends without a key. */
  readonly idempotencyKey: string | null;
}

/**
 * The places where a fault or a gate can be put. An answer returned here goes out in place of the real one.
 * - `beforeAccept`: validated, nothing accepted yet. Its key is taken, so others with it get the concurrent 409.
 * - `beforeAnswer`: what is done is done (accepted, counted, kept for replay); only the answer can still change.
 */
export interface FaultPoints {
  beforeAccept?(call: Call): Answer | void | Promise<Answer | void>;
  beforeAnswer?(call: Call, answer: Answer): Answer | void | Promise<Answer | void>;
}

export interface PipelineParts {
  readonly apiKeys: ReadonlyMap<string, KeyAccess> | null;
  readonly rateWindow: RateWindow;
  readonly quota: Quota;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly ledger: Ledger;
  readonly faults: FaultPoints;
  /** Resolves when the simulated work of a request is over. */
  readonly work: () => Promise<void> | undefined;
  readonly now: () => number;
  readonly randomUUID: () => string;
}

/** The path of every API request: authenticate → rate limit → idempotency → validate → accept → answer. */
export function createPipeline(parts: PipelineParts) {
  const { ledger, faults, quota, rateWindow, now } = parts;

  async function send(call: Call): Promise<Answer> {
    const body = await readBody(call.request, MAX_BODY_BYTES);
    if (!body.ok) {
      if (body.code === 'broken_off') return refused(400, 'validation_error', 'The request body ended early.');
      return refused(413, 'validation_error', 'The request is larger than the maximum of 40 MB.');
    }
    const begun = parts.idempotencyKeys.begin(call.endpoint, call.idempotencyKey, body.bytes);
    if (begun.state === 'answered') return begun.answer;
    let answer = refused(500, 'application_error', 'The request was not finished.');
    try {
      const parsed = parse(call, body.bytes);
      answer = parsed.ok ? await accept(call, parsed, body.bytes.byteLength) : parsed.answer;
    } finally {
      begun.finish(answer);
    }
    return answer;
  }

  function parse(call: Call, body: Uint8Array): ParsedSend {
    if (call.endpoint === 'POST /emails') return parseSingle(body, now());
    return parseBatch(body, call.request.headers.get('x-batch-validation'), now());
  }

  async function accept(call: Call, parsed: ParsedSend & { ok: true }, bodyBytes: number): Promise<Answer> {
    await parts.work();
    const fault = await faults.beforeAccept?.(call);
    if (fault) return fault;
    const refusal = quota.take(parsed.letters.reduce((sum, { wire }) => sum + recipientCount(wire), 0));
    if (refusal) return refusal;
    const single = call.endpoint === 'POST /emails';
    const acceptedAt = now();
    // The share of the body is near enough to what an e-mail holds in memory, and costs nothing to know.
    const bytes = Math.ceil(bodyBytes / parsed.size);
    const emails = parsed.letters.map(({ wire, index }) => ({
      id: parts.randomUUID(),
      acceptedAt,
      wire,
      idempotencyKey: call.idempotencyKey,
      batch: single ? null : { index, size: parsed.size },
      bytes,
      lastEvent: wire.scheduled_at ? ('scheduled' as const) : single ? ('sent' as const) : ('queued' as const),
    }));
    ledger.add(emails);
    const data = emails.map(({ id }) => ({ id }));
    if (single) return accepted(data[0]);
    return accepted(parsed.errors ? { data, errors: parsed.errors } : { data });
  }

  function respond(answer: Answer): Response {
    return new Response(answer.body, {
      status: answer.status,
      headers: { 'content-type': answer.contentType, ...rateWindow.headers(), ...quota.headers(), ...answer.headers },
    });
  }

  return {
    /** `POST /emails` and `POST /emails/batch`. */
    send(endpoint: Endpoint, request: Request): Promise<Response> {
      return through('send', { endpoint, request, idempotencyKey: request.headers.get('idempotency-key') }, send);
    },
    /** Endpoints that only look; `read` gives the answer. */
    read(endpoint: Endpoint, request: Request, read: () => Answer): Promise<Response> {
      return through('read', { endpoint, request, idempotencyKey: null }, async () => {
        await parts.work();
        return read();
      });
    },
    /** Answers that no key is asked for: unknown endpoints and methods. */
    refuse(request: Request, answer: Answer): Response {
      return respond(turnAwayWithoutUserAgent(request.headers) ?? answer);
    },
  };

  async function through(purpose: 'send' | 'read', call: Call, handle: (call: Call) => Promise<Answer>): Promise<Response> {
    const { headers } = call.request;
    const turnedAway = turnAwayWithoutUserAgent(headers);
    if (turnedAway) return new Response(turnedAway.body, { status: turnedAway.status });
    const answer = authenticate(headers, parts.apiKeys, purpose) ?? rateWindow.take() ?? (await handle(call));
    return respond((await faults.beforeAnswer?.(call, answer)) ?? answer);
  }
}
