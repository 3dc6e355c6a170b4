import type { AcceptLetters } from "./accept-letters.ts";
import { refused, type Answer } from "./answer.ts";
import { authenticate, turnAwayWithoutUserAgent, type KeyAccess } from "./authenticate.ts";
import type { Call, Endpoint, FaultPoints, SendEndpoint } from "./call.ts";
import type { IdempotencyKeys } from "./idempotency-keys.ts";
import { parseBatch, parseSingle, type ParsedSend } from "./parse-send.ts";
import type { Quota } from "./quota.ts";
import type { RateWindow } from "./rate-window.ts";
import { readBody } from "./read-body.ts";

const MAX_BODY_BYTES = 40 * 1024 * 1024;

export interface PipelineParts {
  readonly apiKeys: ReadonlyMap<string, KeyAccess> | null;
  readonly rateWindow: RateWindow;
  readonly quota: Quota;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly acceptLetters: AcceptLetters;
  readonly faults: FaultPoints;
  /** Resolves when the simulated work of a request is over. */
  readonly work: () => Promise<void> | undefined;
  readonly now: () => number;
}

/** The path of every API request: authenticate → rate limit → read → idempotency → validate → accept → answer. */
export function createPipeline(parts: PipelineParts) {
  const { faults, quota, rateWindow, now } = parts;

  async function send(call: Call, endpoint: SendEndpoint): Promise<Answer> {
    const begun = parts.idempotencyKeys.begin(endpoint, call.idempotencyKey, call.body);
    if (begun.state === "answered") return begun.answer;
    let answer = refused(500, "application_error", "The request was not finished.");
    try {
      // Before it is read: a hundred parsed letters would outlive the young generation, and V8 mark its heap more often.
      await parts.work();
      const parsed = parse(call);
      answer = parsed.ok ? await accept(call, endpoint, parsed, begun.bodyHash) : parsed.answer;
    } finally {
      begun.finish(answer);
    }
    return answer;
  }

  function parse({ endpoint, body, request }: Call): ParsedSend {
    if (endpoint === "POST /emails") return parseSingle(body, now());
    return parseBatch(body, request.headers.get("x-batch-validation"), now());
  }

  async function accept(
    call: Call,
    endpoint: SendEndpoint,
    parsed: ParsedSend & { ok: true },
    bodyHash: string | null,
  ): Promise<Answer> {
    const fault = await faults.beforeAccept?.(call);
    if (fault) return fault;
    return parts.acceptLetters({ endpoint, parsed, key: call.idempotencyKey, bodyHash, bodyBytes: call.body.byteLength });
  }

  function respond(answer: Answer): Response {
    if (answer.status === 0) return Response.error();
    return new Response(answer.body, {
      status: answer.status,
      headers: { "content-type": answer.contentType, ...rateWindow.headers(), ...quota.headers(), ...answer.headers },
    });
  }

  async function through(
    purpose: "send" | "read",
    endpoint: Endpoint,
    request: Request,
    handle: (call: Call) => Answer | Promise<Answer>,
    incoming?: AsyncIterable<Uint8Array>,
  ): Promise<Response> {
    const { headers } = request;
    const turnedAway = turnAwayWithoutUserAgent(headers);
    if (turnedAway) return new Response(turnedAway.body, { status: turnedAway.status });
    const refusal = authenticate(headers, parts.apiKeys, purpose) ?? rateWindow.take();
    if (refusal) return respond(refusal);
    const body = await readBody(request, MAX_BODY_BYTES, incoming);
    if (!body.ok) {
      if (body.code === "broken_off") return respond(refused(400, "validation_error", "The request body ended early."));
      return respond(refused(413, "validation_error", "The request is larger than the maximum of 40 MB."));
    }
    const sends = purpose === "send";
    const call: Call = {
      endpoint,
      sends,
      request,
      idempotencyKey: sends ? headers.get("idempotency-key") : null,
      body: body.bytes,
    };
    const answer = (await faults.onArrival?.(call)) ?? (await handle(call));
    return respond((await faults.beforeAnswer?.(call, answer)) ?? answer);
  }

  return {
    /** `POST /emails` and `POST /emails/batch`. `incoming`: the request's body as Node has it. */
    send(endpoint: SendEndpoint, request: Request, incoming?: AsyncIterable<Uint8Array>): Promise<Response> {
      return through("send", endpoint, request, (call) => send(call, endpoint), incoming);
    },
    /** Everything that sends nothing and needs full access; `handle` gives the answer. */
    manage(endpoint: Endpoint, request: Request, handle: (body: Uint8Array) => Answer): Promise<Response> {
      return through("read", endpoint, request, async ({ body }) => {
        await parts.work();
        return handle(body);
      });
    },
    /** Answers that no key is asked for: unknown endpoints and methods. */
    refuse(request: Request, answer: Answer): Response {
      return respond(turnAwayWithoutUserAgent(request.headers) ?? answer);
    },
  };
}
