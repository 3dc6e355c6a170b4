import { bounceSubTypes, type Bounce, type LetterEvent } from "../fate.ts";
import { isFields } from "../parse-fields.ts";

export type ParsedEvent =
  | { readonly ok: true; readonly event: Omit<LetterEvent, "afterMs"> }
  | { readonly ok: false; readonly message: string };

const types: readonly LetterEvent["type"][] = [
  "email.sent",
  "email.delivered",
  "email.delivery_delayed",
  "email.bounced",
  "email.complained",
  "email.failed",
  "email.suppressed",
];

/** Reads `{type, bounce?: {type, subType}, reason?}`; a bounce is Permanent and General unless it says otherwise. */
export function parseEvent(value: unknown): ParsedEvent {
  const fields = isFields(value) ? value : {};
  const type = types.find((known) => known === fields["type"]);
  if (!type) return { ok: false, message: `An event's type must be one of ${types.join(", ")}.` };
  if (type === "email.failed") {
    const reason = fields["reason"] ?? "reached_daily_quota";
    return typeof reason === "string"
      ? { ok: true, event: { type, reason } }
      : { ok: false, message: "An event's reason must be text." };
  }
  if (type !== "email.bounced") return { ok: true, event: { type } };
  const bounce = parseBounce(fields["bounce"] ?? { type: "Permanent" });
  if (bounce) return { ok: true, event: { type, bounce } };
  return { ok: false, message: `A bounce's type must be one of ${Object.keys(bounceSubTypes).join(", ")}, its subType text.` };
}

function parseBounce(value: unknown): Bounce | null {
  if (!isFields(value)) return null;
  const { type, subType } = value;
  if (typeof type !== "string" || !Object.hasOwn(bounceSubTypes, type)) return null;
  const known = type as Bounce["type"];
  const named = subType ?? bounceSubTypes[known][0];
  return typeof named === "string" ? { type: known, subType: named } : null;
}
