import type { LocalConfig } from "./config.ts";
import type { Secrets } from "./secrets.ts";
import { SIMULATOR_REQUESTS_PER_SECOND } from "./deployment-settings.ts";
import { type ResendSimulator, createResendSimulator } from "@chat-notifications/resend-simulator/simulator.ts";

/** Where mail goes and how to get there. */
export interface MailService {
  /** Without a trailing slash. */
  baseUrl: string;
  apiKey: string;
  fetch: typeof fetch;
  /** Present when nothing really leaves this machine. */
  simulator: ResendSimulator | null;
}

/** Real Resend with a key of one's own, another server where one is named, the simulator at `<origin>/resend` otherwise. */
export function createMailService(
  { resendApiKey, resendBaseUrl }: Pick<LocalConfig, "resendApiKey" | "resendBaseUrl">,
  origin: string,
  { simulatorKey, webhookSecret }: Pick<Secrets, "simulatorKey" | "webhookSecret">,
): MailService {
  if (resendApiKey !== null || resendBaseUrl !== null) {
    return {
      baseUrl: resendBaseUrl ?? "https://api.resend.com",
      apiKey: resendApiKey ?? simulatorKey,
      fetch: globalThis.fetch,
      simulator: null,
    };
  }
  const simulator = createResendSimulator({
    basePath: "/resend",
    apiKeys: { [simulatorKey]: "full_access" },
    requestsPerSecond: SIMULATOR_REQUESTS_PER_SECOND,
    webhooks: { endpoints: [{ url: `${origin}/functions/v1/resend-webhook`, secrets: [webhookSecret] }] },
  });
  return {
    baseUrl: `${origin}/resend`,
    apiKey: simulatorKey,
    // In-process, so that letters in hand can still be handed over while the server closes.
    fetch: (input, init) => simulator.fetch(new Request(input, init)),
    simulator,
  };
}
