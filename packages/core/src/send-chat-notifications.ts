import * as v from "valibot";
import type { Database } from "./database.ts";
import { deliverDispatch, type DeliveryDeps } from "./deliver-dispatch.ts";
import { createRateLimitNote } from "./note-rate-limit.ts";
import { readLimited } from "./read-limited.ts";
import { hasServiceKey } from "./service-key.ts";

export interface SendDeps extends Omit<DeliveryDeps, "noteRateLimit"> {
  database: Database;
  /** The project's secret keys; any of them may call. */
  secretKeys: string[];
  /** Answers `…/health`. */
  health: (request: Request) => Promise<Response>;
}

const Call = v.object({
  dispatch_id: v.pipe(v.string(), v.uuid()),
  attempt: v.pipe(v.number(), v.integer(), v.minValue(1)),
});

/**
 * Sends one claimed dispatch: `POST {"dispatch_id": …, "attempt": …}` with a secret key in the header `apikey`.
 * 200 `{"result": "sent" | "failed" | "stale"}`; what became of the letters is in the database. Refusals change nothing.
 * Rejects when the database cannot be reached: the lease runs out then and the same letters go again.
 */
export function createSendChatNotifications(deps: SendDeps): (request: Request) => Promise<Response> {
  const { database, secretKeys, health } = deps;
  const delivery = { ...deps, noteRateLimit: createRateLimitNote(database) };
  return async (request) => {
    if (new URL(request.url).pathname.endsWith("/health")) return health(request);
    if (request.method !== "POST") return refuse(405, "Call this with POST.");
    if (!(await hasServiceKey(request, secretKeys))) {
      return refuse(401, "Only this project's own functions call this: with a secret key in the header apikey.");
    }
    const call = v.safeParse(Call, parseJson(await readLimited(request, 1_000)));
    if (!call.success) return refuse(400, 'The body must be {"dispatch_id": "<uuid>", "attempt": <number>}.');
    const dispatch = await database.heldDispatch(call.output.dispatch_id, call.output.attempt);
    return Response.json({ result: dispatch === null ? "stale" : await deliverDispatch(dispatch, delivery) });
  };
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

function refuse(status: number, message: string): Response {
  return Response.json({ message }, { status });
}
