import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

/** Makes one attempt and gives the status of its answer; rejects when there is none within `timeoutMs`. */
export type PostWebhook = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  timeoutMs: number,
) => Promise<number>;

/** Posts with a `fetch` of one's own. */
export function postWithFetch(fetch: typeof globalThis.fetch): PostWebhook {
  return async (url, headers, body, timeoutMs) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
    await response.body?.cancel();
    return response.status;
  };
}

/** Posts by Node's own client over connections it keeps: the global fetch costs several times as much CPU for each. */
export function postWithNode(): PostWebhook {
  const http = new HttpAgent({ keepAlive: true });
  const https = new HttpsAgent({ keepAlive: true });
  return (url, headers, body, timeoutMs) =>
    new Promise((resolve, reject) => {
      const secure = url.startsWith("https:");
      const options = {
        method: "POST",
        agent: secure ? https : http,
        headers: { ...headers, "content-length": Buffer.byteLength(body) },
        signal: AbortSignal.timeout(timeoutMs),
      };
      const request = (secure ? httpsRequest : httpRequest)(url, options, (response) => {
        response.on("error", reject);
        response.on("end", () => resolve(response.statusCode ?? 0));
        response.resume();
      });
      request.on("error", reject);
      request.end(body);
    });
}
