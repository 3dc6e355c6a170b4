export interface SimulatorDeps {
  /** Without a trailing slash. */
  resendBaseUrl: string;
  resendApiKey: string;
  fetch: typeof fetch;
  wait: (ms: number) => Promise<void>;
}

/** Reads from Resend's API, `/emails…`: waits when it is asked too often, throws for any other refusal. */
export async function readSimulator(path: string, { resendBaseUrl, resendApiKey, fetch, wait }: SimulatorDeps): Promise<unknown> {
  const headers = { authorization: `Bearer ${resendApiKey}`, "user-agent": "chat-notifications-replay/0.1" };
  for (;;) {
    const response = await fetch(`${resendBaseUrl}${path}`, { headers });
    if (response.ok) return response.json();
    const refusal = await response.text();
    if (response.status !== 429) throw new Error(`The simulator refused GET ${path} (HTTP ${response.status}): ${refusal.slice(0, 200)}`);
    await wait(Number(response.headers.get("retry-after") ?? 1) * 1000);
  }
}
