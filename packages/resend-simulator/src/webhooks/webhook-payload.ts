import { iso } from "../iso-time.ts";
import type { AcceptedEmail } from "../ledger.ts";
import type { Bounce, LetterEvent } from "../fate.ts";
import { messageIdOf } from "../read-emails.ts";
import { suppressionOnTheWire } from "../suppression-api.ts";
import type { Suppression } from "../suppressions.ts";
import { addressesIn } from "../wire-email.ts";

/** How tags come in payloads: Resend sends a map; some of its descriptions say an array of `{name, value}`. */
export type TagsForm = "map" | "array";

/** The body of a webhook about a letter. */
export function letterPayload(email: AcceptedEmail, event: LetterEvent, tagsForm: TagsForm): string {
  const { wire } = email;
  const tags = wire.tags ?? [];
  return JSON.stringify({
    type: event.type,
    created_at: new Date(email.acceptedAt + event.afterMs).toISOString(),
    data: {
      ...(event.bounce && { bounce: bounceOnTheWire(event.bounce, email.about ?? "") }),
      ...(event.reason && { failed: { reason: event.reason } }),
      ...(event.type === "email.suppressed" && {
        suppressed: {
          message: "Resend has suppressed sending to this address because it is on the account-level suppression list.",
          type: "OnAccountSuppressionList",
        },
      }),
      created_at: iso(email.acceptedAt),
      email_id: email.id,
      message_id: messageIdOf(email.id),
      from: wire.from ?? "",
      subject: wire.subject ?? "",
      ...(tags.length > 0 && {
        tags: tagsForm === "array" ? tags : Object.fromEntries(tags.map(({ name, value }) => [name, value])),
      }),
      ...(wire.template && { template_id: wire.template.id }),
      to: email.about === null ? addressesIn(wire.to) : [email.about],
    },
  });
}

/** The body of a webhook about the suppression list. */
export function suppressionPayload(change: "added" | "removed", suppression: Suppression, at: number): string {
  return JSON.stringify({
    type: `suppression.${change}`,
    created_at: new Date(at).toISOString(),
    data: suppressionOnTheWire(suppression),
  });
}

function bounceOnTheWire({ type, subType }: Bounce, address: string) {
  const [code, sentence] =
    type === "Permanent"
      ? ["550 5.1.1", "The recipient's email address doesn't exist or doesn't accept mail."]
      : type === "Transient"
        ? ["452 4.2.2", "The recipient's mail server could not take the email now."]
        : ["500 5.0.0", "The recipient's mail server bounced the email without saying why."];
  return { type, subType, message: sentence, diagnosticCode: [`smtp; ${code} <${address}> ${subType}`] };
}
