import type { ResendSimulator } from "@chat-notifications/resend-simulator/simulator.ts";
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { cors } from "hono/cors";
import type { EdgeFunctions } from "./edge-functions.ts";
import { type StartPageFacts, renderStartPage } from "./start-page.ts";

export interface WebAppDeps {
  /** Answers /rest/v1 and /auth/v1. */
  api: (request: Request) => Promise<Response>;
  functions: EdgeFunctions;
  /** Answers /metrics. */
  metrics: (request: Request) => Promise<Response>;
  /** Answers /resend; null where real Resend is used. */
  simulator: ResendSimulator["fetch"] | null;
  page: StartPageFacts;
  /** Answers for the web app's files and pages; null: not one of them. */
  web: (request: Request) => Response | null;
}

/** Everything on one origin. Browsers on other origins get at the API as they do at Supabase. */
export function createWebApp({ api, functions, metrics, simulator, page, web }: WebAppDeps): (request: Request) => Response | Promise<Response> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const allow = cors({ origin: "*", maxAge: 3600, exposeHeaders: ["Content-Range", "Content-Profile", "X-Total-Count"] });
  app.use("/functions/v1/*", allow);
  app.all("/functions/v1/:name{[A-Za-z0-9_-]+}/*", (c) => callFunction(functions, c.req.param("name"), c.req.raw));
  app.all("/functions/v1/:name", (c) => callFunction(functions, c.req.param("name"), c.req.raw));
  for (const path of ["/rest/v1/*", "/auth/v1/*"]) {
    app.use(path, allow);
    app.all(path, async (c) => withoutOwnCors(await api(c.req.raw)));
  }
  if (simulator) {
    app.all("/resend", (c) => simulator(c.req.raw, c.env));
    app.all("/resend/*", (c) => simulator(c.req.raw, c.env));
  }
  app.get("/metrics", (c) => metrics(c.req.raw));
  app.get("/start", (c) => c.html(renderStartPage(page)));
  app.notFound((c) => web(c.req.raw) ?? c.text("There is nothing here.\n", 404));
  app.onError((error, c) => {
    console.error(error);
    return c.text("Internal server error.\n", 500);
  });
  return (request) => app.fetch(request);
}

async function callFunction(functions: EdgeFunctions, name: string, request: Request): Promise<Response> {
  const handler = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (handler) return handler(request);
  return Response.json({ code: "NOT_FOUND", message: "Requested function was not found" }, { status: 404 });
}

/** One layer answers for CORS; two would repeat headers, which browsers refuse. */
function withoutOwnCors(response: Response): Response {
  const headers = new Headers(response.headers);
  for (const name of [...headers.keys()]) {
    if (name.startsWith("access-control-")) headers.delete(name);
  }
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
