import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { ResendSimulator } from "./simulator.ts";

export type Serving =
  | { readonly ok: true; readonly url: string; close(): Promise<void> }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** Serves a simulator over HTTP; port 0 takes any free one. `close` ends open connections too. */
export async function serveSimulator(
  simulator: Pick<ResendSimulator, "fetch">,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Serving> {
  // The listener would else put its own Request and Response into the whole process.
  const server = createServer(getRequestListener(simulator.fetch, { overrideGlobalObjects: false }));
  const failure = await listen(server, host, port);
  if (failure) return { ok: false, code: failure.code ?? "UNKNOWN", message: failure.message };
  const address = server.address();
  const boundPort = typeof address === "object" && address ? address.port : port;
  return {
    ok: true,
    url: `http://${host.includes(":") ? `[${host}]` : host}:${boundPort}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    server.once("error", resolve);
    server.listen(port, host, () => resolve(null));
  });
}
