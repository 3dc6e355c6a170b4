import { Resend } from "resend";
import { onTestFinished } from "vitest";
import { serveSimulator } from "../serve-simulator.ts";
import { createResendSimulator, type ResendSimulatorOptions } from "../simulator.ts";

export const noon = Date.UTC(2026, 10, 22, 12, 0, 0);

/** A letter that passes every rule. */
export const letter = { from: "Chat <chat@demo.test>", to: "guest@demo.test", subject: "Hello", html: "<p>Hi</p>", text: "Hi" };

/** A simulator on a real port with a clock that stands still, and the official SDK pointed at it; ends with the test. */
export async function startSimulator(options: ResendSimulatorOptions = {}) {
  const clock = { now: noon };
  const simulator = createResendSimulator({ requestsPerSecond: null, now: () => clock.now, ...options });
  const serving = await serveSimulator(simulator, { host: "127.0.0.1", port: 0 });
  if (!serving.ok) throw new Error(serving.message);
  onTestFinished(() => serving.close());
  const url = `${serving.url}${options.basePath ?? ""}`;
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, {
      method: "POST",
      headers: { authorization: "Bearer re_test", "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  return { simulator, clock, url, post, resend: new Resend("re_test", { baseUrl: url }) };
}

/** A gate that holds whoever passes until it is opened; `reached` resolves when the first one stands at it. */
export function createGate() {
  let open = () => {};
  let arrive = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  const reached = new Promise<void>((resolve) => (arrive = resolve));
  return {
    reached,
    open: () => open(),
    pass: async (): Promise<void> => {
      arrive();
      await opened;
    },
  };
}
