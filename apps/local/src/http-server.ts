import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { StartFailure } from "./start-failure.ts";

export interface HttpServer {
  port: number;
  /** What people type: `http://localhost:3000`. */
  origin: string;
  /** From now on requests go here; before, they are answered with 503. */
  serve(handler: (request: Request) => Response | Promise<Response>): void;
  /** Stops accepting, lets requests in hand finish (at most 5 s), then resolves. Calling it twice is harmless. */
  close(): Promise<void>;
}

/** Takes the port first, so that a busy one is noticed before anything is started. Throws StartFailure port_busy. */
export async function listen(port: number, host: string): Promise<HttpServer> {
  let handle = (_request: Request): Response | Promise<Response> =>
    new Response("Starting, try again in a moment.\n", { status: 503, headers: { "retry-after": "2" } });
  const server = createServer(getRequestListener((request) => handle(request), { overrideGlobalObjects: false }));
  await bind(server, port, host);
  const bound = (server.address() as AddressInfo).port;
  const name = ["127.0.0.1", "0.0.0.0", "::", "::1"].includes(host) ? "localhost" : host;
  let closed: Promise<void> | undefined;
  return {
    port: bound,
    origin: `http://${name.includes(":") ? `[${name}]` : name}:${bound}`,
    serve(handler) {
      handle = handler;
    },
    close: () => (closed ??= closeServer(server)),
  };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), 5_000);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function bind(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenFailure(error, port, host)));
    server.listen({ port, host }, resolve);
  });
}

function listenFailure(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === "EADDRINUSE") {
    return new StartFailure("port_busy", `Port ${port} is in use: stop what listens there, or set PORT to another one.`);
  }
  if (error.code === "EACCES") {
    return new StartFailure("port_busy", `Port ${port} needs more rights than this user has: set PORT to one above 1023.`);
  }
  return new StartFailure("port_busy", `Cannot listen on ${host}:${port} (${error.code}): set HOST and PORT to an address of this machine.`);
}
