import type { HttpBindings, Http2Bindings } from "@hono/node-server";
import { Hono } from "hono";
import { refused } from "./answer.ts";
import type { Ledger } from "./ledger.ts";
import { createMailbox } from "./mailbox/mailbox.ts";
import type { createPipeline } from "./pipeline.ts";
import { listEmails, retrieveEmail } from "./read-emails.ts";
import {
  addSuppression,
  addSuppressions,
  listSuppressions,
  removeSuppression,
  removeSuppressions,
  retrieveSuppression,
} from "./suppression-api.ts";
import type { Suppressions } from "./suppressions.ts";
import { createWebhook, listWebhooks, removeWebhook, retrieveWebhook, rotateSecret } from "./webhooks/webhook-api.ts";
import type { WebhookEndpoints } from "./webhooks/webhook-endpoints.ts";

/** What `@hono/node-server` gives besides the request; in this process nothing. */
export type Bindings = Partial<HttpBindings | Http2Bindings>;

/** All routes as one function from request to response; `bindings` are those of `@hono/node-server`. */
export function createApp(parts: {
  readonly basePath: string;
  readonly pipeline: ReturnType<typeof createPipeline>;
  readonly ledger: Ledger;
  readonly suppressions: Suppressions;
  readonly endpoints: WebhookEndpoints;
  readonly admin: Hono | null;
  readonly now: () => number;
  readonly randomUUID: () => string;
}): (request: Request, bindings?: Bindings) => Promise<Response> {
  const { pipeline, ledger, suppressions, endpoints, now } = parts;
  const basePath = parts.basePath.replace(/\/+$/, "");
  const query = (request: Request) => new URL(request.url).searchParams;

  const app = new Hono<{ Bindings: Bindings | undefined }>({ strict: false }).basePath(basePath);
  app.route("/mailbox", createMailbox(ledger, `${basePath}/mailbox`, now));
  app.get("/", (c) => c.redirect(`${basePath}/mailbox`));
  if (parts.admin) app.route("/admin", parts.admin);

  app.post("/emails", (c) => pipeline.send("POST /emails", c.req.raw, c.env?.incoming));
  app.post("/emails/batch", (c) => pipeline.send("POST /emails/batch", c.req.raw, c.env?.incoming));
  app.get("/emails", ({ req: { raw } }) => pipeline.manage("GET /emails", raw, () => listEmails(ledger, query(raw), now())));
  app.get("/emails/:id", ({ req }) =>
    pipeline.manage("GET /emails/:id", req.raw, () => retrieveEmail(ledger, req.param("id"), now())),
  );

  app.post("/suppressions", ({ req: { raw } }) =>
    pipeline.manage("POST /suppressions", raw, (body) => addSuppression(suppressions, body)),
  );
  app.get("/suppressions", ({ req: { raw } }) =>
    pipeline.manage("GET /suppressions", raw, () => listSuppressions(suppressions, query(raw))),
  );
  app.post("/suppressions/batch/add", ({ req: { raw } }) =>
    pipeline.manage("POST /suppressions/batch/add", raw, (body) => addSuppressions(suppressions, body)),
  );
  app.post("/suppressions/batch/remove", ({ req: { raw } }) =>
    pipeline.manage("POST /suppressions/batch/remove", raw, (body) => removeSuppressions(suppressions, body)),
  );
  app.get("/suppressions/:id", ({ req }) =>
    pipeline.manage("GET /suppressions/:id", req.raw, () => retrieveSuppression(suppressions, req.param("id"))),
  );
  app.delete("/suppressions/:id", ({ req }) =>
    pipeline.manage("DELETE /suppressions/:id", req.raw, () => removeSuppression(suppressions, req.param("id"))),
  );

  app.post("/webhooks", ({ req: { raw } }) =>
    pipeline.manage("POST /webhooks", raw, (body) => createWebhook(endpoints, body, parts.randomUUID)),
  );
  app.get("/webhooks", ({ req: { raw } }) => pipeline.manage("GET /webhooks", raw, () => listWebhooks(endpoints, query(raw))));
  app.get("/webhooks/:id", ({ req }) =>
    pipeline.manage("GET /webhooks/:id", req.raw, () => retrieveWebhook(endpoints, req.param("id"))),
  );
  app.delete("/webhooks/:id", ({ req }) =>
    pipeline.manage("DELETE /webhooks/:id", req.raw, () => removeWebhook(endpoints, req.param("id"))),
  );
  app.post("/webhooks/:id/signing-secret/rotate", ({ req }) =>
    pipeline.manage("POST /webhooks/:id/signing-secret/rotate", req.raw, () => rotateSecret(endpoints, req.param("id"))),
  );

  const wrongMethod = refused(405, "method_not_allowed", "Method is not allowed for the requested path.");
  for (const path of [
    "/emails",
    "/emails/batch",
    "/emails/:id",
    "/suppressions",
    "/suppressions/:id",
    "/webhooks",
    "/webhooks/:id",
  ]) {
    app.all(path, (c) => pipeline.refuse(c.req.raw, wrongMethod));
  }
  app.notFound((c) => pipeline.refuse(c.req.raw, refused(404, "not_found", "The requested endpoint does not exist.")));

  return async (request, bindings) => {
    const response = await app.fetch(request, bindings);
    return response.type === "error" ? dropConnection(bindings) : response;
  };
}

/** As fetch sees it from inside this process, or by breaking the real connection. */
function dropConnection(bindings: Bindings | undefined): Response {
  const incoming = bindings?.incoming;
  if (!incoming) throw new TypeError("fetch failed", { cause: new Error("The simulator dropped the connection.") });
  incoming.socket.destroy();
  // Tells @hono/node-server that there is nothing left to write.
  return new Response(null, { headers: { "x-hono-already-sent": "true" } });
}
