import http from "node:http";
import https from "node:https";
import { buffer } from "node:stream/consumers";
import type { MailFetch } from "@chat-notifications/core/resend-provider.ts";

// A connection that nobody used for 3 s is not used again. Node's own agents keep it for five, which is when a server
// on Node ends it, and of a request that meets this end nobody knows whether it arrived.
const kept = { keepAlive: true, timeout: 3_000 };
const overHttp = { request: http.request, agent: new http.Agent(kept) };
const overHttps = { request: https.request, agent: new https.Agent(kept) };

/** Statuses with which a Response may have no body. */
const BODILESS = [204, 205, 304];

/**
 * What of fetch a mail provider's client needs, without copies: Node's own copies each body of 1.4 MB before it sends
 * it, and leaves the copy to be collected. A redirect is an answer like others.
 * Rejects when there is no whole answer; the body's bytes are the caller's again when it resolves.
 */
export const leanFetch: MailFetch = (url, { method = "GET", headers, body, signal }) =>
  new Promise((resolve, reject) => {
    const over = url.startsWith("https:") ? overHttps : overHttp;
    const request = over.request(url, { agent: over.agent, method, headers, signal });
    request.on("error", reject).once("response", (response) => {
      buffer(response).then((bytes) => {
        // Answered before all was read: nobody wants the rest.
        if (!request.writableFinished) request.destroy();
        const status = response.statusCode!;
        resolve(new Response(BODILESS.includes(status) ? null : bytes, { status, headers: pairsOf(response.rawHeaders) }));
      }).catch(reject);
    });
    request.end(body);
  });

function pairsOf(raw: string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i]!, raw[2 * i + 1]!]);
}
