import { accepted, invalid, refused, type Answer } from "../answer.ts";
import { iso } from "../iso-time.ts";
import { pageOfList } from "../page-of-list.ts";
import { fieldsIn, stringsIn } from "../parse-fields.ts";
import { webhookEvents, type WebhookEndpoint, type WebhookEndpoints } from "./webhook-endpoints.ts";

const MAX_EVENTS = 100;

const notFound = () => refused(404, "not_found", "Webhook not found");

/** `POST /webhooks`: `{endpoint, events}`; the answer is the only place with the secret besides `GET /webhooks/:id`. */
export function createWebhook(endpoints: WebhookEndpoints, body: Uint8Array, randomUUID: () => string): Answer {
  const fields = fieldsIn(body);
  const url = fields?.["endpoint"];
  if (typeof url !== "string" || url === "") return refused(422, "missing_required_field", "Missing `endpoint` field.");
  if (!isWebUrl(url)) return invalid("Invalid `endpoint` field. It must be a URL.");
  const events = stringsIn(fields?.["events"], MAX_EVENTS);
  if (!events) return refused(422, "missing_required_field", "Missing `events` field.");
  // Resend has more events than happen here; who asks for them gets none of them.
  const unknown = events.find((event) => !/^[a-z]+(?:\.[a-z_]+)+$/.test(event));
  if (unknown !== undefined) return invalid(`Invalid \`events\` field. Here these happen: ${webhookEvents.join(", ")}.`);
  const endpoint = endpoints.add(randomUUID(), { url, events });
  return accepted({ object: "webhook", id: endpoint.id, signing_secret: endpoint.secrets[0]?.secret });
}

export function listWebhooks(endpoints: WebhookEndpoints, query: URLSearchParams): Answer {
  return pageOfList(endpoints.all().reverse(), query, summary);
}

export function retrieveWebhook(endpoints: WebhookEndpoints, id: string): Answer {
  const endpoint = endpoints.get(id);
  if (!endpoint) return notFound();
  return accepted({ object: "webhook", ...summary(endpoint), signing_secret: endpoint.secrets[0]?.secret });
}

export function removeWebhook(endpoints: WebhookEndpoints, id: string): Answer {
  return endpoints.remove(id) ? accepted({ object: "webhook", id, deleted: true }) : notFound();
}

/** `POST /webhooks/:id/signing-secret/rotate`: deliveries carry both signatures for 24 h. */
export function rotateSecret(endpoints: WebhookEndpoints, id: string): Answer {
  const endpoint = endpoints.rotate(id);
  return endpoint ? accepted({ object: "webhook", id, signing_secret: endpoint.secrets[0]?.secret }) : notFound();
}

/** Resend asks for https; here plain http is what a receiver on this machine has. */
export function isWebUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function summary({ id, url, events, createdAt }: WebhookEndpoint) {
  return { id, created_at: iso(createdAt), status: "enabled", endpoint: url, events };
}
