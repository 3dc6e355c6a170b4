import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { createResendProvider } from "@chat-notifications/core/resend-provider.ts";
import { afterEach, expect, test } from "vitest";
import { leanFetch } from "./lean-fetch.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  }));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const post = (url: string, body: Uint8Array<ArrayBuffer>, signal = AbortSignal.timeout(10_000)) =>
  leanFetch(url, { method: "POST", headers: { "content-type": "application/json", "x-one": "1" }, body, redirect: "error", signal });

test("sends the bytes as they are and gives the whole answer, as fetch does", async () => {
  const seen: { method: string | undefined; headers: IncomingMessage["headers"]; bytes: Buffer }[] = [];
  const url = await serve(async (request, response) => {
    seen.push({ method: request.method, headers: request.headers, bytes: await buffer(request) });
    response.writeHead(422, { "ratelimit-limit": "7", "set-cookie": ["a=1", "b=2"] }).end('{"name":"señal"}');
  });
  const body = crypto.getRandomValues(new Uint8Array(60_000));
  for (const ask of [leanFetch, globalThis.fetch]) {
    const answer = await ask(`${url}/emails/batch?x=1`, { method: "POST", headers: { "x-one": "1" }, body, redirect: "error", signal: AbortSignal.timeout(10_000) });
    expect([answer.status, answer.headers.get("ratelimit-limit"), answer.headers.getSetCookie()]).toEqual([422, "7", ["a=1", "b=2"]]);
    expect(await answer.json()).toEqual({ name: "señal" });
  }
  for (const { method, headers, bytes } of seen) {
    expect([method, headers["content-length"], headers["x-one"], bytes.equals(body)]).toEqual(["POST", "60000", "1", true]);
  }
});

test("reads without a body, and what has none", async () => {
  const url = await serve((request, response) => response.writeHead(204, { "x-method": request.method }).end());
  const answer = await leanFetch(url, { headers: {}, redirect: "error", signal: AbortSignal.timeout(10_000) });
  expect([answer.status, answer.headers.get("x-method"), await answer.text()]).toEqual([204, "GET", ""]);
});

test("a redirect is an answer; letters go nowhere else", async () => {
  let asked = 0;
  const url = await serve((_request, response) => {
    asked += 1;
    response.writeHead(307, { location: "/elsewhere" }).end();
  });
  expect((await post(url, new Uint8Array(10))).status).toBe(307);
  expect(asked).toBe(1);
});

test("an answer that comes before all is read ends the sending", async () => {
  const body = new Uint8Array(100 * 2 ** 20);
  let read: Promise<number> | undefined;
  const url = await serve(({ socket }, response) => {
    read = new Promise((resolve) => socket.once("close", () => resolve(socket.bytesRead)));
    response.writeHead(413).end("too large");
  });
  expect(await (await post(url, body)).text()).toBe("too large");
  expect(await read).toBeLessThan(body.length);
});

const FAILURES: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
  "no answer": (request) => request.socket.destroy(),
  "half an answer": (request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write('{"data":', () => request.socket.destroy());
  },
};
test.each(Object.entries(FAILURES))("%s rejects, and the provider's client calls it ambiguous", async (_what, answer) => {
  const url = await serve((request, response) => void request.on("end", () => answer(request, response)).resume());
  await expect(post(url, new Uint8Array(10))).rejects.toThrow();
  const provider = createResendProvider({ apiKey: "re_test", baseUrl: url, fetch: leanFetch });
  expect(await provider.sendBatch(new Uint8Array(10), crypto.randomUUID(), 1)).toMatchObject({ ok: false, outcome: "ambiguous", reason: "no_answer" });
});

test("rejects when nobody listens, and when the signal says so", async () => {
  await expect(post("http://127.0.0.1:1", new Uint8Array(10))).rejects.toThrow("ECONNREFUSED");
  const ended = new AbortController();
  const url = await serve(() => ended.abort());
  await expect(post(url, new Uint8Array(10), ended.signal)).rejects.toThrow("aborted");
});
