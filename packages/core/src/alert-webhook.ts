import { Webhook } from "standardwebhooks";
import type { PostAlert } from "./tell-alerts.ts";

export interface AlertWebhookOptions {
  url: string;
  /** `whsec_…`: signs by Standard Webhooks; null: not signed, as for Slack, whose address is the secret. */
  secret: string | null;
  fetch: typeof fetch;
  now: () => Date;
}

/** A body that Slack and those who speak its language show as it is: `text`, and the facts as fields of an attachment. */
export function createAlertWebhook({ url, secret, fetch, now }: AlertWebhookOptions): PostAlert {
  return async ({ alertId, change, name, value, unit, since }, text) => {
    const fields = Object.entries({ alert: name, change, value: String(value), unit, since: since.toISOString() });
    const body = JSON.stringify({
      text,
      attachments: [{ color: change === "opened" ? "danger" : "good", fields: fields.map(([title, value]) => ({ title, value, short: true })) }],
    });
    // The same id at every try, so that a receiver can drop what it has seen.
    const id = `alert-${alertId}-${change}`;
    const headers: Record<string, string> = { "content-type": "application/json", "webhook-id": id };
    if (secret !== null) {
      const at = now();
      headers["webhook-timestamp"] = String(Math.floor(at.getTime() / 1000));
      headers["webhook-signature"] = new Webhook(secret).sign(id, at, body);
    }
    try {
      const response = await fetch(url, { method: "POST", headers, body, redirect: "error", signal: AbortSignal.timeout(10_000) });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  };
}
