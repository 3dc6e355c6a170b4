import { Webhook } from "standardwebhooks";

/**
 * The headers of one delivery attempt as Svix sends them: a signature (`v1,…`) for each secret.
 * `at` is the moment of the attempt, ms since 1970; receivers refuse what is more than five minutes off.
 */
export function signWebhook(id: string, at: number, body: string, secrets: readonly string[]): Record<string, string> {
  return {
    "content-type": "application/json",
    "user-agent": "Svix-Webhooks/1.84.0 (sender-simulated)",
    "svix-id": id,
    "svix-timestamp": String(Math.floor(at / 1000)),
    "svix-signature": secrets.map((secret) => new Webhook(secret).sign(id, new Date(at), body)).join(" "),
  };
}

/** Whether a text can sign: `whsec_` and base64 of at least one byte. */
export function isWebhookSecret(text: string): boolean {
  return /^whsec_(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/.test(text);
}
