import { createResendSimulator, type ResendSimulatorOptions } from "../simulator.ts";
import { noon } from "./start-simulator.ts";

/** A simulator inside this process with a clock that stands still until `settle` or the test moves it. */
export function inProcess(options: ResendSimulatorOptions = {}) {
  const clock = { now: noon };
  const simulator = createResendSimulator({ requestsPerSecond: null, now: () => clock.now, ...options });
  const request = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    simulator.fetch(
      new Request(`http://resend.test${path}`, {
        method,
        headers: { authorization: "Bearer re_test", "user-agent": "test", ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    );
  return {
    simulator,
    clock,
    request,
    post: (path: string, body: unknown, headers: Record<string, string> = {}) => request("POST", path, body, headers),
    settle: () => simulator.settle((at) => (clock.now = at)),
  };
}
