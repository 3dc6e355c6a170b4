import { parseAddress } from "./address.ts";
import { invalid, refused, type Answer } from "./answer.ts";
import { isSchedulable } from "./scheduled-time.ts";

const MAX_TO = 50;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const tagText = /^[A-Za-z0-9_-]{1,256}$/;
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

type Fields = Readonly<Record<string, unknown>>;

/** Whether the text is a UUID, the form of all of Resend's ids. */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}

/**
 * Every field rule of one e-mail; null when Resend would take it, else its refusal (422).
 * Nothing is copied: an e-mail that passes is a `WireEmail` as it stands.
 */
export function checkEmail(value: unknown, place: "single" | "batch", now: number): Answer | null {
  if (!isFields(value)) return invalid("The email must be an object.");
  return (
    checkFrom(value) ??
    checkAddresses(value) ??
    checkSubject(value) ??
    checkContent(value) ??
    checkHeaders(value["headers"]) ??
    checkTags(value["tags"]) ??
    checkAttachments(value["attachments"], place) ??
    checkDelivery(value, now)
  );
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const absent = (value: unknown) => value === undefined || value === null;
const missing = (fields: string) => refused(422, "missing_required_field", `Missing ${fields} field.`);
const badAddress = (field: string) =>
  `Invalid \`${field}\` field. The email address needs to follow the \`email@example.com\` or \`Name <email@example.com>\` format.`;

function checkFrom(email: Fields): Answer | null {
  const from = email["from"];
  if (absent(from) || from === "") return absent(email["template"]) ? missing("`from`") : null;
  if (typeof from === "string" && parseAddress(from)) return null;
  return refused(422, "invalid_from_address", badAddress("from"));
}

function checkAddresses(email: Fields): Answer | null {
  const to = email["to"];
  if (absent(to) || to === "" || (Array.isArray(to) && to.length === 0)) return missing("`to`");
  if (Array.isArray(to) && to.length > MAX_TO) {
    return invalid(`Invalid \`to\` field. The number of recipients must be at most ${MAX_TO}.`);
  }
  for (const field of ["to", "cc", "bcc", "reply_to"]) {
    const value = email[field];
    if (absent(value)) continue;
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const address of list) {
      if (typeof address !== "string" || !parseAddress(address)) return invalid(badAddress(field));
    }
  }
  return null;
}

function checkSubject(email: Fields): Answer | null {
  const subject = email["subject"];
  if (absent(subject) || subject === "") return absent(email["template"]) ? missing("`subject`") : null;
  if (typeof subject !== "string") return invalid("Invalid `subject` field. It must be a string.");
  return /[\r\n]/.test(subject) ? invalid("The `\\n` is not allowed in the `subject` field.") : null;
}

function checkContent(email: Fields): Answer | null {
  const { html, text, template } = email;
  for (const [field, value] of [
    ["html", html],
    ["text", text],
  ] as const) {
    if (!absent(value) && typeof value !== "string") return invalid(`Invalid \`${field}\` field. It must be a string.`);
  }
  if (absent(template)) return html || text ? null : missing("`html` or `text`");
  if (html || text) return invalid("The `template` field cannot be used together with `html` or `text`.");
  if (!isFields(template) || typeof template["id"] !== "string" || template["id"] === "") return missing("`template.id`");
  const variables = template["variables"];
  if (absent(variables)) return null;
  if (!isFields(variables)) return invalid("Invalid `template.variables` field. It must be an object.");
  for (const [key, value] of Object.entries(variables)) {
    const fits = typeof value === "number" || (typeof value === "string" && value.length <= 2000);
    if (key.length > 50 || !fits)
      return invalid("Invalid `template.variables` field. Keys may have 50 and values 2000 characters.");
  }
  return null;
}

function checkHeaders(headers: unknown): Answer | null {
  if (absent(headers)) return null;
  if (!isFields(headers)) return invalid("Invalid `headers` field. It must be an object of strings.");
  for (const name in headers) {
    const value = headers[name];
    if (!headerName.test(name) || typeof value !== "string" || /[\r\n\0]/.test(value)) {
      return invalid("Invalid `headers` field. Names must be header names and values strings without line breaks.");
    }
  }
  return null;
}

function checkTags(tags: unknown): Answer | null {
  if (absent(tags)) return null;
  if (!Array.isArray(tags)) return invalid("Invalid `tags` field. It must be an array.");
  for (const tag of tags) {
    if (!isFields(tag) || typeof tag["name"] !== "string" || typeof tag["value"] !== "string") {
      return invalid("Invalid `tags` field. Each tag needs a `name` and a `value`.");
    }
    if (!tagText.test(tag["name"]) || !tagText.test(tag["value"])) {
      return invalid(
        "Tags should only contain ASCII letters, numbers, underscores, or dashes. Each name and value may have up to 256 characters.",
      );
    }
  }
  return null;
}

function checkAttachments(attachments: unknown, place: "single" | "batch"): Answer | null {
  if (absent(attachments)) return null;
  if (place === "batch") return invalid("The `attachments` field is not supported when sending batch emails.");
  if (!Array.isArray(attachments)) return refused(422, "invalid_attachment", "Invalid `attachments` field. It must be an array.");
  for (const item of attachments) {
    const filled = isFields(item) && [item["content"], item["path"]].some((value) => typeof value === "string" && value !== "");
    if (!filled) return refused(422, "invalid_attachment", "Attachment must have either a `content` or `path`.");
  }
  return null;
}

function checkDelivery(email: Fields, now: number): Answer | null {
  const { scheduled_at: scheduledAt, topic_id: topicId } = email;
  if (!absent(scheduledAt) && (typeof scheduledAt !== "string" || !isSchedulable(scheduledAt, now))) {
    return invalid("Invalid `scheduled_at` field. Use ISO 8601 or natural language, at most 30 days ahead.");
  }
  if (!absent(topicId) && (typeof topicId !== "string" || !isUuid(topicId))) {
    return refused(422, "invalid_parameter", "The `topic_id` must be a valid UUID.");
  }
  return null;
}
