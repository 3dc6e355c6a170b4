import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { HealthReport } from "@chat-notifications/core/health.ts";
import type { Metrics } from "./metrics.ts";

export interface StatusDeps {
  report: () => Promise<HealthReport>;
  metrics: Pick<Metrics, "respond">;
  /** For reasons, details and metrics; null: everybody who reaches the port may see them. */
  token: string | null;
  port: number;
  host: string;
}

export interface StatusServer {
  port: number;
  close(): Promise<void>;
}

/**
 * GET /live: this process turns (never asks the database, so that an outage of it restarts nothing).
 * /ready: it can work: the database answers and has a schema it knows. /health: how the whole system is.
 * /metrics: Prometheus' text format.
 */
export async function serveStatus({ report, metrics, token, port, host }: StatusDeps): Promise<StatusServer> {
  const answer = async (path: string, trusted: boolean): Promise<Response> => {
    switch (path) {
      case "/live":
        return Response.json({ status: "ok" });
      case "/ready": {
        const { reasons } = await report();
        const missing = reasons.filter((reason) => ["database_unreachable", "no_connections", "database_read_only", "schema_version"].includes(reason));
        return Response.json(trusted ? { ready: missing.length === 0, missing } : { ready: missing.length === 0 }, { status: missing.length === 0 ? 200 : 503 });
      }
      case "/health": {
        const found = await report();
        return Response.json(trusted ? found : { status: found.status }, { status: found.status === "down" ? 503 : 200 });
      }
      case "/metrics":
        return trusted ? metrics.respond() : Response.json({ message: "Send the token as Bearer." }, { status: 401 });
      default:
        return Response.json({ message: "Ask for /live, /ready, /health or /metrics." }, { status: 404 });
    }
  };
  const server = createServer(async (request, response) => {
    const trusted = token === null || request.headers.authorization === `Bearer ${token}`;
    const { status, headers, body } = await answer((request.url ?? "/").split("?")[0]!, trusted).then(
      async (found) => ({ status: found.status, headers: Object.fromEntries(found.headers), body: await found.text() }),
      () => ({ status: 500, headers: {}, body: "" }),
    );
    response.writeHead(status, { ...headers, "cache-control": "no-store" }).end(body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
