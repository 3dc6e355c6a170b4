import { createServer } from "node:http";
import { once } from "node:events";
import { onTestFinished } from "vitest";

export interface ReceivedWebhook {
  readonly headers: { readonly id: string; readonly timestamp: string; readonly signature: string };
  readonly body: string;
  readonly event: { readonly type: string; readonly created_at: string; readonly data: Readonly<Record<string, unknown>> };
}

export const secret = `whsec_${Buffer.from("a secret of the test").toString("base64")}`;
export const otherSecret = `whsec_${Buffer.from("another of the same").toString("base64")}`;

/** A webhook receiver on a real port that answers with what `status` says; ends with the test. */
export async function startReceiver(status: (webhook: ReceivedWebhook) => number = () => 200) {
  const received: ReceivedWebhook[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      const header = (name: string) => String(request.headers[name]);
      const headers = { id: header("svix-id"), timestamp: header("svix-timestamp"), signature: header("svix-signature") };
      const webhook = { headers, body, event: JSON.parse(body) as ReceivedWebhook["event"] };
      received.push(webhook);
      response.writeHead(status(webhook)).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { received, url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/hook` };
}

/** A `fetch` that hands webhooks to a function inside this process, which gives the status or throws. */
export function receiving(take: (webhook: ReceivedWebhook) => number): typeof fetch {
  return async (_url, init) => {
    const headers = new Headers(init?.headers);
    const header = (name: string) => headers.get(`svix-${name}`) ?? "";
    const body = String(init?.body);
    return new Response(null, {
      status: take({
        headers: { id: header("id"), timestamp: header("timestamp"), signature: header("signature") },
        body,
        event: JSON.parse(body) as ReceivedWebhook["event"],
      }),
    });
  };
}
