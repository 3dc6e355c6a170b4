import { Webhook } from "standardwebhooks";
import * as v from "valibot";
import type { Database, WebhookEvent } from "./database.ts";
import type { Log } from "./deliver-dispatch.ts";
import { readLimited } from "./read-limited.ts";

export interface WebhookDeps {
  database: Pick<Database, "receiveWebhookEvent">;
  /** `whsec_…`; two while the secret is being rotated. */
  secrets: string[];
  log: Log;
}

const MOST_BYTES = 1_000_000;

const Tags = v.union([
  v.record(v.string(), v.string()),
  v.pipe(
    v.array(v.object({ name: v.string(), value: v.string() })),
    v.transform((tags) => Object.fromEntries(tags.map(({ name, value }) => [name, value]))),
  ),
]);
const Text = v.optional(v.string());
/** What is read of Resend's payload; everything else may be there and change. */
const Payload = v.object({
  type: v.pipe(v.string(), v.maxLength(100)),
  created_at: v.pipe(v.string(), v.check((text) => !Number.isNaN(Date.parse(text)), "not a time")),
  data: v.object({
    email_id: Text,
    tags: v.optional(v.nullable(Tags)),
    email: Text,
    bounce: v.optional(v.object({ type: v.string() })),
    failed: v.optional(v.object({ reason: v.string() })),
    suppressed: v.optional(v.object({ type: Text })),
  }),
});

/**
 * Resend's webhook endpoint: verifies the signature over the raw body, applies the event once, answers 200. A refusal
 * says what is wrong and changes nothing: 405 method, 413 larger than 1 MB, 401 signature or time, 400 no event.
 * Rejects when the database cannot be reached: the platform's 500 makes Resend send it again.
 */
export async function receiveWebhook(request: Request, { database, secrets, log }: WebhookDeps): Promise<Response> {
  if (request.method !== "POST") return refuse(405, "Send webhooks with POST.");
  const body = await readLimited(request, MOST_BYTES);
  if (body === null) return refuse(413, "A webhook has at most 1 MB.");

  const verified = verify(body, request.headers, secrets);
  if (!verified.ok) {
    log("warn", "webhook_refused", { status: verified.status, reason: verified.reason });
    return refuse(verified.status, verified.reason);
  }
  const payload = v.safeParse(Payload, verified.json);
  if (!payload.success) {
    log("warn", "webhook_refused", { status: 400, reason: "not an event" });
    return refuse(400, "This is not an event of Resend's.");
  }
  const result = await database.receiveWebhookEvent(toEvent(request.headers.get("svix-id")!, payload.output));
  log("info", "webhook_received", { type: payload.output.type, result });
  return Response.json({ result });
}

type Verified = { ok: true; json: unknown } | { ok: false; status: 400 | 401; reason: string };

function verify(body: string, headers: Headers, secrets: string[]): Verified {
  const signed = {
    "webhook-id": headers.get("svix-id") ?? "",
    "webhook-timestamp": headers.get("svix-timestamp") ?? "",
    "webhook-signature": headers.get("svix-signature") ?? "",
  };
  for (const secret of secrets) {
    try {
      return { ok: true, json: new Webhook(secret).verify(body, signed) };
    } catch (error) {
      // Signed by us and yet not JSON: another secret would not make it so.
      if (error instanceof SyntaxError) return { ok: false, status: 400, reason: "The body is not JSON." };
    }
  }
  return { ok: false, status: 401, reason: "The signature does not fit, or its time is more than five minutes off." };
}

function toEvent(svixId: string, { type, created_at, data }: v.InferOutput<typeof Payload>): WebhookEvent {
  const emailId = data.tags?.email_id;
  return {
    svixId,
    type,
    occurredAt: new Date(created_at).toISOString(),
    emailId: emailId !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(emailId) ? emailId : null,
    providerId: data.email_id ?? null,
    address: data.email ?? null,
    detail: data.bounce?.type ?? data.failed?.reason ?? data.suppressed?.type ?? null,
  };
}

function refuse(status: number, message: string): Response {
  return Response.json({ message }, { status });
}
