import { createResendProvider } from "../../../packages/core/src/resend-provider.ts";
import { createResendSimulator } from "../../../packages/resend-simulator/src/simulator.ts";
import type { Fault } from "./scenario.ts";

/** Resend by the run's clock, behind a network that fails as it is told to. */
export function createUnreliableProvider(now: () => number) {
  const simulator = createResendSimulator({ requestsPerSecond: null, now });
  let faults: Fault[] = [];
  let gate: Gate | undefined;
  /** Keys of requests that have arrived and are not answered yet. */
  const inProgress = new Set<string>();
  let failed = 0;
  const fail = (response: Response): Response => {
    failed += 1;
    return response;
  };

  async function answer(request: Request): Promise<Response> {
    const key = request.headers.get("idempotency-key") ?? "";
    if (inProgress.has(key)) return fail(refusal(409, "concurrent_idempotent_requests"));
    if (gate !== undefined) {
      const { arrives, opened, waiting } = gate;
      if (arrives) inProgress.add(key);
      waiting();
      const goesOn = await opened;
      inProgress.delete(key);
      if (!goesOn) return fail(refusal(500, "application_error"));
    }
    switch (faults.shift()) {
      case "unsent":
        return fail(refusal(500, "application_error"));
      case "busy":
        return fail(refusal(429, "rate_limit_exceeded", { "retry-after": "1" }));
      case "refused":
        return fail(refusal(401, "invalid_api_key"));
      case "rejected":
        return fail(refusal(422, "validation_error"));
      case "lost":
        await simulator.fetch(request);
        return fail(refusal(502, "application_error"));
      default:
        return simulator.fetch(request);
    }
  }

  return {
    provider: createResendProvider({
      apiKey: "re_test",
      baseUrl: "http://resend.test",
      fetch: (input, init) =>
        answer(new Request(input, { ...init, signal: null, headers: { "user-agent": "test", ...init?.headers } })),
    }),
    /** Every letter that was really accepted, in order. */
    accepted: () => simulator.accepted.all(),
    /** How many requests were made to fail: every other one should have been accepted. */
    failed: () => failed,
    /** What becomes of the next requests. */
    fail: (next: Fault[]) => void faults.push(...next),
    heal: () => void (faults = []),
    /** Stops the requests that come now, on their way or once they have arrived, until `open`; `open(false)` loses them. */
    hold(arrives: boolean) {
      let open!: (goesOn: boolean) => void;
      let waiting!: () => void;
      const opened = new Promise<boolean>((resolve) => (open = resolve));
      const stopped = new Promise<void>((resolve) => (waiting = resolve));
      gate = { arrives, opened, waiting };
      return { open, stopped, letOthersPass: () => void (gate = undefined) };
    },
  };
}

interface Gate {
  arrives: boolean;
  opened: Promise<boolean>;
  waiting: () => void;
}

export type UnreliableProvider = ReturnType<typeof createUnreliableProvider>;

function refusal(statusCode: number, name: string, headers: Record<string, string> = {}): Response {
  return Response.json({ statusCode, name, message: "Made to fail." }, { status: statusCode, headers });
}
