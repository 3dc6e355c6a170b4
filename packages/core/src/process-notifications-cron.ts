import { confirmDispatches } from "./confirm-dispatches.ts";
import type { ClaimedDispatch, Database } from "./database.ts";
import type { Log } from "./deliver-dispatch.ts";
import { madeProgress, makePass, type PassResult } from "./process-pass.ts";
import type { Provider } from "./provider.ts";
import { hasServiceKey } from "./service-key.ts";

export interface CronDeps {
  database: Database;
  /** To look up what became of letters. */
  provider: Provider;
  /** The project's secret keys: any of them may call, the first one is shown to `send-chat-notifications`. */
  secretKeys: string[];
  /** SUPABASE_URL. */
  deploymentUrl: string;
  fetch: typeof fetch;
  /** Milliseconds on any clock that goes forward. */
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  log: Log;
  /** Heartbeat, numbers and alerts, at the end of each tick. Its failure is logged and spoils nothing. */
  watch?: () => Promise<void>;
  limits?: Partial<TickLimits>;
}

export interface TickLimits {
  /** Recipients to claim in a pass: 400 are four dispatches, sent side by side. */
  batchSize: number;
  /** No pass begins later than this: with a send of 30 s under way, 150 s are far off. */
  stopAfterMs: number;
  /** Waits for what is due or permitted within this time, and leaves the rest to the next tick. */
  waitMs: number;
  /** A dispatch costs this function about 2 ms of its 2 s of processor time. */
  mostDispatches: number;
}

const LIMITS: TickLimits = { batchSize: 400, stopAfterMs: 50_000, waitMs: 2_000, mostDispatches: 400 };

/** What a tick did. */
interface Tick {
  passes: number;
  dispatches: number;
  letters: number;
  confirmed: number;
}

/**
 * One tick of the schedule: passes until nothing is due or time is up. Each claimed dispatch goes to a call of
 * `send-chat-notifications` of its own, which has its own processor time. Ticks may overlap: a claim is one worker's.
 * 401 without a secret key, 502 when `send-chat-notifications` cannot be called: what was claimed goes again when its
 * lease has run out. Rejects when the database cannot be reached.
 */
export async function processNotificationsCron(request: Request, deps: CronDeps): Promise<Response> {
  if (request.method !== "POST") return Response.json({ message: "Call this with POST." }, { status: 405 });
  if (!(await hasServiceKey(request, deps.secretKeys))) return refuseStranger(request);
  const tick: Tick = { passes: 0, dispatches: 0, letters: 0, confirmed: 0 };
  const refused = await runPasses(tick, deps);
  await deps.watch?.().catch((error: unknown) => deps.log("error", "watch_failed", { code: String((error as { code?: unknown } | null)?.code) }));
  if (refused !== null) {
    deps.log("error", "send_not_callable", { status: refused });
    return Response.json({ message: sendProblem(refused), ...tick }, { status: 502 });
  }
  tick.confirmed = await confirmDispatches(deps);
  deps.log("info", "tick", { ...tick });
  return Response.json(tick);
}

/** Returns how `send-chat-notifications` refused, null if it did not. */
async function runPasses(tick: Tick, deps: CronDeps): Promise<number | null> {
  const { database, now, sleep } = deps;
  const { batchSize, stopAfterMs, waitMs, mostDispatches } = { ...LIMITS, ...deps.limits };
  const end = now() + stopAfterMs;
  let refused: number | null = null;
  const deliver = async (dispatch: ClaimedDispatch) => {
    const status = await callSend(dispatch, deps);
    if (status !== 200) refused = status;
  };
  while (now() < end && tick.dispatches < mostDispatches) {
    const pass = await makePass({ database, claim: (recipients) => database.claimPendingNotifications(recipients), deliver }, batchSize);
    tick.passes += 1;
    tick.dispatches += pass.dispatches;
    tick.letters += pass.letters;
    if (refused !== null) return refused;
    if (madeProgress(pass)) continue;
    const idleMs = await untilNext(pass, database);
    if (idleMs === null || idleMs > waitMs) break;
    // Due and yet nothing to do: another tick holds it.
    await sleep(Math.max(50, idleMs));
  }
  return null;
}

async function untilNext({ permission }: PassResult, database: Database): Promise<number | null> {
  return permission.letters === 0 ? permission.retryInMs : database.nextDueInMs();
}

/** The HTTP status; 0: no answer. */
async function callSend({ id, attempt }: ClaimedDispatch, { deploymentUrl, secretKeys, fetch }: CronDeps): Promise<number> {
  try {
    const response = await fetch(`${deploymentUrl}/functions/v1/send-chat-notifications`, {
      method: "POST",
      headers: { apikey: secretKeys[0]!, "content-type": "application/json" },
      body: JSON.stringify({ dispatch_id: id, attempt }),
      redirect: "error",
      signal: AbortSignal.timeout(90_000),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return 0;
  }
}

function sendProblem(status: number): string {
  if (status === 0) return "send-chat-notifications did not answer: see whether it is deployed, and its log.";
  if (status === 404) return "send-chat-notifications is not deployed: supabase functions deploy send-chat-notifications.";
  if (status === 401) {
    return "send-chat-notifications refused this function's key: deploy both with the same secrets, and with verify_jwt = false as in config.toml.";
  }
  return `send-chat-notifications answered ${status}: see its log.`;
}

function refuseStranger(request: Request): Response {
  const message = request.headers.has("apikey")
    ? "This key is not a secret key of this project."
    : "This call shows no key. Anybody could make it.";
  const hint =
    "Schedule with select private.schedule_notifications(); – it sends a secret key from Vault in the header apikey and replaces a job process-chat-notifications that sends none. See docs/deploy-supabase.md.";
  return Response.json({ message, hint }, { status: 401 });
}
